/** How long the daemon waits before it tries again to reach a service or a bus, instead of ending. */
import type { FailureCode } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';

export interface ReconnectDelay {
  /** How long to wait before the next attempt, in milliseconds; null when no waiting helps. */
  after(error: unknown): number | null;
  /** An attempt went well. */
  reset(): void;
}

const firstWaitMs = 5_000;
const longestWaitMs = 60_000;

const passing: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'offline',
  'timedOut',
  'serviceUnavailable',
  'throttled',
]);

/** `isDriveKnown`: it was synced before, so that it is there, and the service that does not find it will again. */
export function createReconnectDelay(isDriveKnown: () => boolean): ReconnectDelay {
  let attempts = 0;
  return {
    after(error) {
      if (!(error instanceof Failure)) return null;
      if (error.code === 'driveNotFound' && isDriveKnown()) return longestWaitMs;
      if (!passing.has(error.code)) return null;
      const own = Math.min(firstWaitMs * 2 ** attempts, longestWaitMs);
      attempts += 1;
      return Math.max(own, error.details.afterMs ?? 0);
    },
    reset() {
      attempts = 0;
    },
  };
}
