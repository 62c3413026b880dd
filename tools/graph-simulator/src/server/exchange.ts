import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { invalidRequest, Refusal } from '../model/refusal.ts';

/** One request, taken apart once. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** With the question mark; empty when there is none. */
  readonly search: string;
  readonly query: URLSearchParams;
  /** Lower case, without the port. */
  readonly hostName: string;
  /** `:port`, or empty for the scheme's own port. */
  readonly port: string;
  /** `https://host:port` as the client addressed us. */
  readonly origin: string;
  readonly requestId: string;
  readonly clientRequestId: string | undefined;
  readonly countBytesIn: (bytes: number) => void;
};

const hostPattern = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/i;

export function readExchange(
  request: IncomingMessage,
  requestId: string,
  countBytesIn: (bytes: number) => void,
): Exchange {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const search = mark < 0 ? '' : target.slice(mark);
  const host = hostPattern.exec(request.headers.host ?? '');
  const hostName = (host?.[1] ?? 'localhost').toLowerCase();
  const port = host?.[2] ?? '';
  const scheme = isEncrypted(request.socket) ? 'https' : 'http';
  let query: URLSearchParams | undefined;
  return {
    request,
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    search,
    get query() {
      return (query ??= new URLSearchParams(search));
    },
    hostName,
    port,
    origin: `${scheme}://${hostName}${port}`,
    requestId,
    clientRequestId: headerOf(request, 'client-request-id'),
    countBytesIn,
  };
}

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** Query options are accepted with and without the dollar sign, as the service accepts them. */
export function queryOption(exchange: Exchange, name: string): string | undefined {
  if (exchange.search === '') return undefined;
  return exchange.query.get(`$${name}`) ?? exchange.query.get(name) ?? undefined;
}

/**
 * The whole body, in pieces that own their memory.
 * @throws Refusal 413 above `maxBytes`; rejects with the socket's error when the client goes away.
 */
export async function readPieces(exchange: Exchange, maxBytes: number): Promise<readonly Uint8Array[]> {
  const declared = Number(exchange.request.headers['content-length'] ?? 0);
  if (declared > maxBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of exchange.request as AsyncIterable<Buffer>) {
    sizeBytes += piece.byteLength;
    exchange.countBytesIn(piece.byteLength);
    if (sizeBytes > maxBytes) throw tooLarge();
    pieces.push(piece);
  }
  // A small piece is a view of a large receive buffer: copying it lets go of the rest.
  return sizeBytes < 262_144 ? (sizeBytes === 0 ? [] : [Buffer.from(Buffer.concat(pieces))]) : pieces;
}

const jsonBodyMaxBytes = 4 * 1024 * 1024;

export async function readText(exchange: Exchange, maxBytes = jsonBodyMaxBytes): Promise<string> {
  const pieces = await readPieces(exchange, maxBytes);
  return Buffer.concat(pieces).toString();
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws Refusal 400 when the body is no JSON object. An empty body is an empty object. */
export async function readJson(exchange: Exchange): Promise<JsonObject> {
  const text = await readText(exchange);
  if (text.trim() === '') return {};
  const parsed = parseJson(text);
  if (!isObject(parsed)) throw invalidRequest('Unable to read JSON request payload.');
  return parsed;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text member of a JSON object, or undefined. */
export function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

export function objectIn(object: JsonObject, key: string): JsonObject | undefined {
  const value = object[key];
  return isObject(value) ? value : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidRequest('Unable to read JSON request payload. Please ensure Content-Type header is set.');
  }
}

function isEncrypted(socket: IncomingMessage['socket'] | TLSSocket): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}

const tooLarge = (): Refusal =>
  new Refusal(413, 'invalidRequest', 'The request exceeds the maximum allowed size', {
    innerCode: 'maxRequestLengthExceeded',
    headers: { connection: 'close' },
  });
