/**
 * Notices that a copy of a conflict has become equal to its file while a run goes on. The run ends for it as it does for changes
 * that a user asks for, and the copy is dropped before the next one begins.
 */
import type { Drive, ItemId, RecordedEvent } from '@tidemark/contracts';
import type { EqualCopy, State } from '@tidemark/engine';
import { equalCopies, isNamedAsCopy, namedAsCopy } from '@tidemark/engine';
import type { Profile } from '../profile.ts';
import type { DropEqualCopiesOptions } from '../user-changes/drop-equal-copies.ts';
import { makeBetweenRuns } from '../user-changes/between-runs.ts';
import { dropsCopies } from '../user-changes/drop-equal-copies.ts';

export interface EqualCopiesWatch {
  /** Between two runs, with both sides open. Throws what the log throws. */
  betweenRuns(profile: Profile, opened: DropEqualCopiesOptions['opened'], drive: Drive): Promise<void>;
  /** Events were made durable. `state`: with them folded. */
  appended(state: State, events: readonly RecordedEvent[]): void;
  /** Nothing is under way. True: the run is to end. */
  rested(profile: Profile, state: State): boolean;
}

export function createEqualCopiesWatch(
  options: Pick<DropEqualCopiesOptions, 'clock' | 'signal' | 'say' | 'warn'>,
): EqualCopiesWatch {
  let named: Set<ItemId> | null = null;
  /** What a run ended for already. When it is still there, it is not for us to drop. */
  const tried = new Set<string>();
  return {
    betweenRuns: (profile, opened, drive) =>
      makeBetweenRuns({ ...options, mode: 'real', profile, opened, drive }),
    appended(state, events) {
      if (named === null) return;
      for (const { items } of events)
        for (const item of items) if (isNamedAsCopy(state, item)) named.add(item);
    },
    rested(profile, state) {
      if (!dropsCopies(profile)) return false;
      named ??= new Set(namedAsCopy(state));
      const fresh = equalCopies(state, named).filter((copy) => !tried.has(keyOf(copy)));
      for (const copy of fresh) tried.add(keyOf(copy));
      return fresh.length > 0;
    },
  };
}

const keyOf = ({ change: { expected, equalTo } }: EqualCopy): string =>
  [expected.id, expected.stamp, equalTo.expected.id, equalTo.expected.stamp].join(' ');
