/** How long to wait before another attempt. No jitter: the same log gives the same deadlines. */

/** `attempt` counts from 1. The first failure is looked at again at once, then after 1 s, 2 s, 4 s … at most 60 s. */
export const soonDelayMs = (attempt: number): number =>
  attempt <= 1 ? 0 : Math.min(1_000 * 2 ** (attempt - 2), 60_000);

/** A day: what is a problem may be mended without a sign. */
export const restMs = 86_400_000;

/** `attempt` counts from 1. 5 s, 10 s, 20 s … at most 10 min. */
export const laterDelayMs = (attempt: number): number => Math.min(5_000 * 2 ** (attempt - 1), 600_000);
