/** Why requests were refused, and how often: of the listener, and of who answers behind it. */
import type { AbortSignalLike, Clock, Notice } from '@tidemark/plugin-sdk';
import { createTally } from './tally.ts';

/** Counts are told this often at most. Milliseconds. */
const quietMs = 10_000;

/** Counts one more of a reason. */
export type CountRefusal = (reason: string) => void;

export function createRefusals(
  clock: Clock,
  closing: AbortSignalLike,
  tell: (notice: Extract<Notice, { type: 'refused' }>) => void,
): CountRefusal {
  const reasons = new Map<string, number>();
  const tally = createTally(clock, closing, quietMs, () =>
    tell({ type: 'refused', reasons: Object.fromEntries(reasons) }),
  );
  return (reason) => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    tally.count(1);
  };
}
