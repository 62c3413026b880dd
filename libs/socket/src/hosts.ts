/** Which hosts a socket may be opened to. The address comes from an answer of the service: it is data from outside. */
import { Failure } from '@tidemark/contracts';

const lengthMax = 16_384;

/** `wss` only, a known host, no credentials in the address. @throws Failure `accessDenied`, without the address's secrets */
export function assertAllowed(url: string, allowedHosts: readonly string[]): { readonly hostname: string } {
  const parsed = url.length > lengthMax ? null : URL.parse(url);
  if (parsed === null) throw refused('the address', 'it is none');
  const { protocol, hostname, username, password } = parsed;
  if (protocol !== 'wss:') throw refused(`"${hostname}"`, 'only encrypted sockets (wss) are opened');
  if (username !== '' || password !== '') throw refused(`"${hostname}"`, 'its address carries credentials');
  if (!allowedHosts.some((allowed) => covers(allowed, hostname)))
    throw refused(`"${hostname}"`, 'sockets to this host are not allowed');
  return { hostname };
}

function covers(allowed: string, hostname: string): boolean {
  return allowed.startsWith('*.') ? hostname.endsWith(allowed.slice(1)) : hostname === allowed;
}

function refused(what: string, why: string): Failure {
  return new Failure({ code: 'accessDenied', detail: `Cannot connect to ${what}: ${why}` });
}
