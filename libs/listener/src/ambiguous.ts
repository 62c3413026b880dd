/**
 * Requests that two readers in a row, a proxy and this listener, could understand differently. Node's parser refuses the
 * classic ones itself: two lengths, a length beside chunks, folded headers, bare line ends. The rest is refused here.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-11.2
 */
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: number;
  /** For the counters. */
  readonly reason: 'ambiguous' | 'notSupported' | 'tooLarge';
}

const ambiguous: Refusal = { status: 400, reason: 'ambiguous' };

/** null: there is one way to read it. */
export function refusalOf(request: IncomingMessage, bodyBytesMax: number): Refusal | null {
  const { headers, rawHeaders, url = '', httpVersion } = request;
  if (!url.startsWith('/')) return ambiguous;
  if (headers.host === undefined && httpVersion === '1.1') return ambiguous;
  if (repeats(rawHeaders)) return ambiguous;
  const encoding = headers['transfer-encoding'];
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked' || httpVersion !== '1.1') return ambiguous;
    if (headers['content-length'] !== undefined) return ambiguous;
  }
  if (headers.upgrade !== undefined) return { status: 400, reason: 'notSupported' };
  if (headers.expect !== undefined) return { status: 417, reason: 'notSupported' };
  const length = headers['content-length'];
  if (length === undefined) return null;
  if (!/^\d{1,15}$/.test(length)) return ambiguous;
  return Number(length) > bodyBytesMax ? { status: 413, reason: 'tooLarge' } : null;
}

/** Headers that decide where a request ends, to whom it goes and how it is read: one of each. */
const single: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
]);

function repeats(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!single.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}
