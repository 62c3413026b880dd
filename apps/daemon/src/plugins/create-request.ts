/** The adapter behind `needs.request`: HTTP over TLS, with limits on everything, apart from the connections and the login of the account. */
import { Failure } from '@tidemark/contracts';
import { createNetwork, isLoopback, type NetworkOptions, TransportFault } from '@tidemark/graph';
import type { HttpRequest } from '@tidemark/plugin-sdk';

export const requestLimits = {
  sentBytesMax: 1024 * 1024,
  answerBytesMax: 1024 * 1024,
  /** From the first packet to the last byte of the answer. */
  totalTimeoutMs: 30_000,
  /** To one host. */
  connectionsMax: 4,
} as const;

/** Which hosts a plugin may reach is the host's to check, which knows what it declared. */
export function createRequest(
  options: Pick<NetworkOptions, 'caFile' | 'ipFamily' | 'proxy' | 'totalTimeoutMs'> = {},
): HttpRequest {
  const { totalTimeoutMs, connectionsMax, sentBytesMax, answerBytesMax } = requestLimits;
  const common = { totalTimeoutMs, connectionsMax, keepAliveMs: 4_000 };
  const network = createNetwork({ ...common, ...options });
  /** What does not leave the machine needs no TLS, and no proxy can reach it. */
  const loopback = createNetwork({ ...common, ...options, proxy: null });
  return async (url, { method = 'GET', headers = {}, body, signal } = {}) => {
    const { origin, hostname, pathname, search, protocol } = new URL(url);
    const cannot = (code: 'accessDenied' | 'invalidRequest', why: string): Failure =>
      new Failure({ code, detail: `Cannot send a request to "${hostname}": ${why}` });
    const staysHere = isLoopback(hostname);
    if (protocol !== 'https:' && !(protocol === 'http:' && staysHere))
      throw cannot('accessDenied', 'only https is spoken, and http to this machine');
    const bodySizeBytes = Buffer.byteLength(body ?? '');
    if (bodySizeBytes > sentBytesMax)
      throw cannot('invalidRequest', `its body is larger than ${sentBytesMax} bytes`);
    for (const name of Object.keys(headers))
      if (ownHeaders.has(name.toLowerCase()))
        throw cannot('invalidRequest', `the header "${name}" is not for a plugin to set`);
    try {
      // Redirects are answers: where to go next is for the plugin to decide, within what it declared.
      const answer = await (staysHere ? loopback : network).send({
        ...{ method, origin, path: pathname + search, body: body ?? null, bodySizeBytes, signal },
        headers: Object.entries(headers).flat(),
        bodyMaxBytes: answerBytesMax,
      });
      return { status: answer.status, headers: inOneLine(answer.headers), text: answer.text };
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      const detail = `Cannot send a request to "${hostname}": ${error.message}`;
      throw new Failure({ code: codes[error.kind], detail }, { cause: error });
    }
  };
}

/** What frames a request on the wire. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'expect', 'host', 'keep-alive', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent'],
]);

const codes = {
  unreachable: 'offline',
  interrupted: 'offline',
  aborted: 'offline',
  refusedByProxy: 'offline',
  timedOut: 'timedOut',
  untrusted: 'tlsUntrusted',
  oversized: 'invalidRequest',
  misused: 'invalidRequest',
} as const satisfies Record<TransportFault['kind'], Failure['code']>;

const inOneLine = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
