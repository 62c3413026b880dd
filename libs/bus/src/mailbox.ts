/** The messages that wait for one subscriber. They are handled one after the other, in the order in which they came. */
import type { OnBusError } from './bus-error.ts';

export interface Message {
  readonly subject: string;
  readonly payload: unknown;
}

export interface Mailbox {
  /** Messages that wait or are being handled. */
  readonly pending: number;
  /** Resolves when the message is among the `pendingMax` next ones; undefined when it is at once. */
  post(message: Message): Promise<void> | undefined;
  /** Ends delivery, and gives back what was not delivered. A handler that runs goes on. */
  stop(): readonly Message[];
  /** Resolves when nothing waits and no handler runs. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly message: Message;
  taken: (() => void) | undefined;
}

export function createMailbox(
  handler: (payload: unknown, subject: string) => void | Promise<void>,
  pendingMax: number,
  onError: OnBusError,
): Mailbox {
  let queue: Waiting[] = [];
  let first = 0;
  let running: Promise<void> | undefined;
  let handling = 0;
  const waiting = (): number => queue.length - first;

  async function run(): Promise<void> {
    // Never inside the publisher's call.
    await Promise.resolve();
    for (let next = take(); next !== undefined; next = take()) {
      handling = 1;
      try {
        const handled = handler(next.payload, next.subject);
        if (handled !== undefined) await handled;
      } catch (error) {
        onError(error, next.subject);
      }
      handling = 0;
    }
    running = undefined;
  }

  function take(): Message | undefined {
    const next = queue[first];
    if (next === undefined) return undefined;
    first += 1;
    queue[first + pendingMax - 1]?.taken?.();
    if (first === queue.length || first > 1024) {
      queue = queue.slice(first);
      first = 0;
    }
    return next.message;
  }

  return {
    get pending() {
      return waiting() + handling;
    },
    post(message) {
      const slot: Waiting = { message, taken: undefined };
      queue.push(slot);
      running ??= run();
      if (waiting() <= pendingMax) return undefined;
      return new Promise((resolve) => (slot.taken = resolve));
    },
    stop() {
      const left = queue.slice(first);
      queue = [];
      first = 0;
      for (const { taken } of left) taken?.();
      return left.map(({ message }) => message);
    },
    async idle() {
      while (running !== undefined) await running;
    },
  };
}
