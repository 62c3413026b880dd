/** A listing that is not believed (I-10): a drive that lost most of what was known, without a word of any deletion. */
import type { FailureDetails } from '../failure.ts';
import type { EventOf, Started } from './event.ts';

/**
 * Why nothing follows from what this round left out; null when it is believed. Not asked of a run that deletes nothing anyway
 * (`forget`), nor of the first round of one whose user confirmed large deletions at its start.
 *
 * @param isFirst no round of the run ended before
 */
export function doubtOf(
  { full, unseen, known = 0 }: EventOf<'RemoteRoundCompleted'>,
  started: Pick<Started, 'policy' | 'forget'> | null,
  isFirst: boolean,
): FailureDetails | null {
  if (!full || unseen.length < doubtedFrom || unseen.length * 2 <= known) return null;
  if (started === null || started.forget !== null) return null;
  if (isFirst && started.policy.massDeleteConfirmed) return null;
  const { pollIntervalMs } = started.policy.pace;
  return {
    code: 'driveSuspended',
    ...(pollIntervalMs > 0 && { afterMs: pollIntervalMs }),
    detail: `Cannot trust the drive: its listing lacks ${unseen.length} of ${known} items that were there before, and it told of no deletion. Nothing was removed on disk`,
  };
}

/** A share of fewer items says nothing: each of them is read by its id. */
const doubtedFrom = 10;
