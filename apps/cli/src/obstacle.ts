import type { FailureDetails } from '@tidemark/contracts';
import type { RunEnd } from '@tidemark/daemon';

/** What kept the run from seeing both sides; null when nothing did. Half a look would read as if both sides agreed. */
export const obstacleIn = ({ halted, unseen }: RunEnd['status']): FailureDetails | null =>
  halted ?? unseen[0] ?? null;
