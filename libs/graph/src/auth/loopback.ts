/** The loopback redirect of RFC 8252: a listener on this machine that takes one answer with the right `state`. */
import { createServer } from 'node:http';
import { Failure, type AbortSignalLike } from '@tidemark/contracts';
import { codeOf } from './pasted-url.ts';

export interface LoopbackListener {
  /** `http://localhost:port`; ports are not compared by the identity platform. */
  readonly redirectUri: string;
  readonly code: Promise<string>;
  close(): void;
}

const page = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Tidemark</title><p>${text} You can close this window.</p>`;

export async function awaitLoopback(
  action: string,
  state: string,
  timeoutMs: number,
  signal?: AbortSignalLike,
): Promise<LoopbackListener> {
  let settle: (outcome: string | Failure) => void = () => {};
  const code = new Promise<string>((resolve, reject) => {
    settle = (outcome) => (typeof outcome === 'string' ? resolve(outcome) : reject(outcome));
  });
  // The caller may fail before it looks.
  code.catch(() => {});

  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000, headersTimeout: 10_000 });
  server.maxConnections = 16;
  server.on('request', (request, response) => {
    request.resume();
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('connection', 'close');
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    const isAnswer = url !== null && (url.searchParams.has('code') || url.searchParams.has('error'));
    if (request.method !== 'GET' || !isAnswer) {
      response.writeHead(404).end();
      return;
    }
    try {
      settle(codeOf(action, new Map(url.searchParams), state));
      response.end(page('You are logged in.'));
    } catch (error) {
      const failure =
        error instanceof Failure
          ? error
          : new Failure({ code: 'loginRefused', detail: `${action}: unreadable answer` });
      // A foreign page that guesses the port must not be able to end the login.
      if (url.searchParams.get('state') === state) settle(failure);
      response.writeHead(400).end(page('The login did not work; see the terminal.'));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Failure({ code: 'loginRefused', detail: `${action}: no port for the answer: ${error.message}` }),
      ),
    );
    server.listen(0, 'localhost', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const timer = setTimeout(
    () =>
      settle(new Failure({ code: 'loginRefused', detail: `${action}: no answer from the browser in time` })),
    timeoutMs,
  );
  const onAbort = (): void =>
    settle(new Failure({ code: 'loginRefused', detail: `${action}: stopped on request` }));
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    redirectUri: `http://localhost:${port}`,
    code,
    close: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      server.close();
      server.closeAllConnections();
    },
  };
}
