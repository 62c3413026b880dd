/**
 * TLS handshakes: which versions a server takes, and what it shows of itself. OpenSSL refuses old versions by itself above
 * security level 0, so that every version is tried on that level, and counts as refused by the server only when this client has just
 * spoken it with a server of its own.
 */
import { once } from 'node:events';
import {
  checkServerIdentity,
  connect,
  createServer,
  rootCertificates,
  type PeerCertificate,
  type DetailedPeerCertificate,
} from 'node:tls';
import { X509Certificate } from 'node:crypto';
import type { CertificateFound, ChainLink, TlsAttempt, TlsVersion } from './facts.ts';
import type { Place } from './places.ts';

export interface TlsPlace extends Place {
  readonly servername: string;
}

const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

export async function tlsVersions(place: TlsPlace): Promise<Readonly<Record<TlsVersion, TlsAttempt>>> {
  const attempts = versions.map(async (version) => [version, await attempt(place, version)] as const);
  const found = Object.fromEntries(await Promise.all(attempts));
  return found as Record<TlsVersion, TlsAttempt>;
}

async function attempt(place: TlsPlace, version: TlsVersion): Promise<TlsAttempt> {
  const end = await shake(place, version, 'DEFAULT@SECLEVEL=0');
  if (end === null) return { type: 'accepted' };
  if (end === 'late') return { type: 'couldNotTry', why: 'no answer in time' };
  if (end === 'ECONNREFUSED' || end === 'EHOSTUNREACH') return { type: 'couldNotTry', why: end };
  if (await canSpeak(version, place.signal)) return { type: 'refused', code: end };
  return { type: 'couldNotTry', why: 'the library of this client does not speak it' };
}

/** Null when they agree, otherwise the code of the error. */
function shake(
  { address, port, servername, waitMs, signal }: TlsPlace,
  version: TlsVersion,
  ciphers: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host: address, port, servername, rejectUnauthorized: false, ciphers, signal },
      ...{ minVersion: version, maxVersion: version },
    });
    const end = (result: string | null): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(waitMs, () => end('late'));
    socket.once('secureConnect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('close', () => end('ECONNRESET'));
  });
}

/** The old versions come with cipher suites that need no certificate, which 1.3 has not; but every library in use speaks that. */
async function canSpeak(version: TlsVersion, signal: AbortSignal): Promise<boolean> {
  if (version === 'TLSv1.3') return true;
  const ciphers = 'aNULL:@SECLEVEL=0';
  const server = createServer({ ...{ minVersion: version, maxVersion: version, ciphers }, dhparam: 'auto' });
  // The client sees what happens; here it is enough that it is not fatal.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const own = { address: '127.0.0.1', port, servername: '', waitMs: 5_000, signal };
  const end = await shake(own, version, ciphers);
  server.close();
  return end === null;
}

/** What the server shows, with any version; null when there was no handshake. */
export function certificateOf({
  address,
  port,
  servername,
  waitMs,
  signal,
}: TlsPlace): Promise<CertificateFound | null> {
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host: address, port, servername, rejectUnauthorized: false, signal },
      ...{ minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
    });
    const end = (result: CertificateFound | null): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(waitMs, () => end(null));
    socket.once('error', () => end(null));
    socket.once('close', () => end(null));
    socket.once('secureConnect', () => {
      const own = socket.getPeerCertificate(true);
      const links = chainFrom(own);
      // Declared as an Error, and a text in fact.
      const problem: unknown = socket.authorizationError;
      const code = problem instanceof Error && 'code' in problem ? String(problem.code) : String(problem);
      const isTrusted = problem === null || problem === undefined || code === 'ERR_TLS_CERT_ALTNAME_INVALID';
      end({
        chain: links.map(linkOf),
        names: (own.subjectaltname ?? '').split(', ').map((name) => name.replace(/^DNS:/, '')),
        matchesHost: checkServerIdentity(servername, own) === undefined,
        trustProblem: isTrusted ? null : code,
        isPublic: isPublicRoot(links.at(-1)),
      });
    });
  });
}

const linksMax = 10;

function chainFrom(own: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const links: DetailedPeerCertificate[] = [];
  for (let link: DetailedPeerCertificate | undefined = own; link !== undefined && links.length < linksMax;) {
    if (Object.keys(link).length === 0) break;
    links.push(link);
    // A root is its own issuer.
    link = link.issuerCertificate === link ? undefined : link.issuerCertificate;
  }
  return links;
}

function linkOf({ subject, issuer, valid_from, valid_to }: PeerCertificate): ChainLink {
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    startsAt: Date.parse(valid_from),
    endsAt: Date.parse(valid_to),
  };
}

function nameOf({ O: organisation, CN: name }: PeerCertificate['subject']): string {
  return [organisation, name]
    .flat()
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

let publicRoots: ReadonlySet<string> | null = null;

function isPublicRoot(root: DetailedPeerCertificate | undefined): boolean {
  publicRoots ??= new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256));
  return root !== undefined && publicRoots.has(root.fingerprint256);
}
