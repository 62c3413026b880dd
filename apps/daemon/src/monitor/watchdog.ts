/** Signs of life for the watchdog of the service manager: only after the loop has come round, so a loop that hangs gives none. */
import type { Clock } from '@tidemark/contracts';

export interface Watchdog {
  /** Called often. Asks the loop when a sign is due, and gives it when the loop answers. */
  beat(): Promise<void>;
  /** Between two runs something went on: another attempt to begin one. */
  turned(): void;
}

export interface WatchdogOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** After how long without a sign the service manager ends the daemon; null: never. Milliseconds. */
  readonly watchdogMs: number | null;
  /** Resolves when the loop has come round; null when no loop runs: between two runs. */
  readonly pulse: () => Promise<void> | null;
  /** How long the time between two runs may last. Milliseconds. */
  readonly betweenRunsMaxMs: number;
  readonly give: () => void;
}

export function createWatchdog(options: WatchdogOptions): Watchdog {
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
      nextAt = clock.monotonic() + watchdogMs / signsPerTimeout;
      isAsking = false;
    },
  };
}

const signsPerTimeout = 3;
