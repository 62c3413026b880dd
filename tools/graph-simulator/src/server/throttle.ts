import { Refusal } from '../model/refusal.ts';
import type { Settings } from './settings.ts';

/** Counts Graph requests per minute; over the limit everything answers 429 until the pause is over. */
export type Throttle = { readonly check: () => void };

export function createThrottle(settings: Settings, now: () => number): Throttle {
  let windowStartMs = 0;
  let inWindow = 0;
  let closedUntilMs = 0;
  return {
    check: () => {
      if (settings.throttleRequestsPerMinute === 0) return;
      const nowMs = now();
      if (nowMs >= windowStartMs + 60_000) {
        windowStartMs = nowMs;
        inWindow = 0;
      }
      inWindow += 1;
      if (inWindow > settings.throttleRequestsPerMinute && closedUntilMs <= nowMs) {
        closedUntilMs = nowMs + settings.throttleRetryAfterSeconds * 1000;
        inWindow = 0;
      }
      if (closedUntilMs <= nowMs) return;
      const seconds = Math.ceil((closedUntilMs - nowMs) / 1000);
      throw new Refusal(429, 'activityLimitReached', 'The app or user has been throttled', {
        innerCode: 'throttledRequest',
        headers: { 'retry-after': String(seconds) },
      });
    },
  };
}
