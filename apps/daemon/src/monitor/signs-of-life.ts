/** Signs of life for a watchdog: one is given only when the loop has come round since it was asked, so a loop that hangs gives none. */
import type { Clock } from '@tidemark/contracts';

export interface SignsOfLife {
  /** Called often. Asks the loop when a sign is due, and gives it when the loop answers. */
  beat(): Promise<void>;
  /** Between two runs something went on: another attempt to begin one. */
  turned(): void;
}

export interface SignsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** When the watchdog loses patience; null when there is none. Milliseconds. */
  readonly watchdogMs: number | null;
  /** Resolves when the loop has come round; null when no loop runs: between two runs. */
  readonly pulse: () => Promise<void> | null;
  /** How long the time between two runs may last. Milliseconds. */
  readonly betweenRunsMaxMs: number;
  readonly give: () => void;
}

export function createSignsOfLife(options: SignsOptions): SignsOfLife {
  const { clock, watchdogMs, pulse, betweenRunsMaxMs, give } = options;
  let nextAt = clock.monotonic();
  let lastPulseAt = clock.monotonic();
  let isAsking = false;
  return {
    turned() {
      lastPulseAt = clock.monotonic();
    },
    async beat() {
      if (watchdogMs === null || isAsking || clock.monotonic() < nextAt) return;
      isAsking = true;
      const round = pulse();
      if (round !== null) {
        await round;
        lastPulseAt = clock.monotonic();
      }
      if (clock.monotonic() - lastPulseAt <= betweenRunsMaxMs) give();
      nextAt = clock.monotonic() + watchdogMs / signsPerPatience;
      isAsking = false;
    },
  };
}

const signsPerPatience = 3;
