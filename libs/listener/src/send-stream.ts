/** Sends an answer that has no end of its own, at the pace of its reader. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer, StreamReader } from '@tidemark/contracts';

export interface StreamLimits {
  /** How long a reader may leave untaken what waits for it. */
  readonly streamStallMs: number;
  /** How long it may take for the last words. */
  readonly lastWordsMs: number;
}

type Ended = NonNullable<StreamReader['ended']>;

/** Resolves when the stream is over. Throws what the stream throws; the connection is closed then. */
export async function sendStream(
  response: ServerResponse,
  { status, headers }: Answer,
  stream: NonNullable<Answer['stream']>,
  { closing, ...limits }: StreamLimits & { readonly closing: AbortSignal },
): Promise<void> {
  const ending = new AbortController();
  let ended: Ended | null = null;
  const end = (why: Ended): void => {
    ended ??= why;
    ending.abort();
  };
  const close = (): void => end('closing');
  response.once('close', () => end('gone'));
  closing.addEventListener('abort', close, { once: true });
  if (closing.aborted) close();
  const { socket } = response;
  // Silence is no fault of a stream.
  socket?.setTimeout(0);
  response.shouldKeepAlive = false;
  response.writeHead(status, headers);
  response.flushHeaders();
  try {
    const reader: StreamReader = {
      get ended() {
        return ended;
      },
      signal: ending.signal,
    };
    for await (const piece of stream(reader)) {
      if (response.destroyed) return;
      if (response.write(piece) || ended !== null) continue;
      if (!(await drained(response, limits.streamStallMs, ending.signal))) end('slow');
    }
    response.end();
    socket?.setTimeout(limits.lastWordsMs, () => socket.destroy());
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    closing.removeEventListener('abort', close);
  }
}

/** False: the time is up. */
async function drained(response: ServerResponse, limitMs: number, over: AbortSignal): Promise<boolean> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    await once(response, 'drain', { signal: AbortSignal.any([limit, over]) });
    return true;
  } catch (error) {
    if (limit.aborted || over.aborted) return over.aborted;
    throw error;
  }
}
