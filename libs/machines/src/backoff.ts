/** How long to wait before another attempt. No jitter: the same log gives the same deadlines. */
import type { FailureDetails } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';

/** A day: what is a problem may be mended without a sign. */
export const restMs = 86_400_000;

/**
 * `attempt` counts from 1. What is worth a try soon is looked at again at once, then after 1 s, 2 s, 4 s … at most 60 s; the rest
 * after 5 s, 10 s, 20 s … at most 10 min. What the service asked for is a floor, never a ceiling.
 */
export function delayMs({ code, afterMs = 0 }: FailureDetails, attempt: number): number {
  const soon = attempt === 1 ? 0 : Math.min(1_000 * 2 ** (attempt - 2), 60_000);
  const later = Math.min(5_000 * 2 ** (attempt - 1), 600_000);
  return Math.max(afterMs, failureGuide[code].retry === 'soon' ? soon : later);
}
