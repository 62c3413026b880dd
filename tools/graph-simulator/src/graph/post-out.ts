import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export type Outgoing = { readonly type: string; readonly body: string; readonly limitMs: number };

export type OutgoingAnswer = { readonly status: number; readonly type: string; readonly text: string };

const answerMaxCharacters = 65_536;

/** A call from the service to a webhook receiver. Rejects with a `TimeoutError` after `limitMs`. */
export function postOut(url: URL, { type, body, limitMs }: Outgoing): Promise<OutgoingAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    // The receiver under test usually holds a certificate of its own making.
    const trust = { rejectUnauthorized: false, agent: false } as const;
    const sent = send(
      url,
      { method: 'POST', headers, signal: AbortSignal.timeout(limitMs), ...trust },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          if (text.length < answerMaxCharacters) text += piece;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
