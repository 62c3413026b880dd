import type { Content } from '../model/content.ts';
import type { Refusal } from '../model/refusal.ts';

export type Headers = Readonly<Record<string, string>>;

/** Part of a content: bytes [start, end). */
export type ContentPart = { readonly content: Content; readonly start: number; readonly end: number };

/** An answer as data, so that one writer can send it whole, cut it, slow it or drop it. */
export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | ContentPart | undefined;
};

const jsonHeaders: Headers = {
  'content-type':
    'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
};
const plainJsonHeaders: Headers = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
};

export const jsonReply = (status: number, value: unknown, headers?: Headers): Reply => ({
  status,
  headers: headers === undefined ? jsonHeaders : { ...jsonHeaders, ...headers },
  body: JSON.stringify(value),
});

export const plainJsonReply = (status: number, value: unknown): Reply => ({
  status,
  headers: plainJsonHeaders,
  body: JSON.stringify(value),
});

export const emptyReply = (status: number, headers: Headers = {}): Reply => ({
  status,
  headers,
  body: undefined,
});

export const textReply = (status: number, text: string, type: string): Reply => ({
  status,
  headers: { 'content-type': `${type}; charset=utf-8` },
  body: text,
});

/** Graph's error envelope. */
export function refusalReply(
  refusal: Refusal,
  ids: { readonly requestId: string; readonly clientRequestId: string | undefined; readonly nowMs: number },
): Reply {
  const innerError = {
    ...(refusal.innerCode === undefined ? {} : { code: refusal.innerCode }),
    date: new Date(ids.nowMs).toISOString().slice(0, 19),
    'request-id': ids.requestId,
    'client-request-id': ids.clientRequestId ?? ids.requestId,
  };
  const error = { code: refusal.code, message: refusal.message, innerError };
  return jsonReply(refusal.status, { error }, refusal.headers);
}
