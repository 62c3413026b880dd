/** One POST to an address, with or without trust in who answers. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ListenerAddress } from '../nginx/render-nginx.ts';
import type { Posted } from './facts.ts';

export interface Letter {
  /** Path and query. */
  readonly target: string;
  /** JSON; null: none, as in a validation call. */
  readonly json: unknown;
  readonly waitMs: number;
  /** Aborted when the caller does not wait any more. */
  readonly signal: AbortSignal;
}

const bodyMaxCharacters = 16_384;

/** Over TLS to one address of the name. `any`: with every version and every certificate, to see what is behind them. */
export function postPublicly(
  { url, address }: { readonly url: URL; readonly address: string },
  letter: Letter,
  trust: 'any' | 'strict',
): Promise<Posted> {
  const { hostname, host } = url;
  return send(requestHttps, letter, {
    ...{ host: address, port: url.port === '' ? 443 : url.port, servername: hostname },
    headers: { host },
    ...(trust === 'any'
      ? { rejectUnauthorized: false, minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }
      : { rejectUnauthorized: true, minVersion: 'TLSv1.2' }),
  });
}

/** Straight to the listener. */
export function postLocally(listener: ListenerAddress, letter: Letter): Promise<Posted> {
  return send(requestHttp, letter, {
    ...('socketPath' in listener
      ? { socketPath: listener.socketPath }
      : { host: connectableHost(listener.host), port: listener.port }),
    headers: { host: 'localhost' },
  });
}

/** Listening on every address is no address to connect to. */
export const connectableHost = (host: string): string =>
  host === '' || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;

function send(
  start: typeof requestHttps | typeof requestHttp,
  { target, json, waitMs, signal: unwanted }: Letter,
  options: Record<string, unknown> & { readonly headers: Readonly<Record<string, string>> },
): Promise<Posted> {
  const body = json === null ? '' : JSON.stringify(json);
  const late = AbortSignal.timeout(waitMs);
  const signal = AbortSignal.any([late, unwanted]);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve(
        late.aborted
          ? { type: 'late', afterMs: waitMs }
          : { type: 'failed', code: 'code' in error ? String(error.code) : error.message },
      );
    const sent = start(
      {
        ...options,
        ...{ method: 'POST', path: target, agent: false, signal },
        headers: {
          ...options.headers,
          'content-type': json === null ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
          'content-length': String(Buffer.byteLength(body)),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          if (text.length < bodyMaxCharacters) text += piece;
        });
        response.on('error', fail);
        response.on('end', () =>
          resolve({
            type: 'answered',
            status: response.statusCode ?? 0,
            body: text,
            contentType: response.headers['content-type'] ?? '',
            location: response.headers.location ?? '',
            tookMs: Math.round(performance.now() - startedAt),
          }),
        );
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}
