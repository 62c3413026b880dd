/**
 * The bus of a daemon that speaks with other processes. What its own plugins say to each other stays in the process: it is
 * larger than a server takes, no other process can forge it there, and a server that is away does not stop it. Outside go what
 * watchers are shown, and everything about plugins elsewhere.
 */
import type { Bus, RecordedEvent } from '@tidemark/contracts';
import { sentEvent } from '@tidemark/control';
import { isEventSubject, isPluginSubject, isWatchedSubject } from '@tidemark/plugin-host';

/** What is shown and waits for the server. Beyond it watchers miss a batch, which they see by its numbers. */
const waitingMax = 64;
/** How long an end waits for the server to take what was shown last. */
const lastWordsMs = 1_000;

export function createOutwardBus(inside: Bus, outside: Bus): Bus {
  let waiting = 0;
  let last = Promise.resolve();

  const placeOf = (subject: string): Bus => (isPluginSubject(subject) ? outside : inside);
  return {
    async publish(subject, payload) {
      if (isPluginSubject(subject)) return outside.publish(subject, payload);
      await inside.publish(subject, payload);
      if (isWatchedSubject(subject)) show(subject, shownOutside(subject, payload));
    },
    subscribe: (pattern, handler, options) => placeOf(pattern).subscribe(pattern, handler, options),
    request: (subject, payload, timeoutMs) => placeOf(subject).request(subject, payload, timeoutMs),
    respond: (pattern, handler) => placeOf(pattern).respond(pattern, handler),
    async close() {
      await inside.close();
      await atMost(lastWordsMs, last);
      await outside.close();
    },
  };

  /** In order, and never in the way of who published it. */
  function show(subject: string, payload: unknown): void {
    // An empty batch marks an end for watchers inside.
    if (waiting >= waitingMax || (Array.isArray(payload) && payload.length === 0)) return;
    waiting += 1;
    last = last
      .then(() => send(subject, payload))
      // The server was lost for good, or will not have it: its refusals are told by the connection.
      .catch(() => undefined)
      .finally(() => (waiting -= 1));
  }

  /** A batch that is too large goes in parts; a single event that is too large stays inside. */
  async function send(subject: string, payload: unknown): Promise<void> {
    try {
      await outside.publish(subject, payload);
    } catch (error) {
      if (!isTooLarge(error) || !Array.isArray(payload)) throw error;
      if (payload.length === 1) return;
      const middle = Math.ceil(payload.length / 2);
      await send(subject, payload.slice(0, middle));
      await send(subject, payload.slice(middle));
    }
  }
}

/** Events as programs are shown them everywhere: with the version of their shape, and without delta links and addresses. */
const shownOutside = (subject: string, payload: unknown): unknown =>
  isEventSubject(subject) && Array.isArray(payload)
    ? (payload as readonly RecordedEvent[]).map(sentEvent)
    : payload;

/** The end of a run is shown, unless no watcher is there to take it. */
async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, limitMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'payloadTooLarge';
