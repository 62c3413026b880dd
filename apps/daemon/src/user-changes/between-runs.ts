/** What is made before a run although no user asks for it now: the end of a swap that a crash cut, and copies that have become equal. */
import { isSameInode } from '@tidemark/contracts';
import { attempt, dropEqualCopies, type DropEqualCopiesOptions } from './drop-equal-copies.ts';
import { carryOut } from './carry-out.ts';
import { endOfOpenSwap } from './swaps.ts';
import type { UnfinishedChanges } from './unfinished.ts';

/** While changes of a user are open nothing else is made. Throws what the log throws. */
export async function makeBetweenRuns(options: DropEqualCopiesOptions): Promise<void> {
  const { unfinished } = options.opened;
  if (unfinished === null || unfinished.planned.unasked === true) return dropEqualCopies(options);
  if (options.mode === 'real') await finishSwaps(options, unfinished);
}

/** Items that a crash left under temporary names get their own. Throws what the log throws. */
export async function finishSwaps(
  options: DropEqualCopiesOptions,
  unfinished: UnfinishedChanges,
): Promise<void> {
  const { disk } = options.opened;
  const { changes } = unfinished.planned;
  const isMade = async (place: number): Promise<boolean> => {
    const change = changes[place];
    if (change?.type !== 'Move') return false;
    const row = await disk.stat(change.toPath);
    return row !== null && isSameInode(row.id, change.expected.id);
  };
  await attempt(options, async (ports) => {
    const end = await endOfOpenSwap(changes, (place) => unfinished.ended.has(place), isMade);
    if (end === null) return { made: 0, failed: [], isInterrupted: false };
    return carryOut({ ...ports, onEnded: () => undefined }, unfinished, end);
  });
}
