/** One connection: joins the namespace, answers pings, notices when the other side is gone. */
import type { AbortSignalLike, Clock, Connect, Connection } from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import { targetOf } from './address.ts';
import { join, leave, pong, readFrame, usualHeartbeat, type Frame } from './frame.ts';

export interface Session {
  /** Resolves with the reason, in words, when nothing will come any more. */
  readonly ended: Promise<string>;
  /** Ends it at once; goodbye is said in the background. */
  close(): void;
}

export interface SessionOptions {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly address: string;
  readonly signal: AbortSignalLike;
  /** Something changed. */
  readonly notified: () => void;
  /** A ping was answered. */
  readonly alive: () => void;
}

/** From asking for the connection to being in the namespace. */
const handshakeMs = 10_000;
const eventOfChange = 'notification';

/** Resolves when the namespace was joined. @throws Failure */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { clock, notified, alive } = options;
  const { url, namespace } = targetOf(options.address);
  const closing = new AbortController();
  const abort = (): void => closing.abort();
  options.signal.addEventListener('abort', abort, { once: true });
  if (options.signal.aborted) abort();
  const joined = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  let connection: Connection | null = null;
  let heartbeat = usualHeartbeat;
  let heardAt = clock.monotonic();

  const end = (why: string): void => {
    ended.resolve(why);
    joined.reject(new Failure({ code: 'offline', detail: `Cannot listen over Socket.IO: ${why}` }));
    options.signal.removeEventListener('abort', abort);
    closing.abort();
  };
  joined.promise.catch(() => undefined);
  closing.signal.addEventListener('abort', () => {
    end('it was closed');
    connection?.send(leave);
    void connection?.close();
  });

  const limit = clock.sleep(handshakeMs, closing.signal).then(() => {
    throw new Failure({
      code: closing.signal.aborted ? 'offline' : 'timedOut',
      detail: `Cannot listen over Socket.IO: no answer within ${handshakeMs / 1000} s`,
    });
  });
  limit.catch(() => undefined);
  try {
    await Promise.race([establish(), limit]);
  } catch (error) {
    end('it was never open');
    throw error;
  }
  void watchSilence();
  return { ended: ended.promise, close: () => closing.abort() };

  async function establish(): Promise<void> {
    const opened = await options.connect(url, { signal: closing.signal });
    connection = opened;
    if (closing.signal.aborted) void opened.close();
    opened.messages.subscribe({
      next: (text) => {
        heardAt = clock.monotonic();
        receive(readFrame(text), opened);
      },
      error: (error: unknown) => end(error instanceof Failure ? error.message : String(error)),
      complete: () => end('the service closed the connection'),
    });
    await joined.promise;
  }

  function receive(frame: Frame, { send }: Connection): void {
    if (closing.signal.aborted) return;
    switch (frame.type) {
      case 'opened':
        heartbeat = frame.heartbeat;
        // The peer client joins both, and that is what is known to work.
        send(join('/'));
        if (namespace !== '/') send(join(namespace));
        return;
      case 'ping':
        send(pong);
        return alive();
      case 'joined':
        if (frame.namespace === namespace) joined.resolve();
        return;
      case 'event':
        if (frame.name === eventOfChange) notified();
        return;
      case 'refused':
        if (frame.namespace === namespace) end(`the service refused: ${frame.why}`);
        return;
      case 'left':
        return end('the service took us out');
      case 'closed':
        return end('the service closed the session');
      case 'other':
        return;
    }
  }

  /** A link that died says nothing: that there was no ping for so long is the only sign. */
  async function watchSilence(): Promise<void> {
    while (!closing.signal.aborted) {
      const limitMs = heartbeat.pingIntervalMs + heartbeat.pingTimeoutMs;
      const leftMs = heardAt + limitMs - clock.monotonic();
      if (leftMs <= 0) return end(`nothing was heard for ${Math.round(limitMs / 1000)} s`);
      await clock.sleep(leftMs, closing.signal);
    }
  }
}
