/** Who we are at a NATS server, and how we know that it is the right one. */
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type ConnectionOptions, nkeyAuthenticator } from 'nats';
import { readSeed, unusable } from './nkey-file.ts';

export interface NatsAccess {
  /** Certificate authorities of the server, PEM; without it those of this system. For `tls://` only. */
  readonly caFile?: string;
  /** The seed of the nkey that the server knows us by (`SU…`), in a file that only its owner can read. */
  readonly nkeyFile?: string;
  /** Answers come to subjects below it: users with permissions of their own need prefixes of their own. */
  readonly inboxPrefix?: string;
}

/** Throws BusError `badCredentials` for files that cannot be used. Nothing is contacted. */
export async function accessOptions(
  servers: readonly string[],
  { caFile, nkeyFile, inboxPrefix }: NatsAccess,
): Promise<ConnectionOptions> {
  return {
    ...(servers.some((server) => server.startsWith('tls://'))
      ? { tls: await tlsOptions(servers, caFile) }
      : {}),
    ...(nkeyFile === undefined ? {} : { authenticator: nkeyAuthenticator(await readSeed(nkeyFile)) }),
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    // A key that is refused now may be accepted when the server has read its configuration again.
    ignoreAuthErrorAbort: true,
    // Only the servers that were named, whose certificates we can tell.
    ignoreClusterUpdates: true,
    // A connection that a router has forgotten is noticed in a minute.
    pingInterval: 20_000,
  };
}

/**
 * With it the client refuses a server that offers no TLS. The client upgrades a socket that is open already, so Node does
 * not know whom it was opened to when that was an address and would look for "localhost" in the certificate.
 */
async function tlsOptions(
  servers: readonly string[],
  caFile: string | undefined,
): Promise<NonNullable<ConnectionOptions['tls']>> {
  const hosts = servers.map((server) => new URL(server).hostname.replace(/^\[|\]$/g, ''));
  const [host = ''] = hosts;
  const options = {
    ...(caFile === undefined ? {} : { ca: await readAuthorities(caFile) }),
    ...(hosts.length === 1 && isIP(host) === 0 ? { servername: host } : {}),
    minVersion: 'TLSv1.2',
    checkServerIdentity(_: string, certificate: PeerCertificate): Error | undefined {
      const problems = hosts.map((one) => checkServerIdentity(one, certificate));
      return problems.includes(undefined) ? undefined : problems[0];
    },
  };
  return options;
}

async function readAuthorities(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unusable(path, cause instanceof Error ? cause.message : String(cause), cause);
  });
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw unusable(path, 'it holds no certificate in PEM form');
}
