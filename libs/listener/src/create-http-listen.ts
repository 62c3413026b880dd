/**
 * The listening port over Node's own HTTP server. Why no framework: docs/adr/node-http.md. TLS, names and rates are the
 * business of the reverse proxy before it; nothing here relies on one being there.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Answer, IncomingRequest, Listen } from '@tidemark/contracts';
import { refusalOf } from './ambiguous.ts';
import { defaultLimits, type ListenLimits } from './limits.ts';
import { openAddress } from './open-address.ts';
import { readBody } from './read-body.ts';
import { createConnectionLimiter } from './connection-limiter.ts';
import { sendStream } from './send-stream.ts';

/** Every limit that is not named keeps its default. */
export function createHttpListen(changes: Partial<ListenLimits> = {}): Listen {
  const limits = { ...defaultLimits, ...changes };
  return async (options, answerTo) => {
    const { bodyBytesMax, onRefused: count = () => undefined } = options;
    // An eighth of the house is kept free for those who come with a request.
    const placesMax = Math.max(1, Math.floor((limits.connectionsMax * 7) / 8));
    const waiting = createConnectionLimiter(placesMax, () => count('crowded'));
    // What comes behind a refused request on the same connection may be its body: the listener does not read it.
    const turnedAway = new WeakSet<Duplex>();
    const closing = new AbortController();

    const server = createLimitedServer(limits);
    server.on('connection', (socket) => {
      waiting.enter(socket);
      socket.once('close', () => waiting.leave(socket));
    });
    server.on('request', (request, response) => void take(request, response));
    // Each of these would otherwise be answered by Node before the listener sees the request.
    server.on('checkContinue', (request, response) => void take(request, response));
    server.on('checkExpectation', (request, response) => void take(request, response));
    server.on('connect', (_request, socket) => {
      count('notSupported');
      socket.destroy();
    });
    server.on('dropRequest', () => count('requestsPerConnection'));
    server.on('drop', () => count('connections'));
    server.on('clientError', (error, socket) => {
      if (turnedAway.has(socket)) socket.destroy();
      else count(turnAway(error, socket));
    });

    const port = await openAddress(server, options);
    return {
      port,
      close: () =>
        new Promise((resolve) => {
          closing.abort();
          server.close(() => resolve());
          waiting.empty();
        }),
    };

    async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const { socket } = request;
      if (turnedAway.has(socket)) return;
      const refusal = refusalOf(request, bodyBytesMax);
      if (refusal !== null) return refuse(request, response, refusal);
      const body = await readBody(request, bodyBytesMax);
      if (body === null) return;
      if (body === 'tooLarge') return refuse(request, response, { status: 413, reason: 'tooLarge' });
      waiting.leave(socket);
      // All of the request is here: however long its answer takes, the client is not the one who is late.
      socket.setTimeout(0);
      let answer: Answer;
      try {
        answer = await answerTo(incoming(request, body));
      } catch {
        count('failed');
        answer = { status: 500 };
      }
      socket.setTimeout(silenceMax(limits));
      if (response.destroyed) return;
      const { stream } = answer;
      if (stream !== undefined) return send(response, answer, stream);
      const isClosing = closing.signal.aborted;
      if (!isClosing) response.once('finish', () => waiting.enter(socket));
      write(response, answer, isClosing ? 'close' : 'keep');
    }

    async function send(...[response, answer, stream]: StreamedAnswer): Promise<void> {
      try {
        await sendStream(response, answer, stream, { ...limits, closing: closing.signal });
      } catch {
        count('failed');
      }
    }

    function refuse(
      request: IncomingMessage,
      response: ServerResponse,
      { status, reason }: { readonly status: number; readonly reason: string },
    ): void {
      count(reason);
      turnedAway.add(request.socket);
      response.once('finish', () => request.socket.destroySoon());
      write(response, { status }, 'close');
    }
  };
}

type StreamedAnswer = [response: ServerResponse, answer: Answer, stream: NonNullable<Answer['stream']>];

function createLimitedServer(limits: ListenLimits): Server {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkIntervalMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytesMax,
    // Said aloud, because an option of the process can turn it on for all.
    insecureHTTPParser: false,
    // Node would answer in our place, and go on with what follows.
    requireHostHeader: false,
    noDelay: true,
  });
  server.maxHeadersCount = limits.headersMax;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.maxConnections = limits.connectionsMax;
  // Behind the two deadlines, for whatever they do not see.
  server.timeout = silenceMax(limits);
  return server;
}

const silenceMax = ({ requestTimeoutMs, checkIntervalMs }: ListenLimits): number =>
  requestTimeoutMs + 2 * checkIntervalMs;

function incoming(request: IncomingMessage, body: Uint8Array): IncomingRequest {
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return {
    method: request.method ?? '',
    target: request.url ?? '/',
    headers,
    body,
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

function write(
  response: ServerResponse,
  { status, headers, body = '' }: Answer,
  then: 'keep' | 'close',
): void {
  if (then === 'close') response.shouldKeepAlive = false;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Answers what is no HTTP, or comes too slowly, and closes. Returns the reason. */
function turnAway(error: Error, socket: Duplex): string {
  const code = 'code' in error ? String(error.code) : '';
  const [status, reason] = statusLines.get(code) ?? ['400 Bad Request', 'malformed'];
  if (!socket.writable || code === 'ECONNRESET') socket.destroy();
  else
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
      socket.destroy(),
    );
  return reason;
}

const statusLines: ReadonlyMap<string, readonly [string, string]> = new Map(
  Object.entries<readonly [string, string]>({
    ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'slow'],
    HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'headers'],
    HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Content Too Large', 'tooLarge'],
    ECONNRESET: ['', 'gone'],
  }),
);
