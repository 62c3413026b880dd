/** The messages that wait for one subscriber. They are handled one after the other, in the order in which they came. */
import type { OnBusError } from './bus-error.ts';

export interface Message {
  readonly subject: string;
  readonly payload: unknown;
  readonly sizeBytes: number;
}

export interface MessageQueue {
  /** Messages that wait or are being handled. */
  readonly pending: number;
  /** Resolves when the message is taken over: when it is handled at the latest; undefined when it is at once. */
  post(message: Message): Promise<void> | undefined;
  /** Ends delivery, and gives back what was not delivered. A handler that runs goes on. */
  stop(): readonly Message[];
  /** Resolves when nothing waits and no handler runs. */
  idle(): Promise<void>;
}

/** What may wait, taken over, while the handler is busy. */
export interface QueueLimits {
  readonly messages: number;
  readonly sizeBytes: number;
}

interface Waiting {
  readonly message: Message;
  taken: (() => void) | undefined;
}

export function createMessageQueue(
  handler: (payload: unknown, subject: string) => void | Promise<void>,
  limits: QueueLimits,
  onError: OnBusError,
): MessageQueue {
  /** From `first` on they wait, and below `taken` they are taken over. */
  let queue: Waiting[] = [];
  let first = 0;
  let taken = 0;
  let takenBytes = 0;
  let running: Promise<void> | undefined;
  let handling = 0;

  async function run(): Promise<void> {
    // Never inside the publisher's call.
    await Promise.resolve();
    for (let next = nextMessage(); next !== undefined; next = nextMessage()) {
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

  function nextMessage(): Message | undefined {
    const next = queue[first];
    if (next === undefined) return undefined;
    first += 1;
    if (taken < first) {
      taken = first;
      next.taken?.();
    } else takenBytes -= next.message.sizeBytes;
    takeOver();
    if (first === queue.length || first > 1024) {
      queue = queue.slice(first);
      taken -= first;
      first = 0;
    }
    return next.message;
  }

  function takeOver(): void {
    for (let slot = queue[taken]; slot !== undefined; slot = queue[taken]) {
      const { sizeBytes } = slot.message;
      if (taken - first >= limits.messages || takenBytes + sizeBytes > limits.sizeBytes) return;
      taken += 1;
      takenBytes += sizeBytes;
      slot.taken?.();
    }
  }

  return {
    get pending() {
      return queue.length - first + handling;
    },
    post(message) {
      const slot: Waiting = { message, taken: undefined };
      queue.push(slot);
      running ??= run();
      takeOver();
      if (taken === queue.length) return undefined;
      return new Promise((resolve) => (slot.taken = resolve));
    },
    stop() {
      const left = queue.slice(first);
      queue = [];
      first = 0;
      taken = 0;
      takenBytes = 0;
      for (const slot of left) slot.taken?.();
      return left.map(({ message }) => message);
    },
    async idle() {
      while (running !== undefined) await running;
    },
  };
}
