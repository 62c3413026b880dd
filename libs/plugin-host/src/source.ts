/** Keeps one plugin's `observe` running: subscribes, starts it again after a fault with growing pauses, unsubscribes. */
import type { Clock } from '@tidemark/contracts';
import type { SpontaneousObservation } from '@tidemark/plugin-sdk';
import type { Observable, Subscription } from 'rxjs';
import { defer, map } from 'rxjs';

export interface Source {
  readonly running: boolean;
  stop(): void;
}

const firstPauseMs = 1_000;
const lastPauseMs = 60_000;

export function runSource(options: {
  readonly observe: () => Observable<SpontaneousObservation>;
  readonly put: (hint: SpontaneousObservation) => void;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}): Source {
  const { observe, put, clock, onFault } = options;
  const stopping = new AbortController();
  let subscription: Subscription | null = null;
  let running = false;
  let pauseMs = firstPauseMs;
  subscribe();
  return {
    get running() {
      return running;
    },
    stop() {
      stopping.abort();
      subscription?.unsubscribe();
      running = false;
    },
  };

  function subscribe(): void {
    running = true;
    subscription = defer(observe)
      .pipe(map(asHint))
      .subscribe({
        next: (hint) => {
          pauseMs = firstPauseMs;
          put(hint);
        },
        error: (error: unknown) => {
          onFault(error);
          pause();
        },
        complete: () => {
          running = false;
        },
      });
    if (stopping.signal.aborted) subscription.unsubscribe();
  }

  function pause(): void {
    running = false;
    const waitMs = pauseMs;
    pauseMs = Math.min(pauseMs * 2, lastPauseMs);
    void clock.sleep(waitMs, stopping.signal).then(() => {
      if (!stopping.signal.aborted) subscribe();
    });
  }
}

/** Facts belong to a command that asked for them; a source that brings some by itself is not believed. */
export function asHint(observation: SpontaneousObservation): SpontaneousObservation {
  if (hints.has(observation?.type)) return observation;
  throw new TypeError('a source may only bring hints');
}

const hints: ReadonlySet<string> = new Set<SpontaneousObservation['type']>([
  'HintReceived',
  'SubscriptionTold',
]);
