/**
 * Opens WebSockets (RFC 6455) for plugins: to allowed hosts only, over TLS only, with limits on everything. undici's
 * WebSocket is used rather than Node's own because it takes a dispatcher, and with it authorities, timeouts and a proxy.
 */
import type { AbortSignalLike } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Observable } from 'rxjs';
import { WebSocket, type Dispatcher } from 'undici';
import { createDispatcher, type SocketProxy } from './dispatcher.ts';
import { assertAllowed } from './hosts.ts';
import { createMessageQueue } from './message-queue.ts';
import { socketFailure } from './socket-failure.ts';

export interface ConnectOptions {
  /** `example.org`, or `*.example.org` for the names below it. */
  readonly allowedHosts: readonly string[];
  /** More certificate authorities (PEM), beside those that Node trusts (`--use-system-ca` adds the system's). */
  readonly caFile?: string | null;
  readonly ipFamily?: 4 | 6 | null;
  readonly proxy?: SocketProxy | null;
  readonly userAgent?: string;
  /** From the first packet to the open socket. Milliseconds. */
  readonly handshakeTimeoutMs?: number;
  /** Of one message, also after it was unpacked. */
  readonly messageBytesMax?: number;
}

/** Satisfies `Connect` of the plugin SDK. Throws Failure: `accessDenied`, `offline`, `timedOut`, `tlsUntrusted`. */
export type Connect = (url: string, options?: { readonly signal?: AbortSignalLike }) => Promise<Connection>;

export interface Connection {
  /**
   * Text messages, for one subscriber; those that came before it are kept. Completes when the other side closes, and
   * fails with a Failure when the connection breaks or a limit is passed.
   */
  readonly messages: Observable<string>;
  /** Does nothing when the socket is closed. */
  send(text: string): void;
  /** Says goodbye, waits a moment for the answer, and lets go. */
  close(): Promise<void>;
}

const defaults = {
  handshakeTimeoutMs: 10_000,
  messageBytesMax: 1024 * 1024,
  userAgent: 'ISV|Tidemark|Tidemark/0.1.0',
};
const goodbyeMs = 1_000;
/** What the other side does not take is not sent for ever. */
const unsentBytesMax = 1024 * 1024;

/** @example const connect = createConnect({ allowedHosts: ['*.svc.ms'] }); const { messages } = await connect(url); */
export function createConnect(options: ConnectOptions): Connect {
  const messageBytesMax = options.messageBytesMax ?? defaults.messageBytesMax;
  const handshakeTimeoutMs = options.handshakeTimeoutMs ?? defaults.handshakeTimeoutMs;

  return async (url, { signal } = {}) => {
    const { hostname } = assertAllowed(url, options.allowedHosts);
    const dispatcher = createDispatcher({ ...options, handshakeTimeoutMs, messageBytesMax });
    const queue = createMessageQueue(messageBytesMax);
    const closed = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    let isOpen = false;
    let broken: Failure | null = null;
    // WebSocket does not tell why it did not connect; the pool below it does.
    let reason: unknown = null;
    dispatcher.on('connectionError', (_origin, _targets, error) => {
      reason = error;
    });

    const socket = new WebSocket(url, {
      dispatcher,
      headers: { 'user-agent': options.userAgent ?? defaults.userAgent },
    });
    socket.addEventListener('open', () => {
      isOpen = true;
      opened.resolve();
    });
    socket.addEventListener('message', ({ data }) => {
      // Binary messages are nothing we asked for.
      if (typeof data !== 'string') return;
      if (!queue.put(data)) breakOff('more messages came than anybody took');
    });
    socket.addEventListener('error', ({ error }) => {
      broken ??= socketFailure(hostname, reason ?? error, isOpen);
    });
    socket.addEventListener('close', ({ code, wasClean }) => {
      if (!wasClean) broken ??= socketFailure(hostname, `the connection ended (${code})`, isOpen);
      opened.reject(broken ?? socketFailure(hostname, 'the connection was closed', isOpen));
      queue.end(broken);
      closed.resolve();
      void dispatcher.destroy();
    });

    await handshake();
    return { messages: queue.messages, send, close };

    async function handshake(): Promise<void> {
      const giveUp = (failure: Failure): void => {
        broken ??= failure;
        opened.reject(broken);
        socket.close();
        void dispatcher.destroy();
      };
      const stop = (): void => giveUp(socketFailure(hostname, 'stopped by the caller', false));
      const timer = setTimeout(() => giveUp(lateFailure(hostname, handshakeTimeoutMs)), handshakeTimeoutMs);
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted === true) stop();
      try {
        await opened.promise;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
      }
      signal?.addEventListener('abort', () => void close(), { once: true });
    }

    function send(text: string): void {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > unsentBytesMax) breakOff('the other side does not take what is sent');
      else socket.send(text);
    }

    function breakOff(why: string): void {
      broken ??= socketFailure(hostname, why, true);
      void close();
    }

    async function close(): Promise<void> {
      if (socket.readyState === WebSocket.OPEN) socket.close(1000);
      await atMost(goodbyeMs, closed.promise);
      await letGo(dispatcher);
      queue.end(broken);
    }
  };
}

function lateFailure(hostname: string, timeoutMs: number): Failure {
  const detail = `Cannot connect to "${hostname}": no answer within ${timeoutMs / 1000} s`;
  return new Failure({ code: 'timedOut', detail });
}

async function atMost(limitMs: number, work: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, limitMs);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}

/** undici has let go of an upgraded socket; destroying its pool ends what is left. */
async function letGo(dispatcher: Dispatcher): Promise<void> {
  await dispatcher.destroy();
}
