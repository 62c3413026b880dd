/**
 * `debug_https`: each request and its answer as lines. Left out is what opens the account or a file: tokens, cookies, values of
 * queries, bodies, and the addresses of pre-authenticated hosts.
 */
import type { Network, OutgoingRequest } from './network.ts';

const shownInQueries: ReadonlySet<string> = new Set(['$select', '$top', '$expand', 'search']);
const shownHeaders: ReadonlySet<string> = new Set([
  ...['accept', 'accept-encoding', 'client-request-id', 'connection', 'content-length', 'content-range'],
  ...['content-type', 'date', 'if-match', 'prefer', 'range', 'ratelimit-limit', 'ratelimit-remaining'],
  ...['request-id', 'retry-after', 'server', 'transfer-encoding', 'user-agent'],
]);

/** @param login origin of the identity platform, whose paths are no secret */
export function tracedNetwork(network: Network, login: string, trace: (line: string) => void): Network {
  let count = 0;
  return {
    async send(request) {
      count += 1;
      const number = count;
      const say = (text: string): void => trace(`DEBUG: HTTPS request ${number}: ${text}`);
      say(`> ${request.method} ${addressOf(request, login)}`);
      for (let at = 0; at + 1 < request.headers.length; at += 2)
        say(`> ${header(request.headers[at] ?? '', request.headers[at + 1])}`);
      try {
        const answer = await network.send(request);
        say(`< ${answer.status} after ${Math.round(answer.headMs)} ms`);
        for (const [name, value] of Object.entries(answer.headers)) say(`< ${header(name, value)}`);
        return answer;
      } catch (error) {
        say(`< no answer: ${error instanceof Error ? error.name : 'unknown'}`);
        throw error;
      }
    },
    close: () => network.close(),
  };
}

function addressOf({ origin, path, headers }: OutgoingRequest, login: string): string {
  const isOurs = origin === login || headers.some((name) => name.toLowerCase() === 'authorization');
  if (!isOurs) return `${origin}/…`;
  const [place = '', query] = path.split('?', 2);
  if (query === undefined) return origin + place;
  const parts = query.split('&').map((part) => {
    const [name = ''] = part.split('=', 1);
    return shownInQueries.has(name) ? part : `${name}=…`;
  });
  return `${origin}${place}?${parts.join('&')}`;
}

const header = (name: string, value: string | readonly string[] | undefined): string =>
  `${name}: ${shownHeaders.has(name.toLowerCase()) ? String(value ?? '') : '…'}`;
