/**
 * The loopback redirect of RFC 8252: a listener on this machine that takes one answer with the right `state`, from this user.
 * What it is safe from: docs/login-in-a-browser.md.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Failure, type AbortSignalLike } from '@tidemark/contracts';
import { isOurs } from './loopback-user.ts';
import { codeOf } from './pasted-url.ts';

export interface LoopbackListener {
  /** `http://localhost:port`; ports are not compared by the identity platform. */
  readonly redirectUri: string;
  /** An address of this listener that leads a browser on. It holds no secret: all users can read the arguments of a program. */
  startUrl(authorizeUrl: string): string;
  /** Null: no answer came in time. Rejects with Failure `loginRefused`. */
  readonly code: Promise<string | null>;
  /** Tells the browser that waits how the login ended, and stops to listen. */
  close(outcome: 'loggedIn' | 'failed'): Promise<void>;
}

export interface LoopbackOptions {
  readonly signal?: AbortSignalLike;
  /** Milliseconds; 5 minutes when absent. */
  readonly timeoutMs?: number;
}

/** `start`: unguessable, the path of the address that leads a browser on. Throws Failure `loginRefused` where no port is to be had. */
export async function awaitLoopback(
  { action, state, start }: { readonly action: string; readonly state: string; readonly start: string },
  { signal, timeoutMs = 300_000 }: LoopbackOptions = {},
): Promise<LoopbackListener> {
  const { promise: code, resolve, reject } = Promise.withResolvers<string | null>();
  // The caller may fail before it looks.
  code.catch(() => {});
  let authorizeUrl: string | null = null;
  /** The browser that brought the answer. */
  let waiting: ServerResponse | null = null;
  let isAnswered = false;
  let port = 0;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const url = URL.parse(request.url ?? '/', `http://localhost:${port}`);
    const isForUs = request.method === 'GET' && request.headers.host === `localhost:${port}`;
    if (!isForUs || url === null) return void response.writeHead(404).end();
    if (url.pathname === `/${start}` && authorizeUrl !== null)
      return void response.writeHead(302, { location: authorizeUrl }).end();
    const isAnswer = url.pathname === '/' && (url.searchParams.has('code') || url.searchParams.has('error'));
    if (!isAnswer) return void response.writeHead(404).end();
    // A page of another site that guesses the port must not be able to end the login.
    if (isAnswered || url.searchParams.get('state') !== state)
      return void response.writeHead(400).end(page(failed));
    isAnswered = true;
    waiting = response;
    try {
      resolve(codeOf(action, new Map(url.searchParams), state));
    } catch (error) {
      reject(error instanceof Failure ? error : refused(action, 'unreadable answer'));
    }
  }

  const servers = await listen(action, handle);
  port = portOf(servers[0]);
  const timer = setTimeout(() => resolve(null), timeoutMs);
  const onAbort = (): void => reject(refused(action, 'stopped on request'));
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    redirectUri: `http://localhost:${port}`,
    startUrl: (url) => {
      authorizeUrl = url;
      return `http://localhost:${port}/${start}`;
    },
    code,
    close: async (outcome) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      for (const server of servers) server.close();
      if (waiting !== null) await lastAnswer(waiting, outcome);
      for (const server of servers) server.closeAllConnections();
    },
  };
}

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  connection: 'close',
} as const;

const failed = 'The login did not work; see the terminal.';

const page = (text: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Tidemark</title><p>${text} You can close this window.</p>`;

/** Resolves when it is sent, or the browser has gone. */
function lastAnswer(response: ServerResponse, outcome: 'loggedIn' | 'failed'): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.once('close', resolve);
    response.writeHead(outcome === 'loggedIn' ? 200 : 400);
    response.end(page(outcome === 'loggedIn' ? 'You are logged in.' : failed));
  });
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Both addresses that `localhost` may mean to a browser, at one port: had another user the port of the other address, the
 * browser might carry the answer there. Where there is no IPv6, only the one.
 */
async function listen(action: string, handle: Handle): Promise<readonly [Server, ...Server[]]> {
  for (let attempt = 1; ; attempt += 1) {
    const four = await listenAt('127.0.0.1', 0, handle).catch((error: unknown) => {
      throw refused(action, `no port for the answer: ${reasonOf(error)}`);
    });
    try {
      return [four, await listenAt('::1', portOf(four), handle)];
    } catch (error) {
      if (/EADDRNOTAVAIL|EAFNOSUPPORT/.test(reasonOf(error))) return [four];
      four.close();
      if (attempt === attemptsMax) throw refused(action, `no port for the answer: ${reasonOf(error)}`);
    }
  }
}

const attemptsMax = 10;

function listenAt(address: string, port: number, handle: Handle): Promise<Server> {
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 10_000, headersTimeout: 10_000 },
    handle,
  );
  server.maxConnections = 16;
  server.on('connection', (socket) => {
    if (!isOurs(socket)) socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, address, () => resolve(server));
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const refused = (action: string, why: string): Failure =>
  new Failure({ code: 'loginRefused', detail: `${action}: ${why}` });

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
