import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export type Outgoing = {
  readonly type: string;
  readonly body: string;
  readonly limitMs: number;
  /** `ignored`: the receiver under test may hold a certificate of its own making. */
  readonly certificates: 'ignored' | 'checked';
};

export type OutgoingAnswer = { readonly status: number; readonly type: string; readonly text: string };

const answerMaxCharacters = 65_536;

/** A call from the service to a webhook receiver. Rejects with a `TimeoutError` after `limitMs`. */
export function postOut(url: URL, { type, body, limitMs, certificates }: Outgoing): Promise<OutgoingAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const trust = { rejectUnauthorized: certificates === 'checked', agent: false } as const;
    const signal = AbortSignal.timeout(limitMs);
    const sent = send(url, { method: 'POST', headers, signal, ...trust }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        if (text.length < answerMaxCharacters) text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      );
      response.on('error', reject);
    });
    // Before there is a connection, Node reports an end by the signal as an error of its own.
    sent.on('error', (error) => reject(signal.aborted ? signal.reason : error));
    sent.end(body);
  });
}
