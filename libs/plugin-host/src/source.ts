/** Keeps one plugin's `observe` running: subscribes, starts it again after a fault with growing pauses, unsubscribes. */
import type { Clock, Observation } from '@tidemark/contracts';
import type { FactsReport, SpontaneousObservation } from '@tidemark/plugin-sdk';
import type { Observable, Subscription } from 'rxjs';
import { defer, mergeMap, UnsubscriptionError } from 'rxjs';
import type { FactsBorder } from './facts-border.ts';
import { faultOfHint, isHintType } from './hint-shapes.ts';

export interface Source {
  readonly running: boolean;
  stop(): void;
}

const firstPauseMs = 1_000;
const lastPauseMs = 60_000;

export function runSource(options: {
  readonly observe: () => Observable<SpontaneousObservation>;
  /** Calls code of the plugin. */
  readonly run: <Result>(work: () => Result) => Result;
  /** What of an observation goes on the bus. Throws what is wrong with it. */
  readonly read: (observation: SpontaneousObservation) => readonly Observation[];
  readonly put: (observation: Observation) => void;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}): Source {
  const { observe, run, read, put, clock, onFault } = options;
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
      end();
      running = false;
    },
  };

  function subscribe(): void {
    running = true;
    subscription = run(() =>
      defer(observe)
        .pipe(mergeMap(read))
        .subscribe({
          next: (observation) => {
            pauseMs = firstPauseMs;
            put(observation);
          },
          error: (error: unknown) => {
            onFault(error);
            pause();
          },
          complete: () => {
            running = false;
          },
        }),
    );
    if (stopping.signal.aborted) end();
  }

  /** What it does when it is unsubscribed is its own code, too, and must not keep the others from ending. */
  function end(): void {
    try {
      run(() => subscription?.unsubscribe());
    } catch (error) {
      for (const one of error instanceof UnsubscriptionError ? error.errors : [error]) onFault(one);
    }
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

/**
 * What is on either side is told by the command that looked there; a source that tells it by itself is not believed. `ours`: the compiler
 * has seen its hints. Throws TypeError.
 */
export function asSpontaneous(
  observation: SpontaneousObservation,
  facts: FactsBorder,
  ours: boolean,
): readonly Observation[] {
  if (isFactsReport(observation)) return facts.take(observation);
  if (!isHintType(observation?.type))
    throw new TypeError('a source may only bring hints, and facts for its rules');
  const fault = ours ? null : faultOfHint(observation);
  if (fault !== null) throw new TypeError(fault);
  return [observation];
}

const isFactsReport = (observation: SpontaneousObservation): observation is FactsReport =>
  observation?.type === 'FactsReported';
