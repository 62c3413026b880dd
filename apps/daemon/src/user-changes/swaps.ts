/**
 * Items that want each other's names go by a temporary one. A run that meets such a name takes it for a rename of the user's, so
 * changes are never left with one: an interruption waits for its end, and after a crash the next start makes up to there.
 */
import type { UserChange } from '@tidemark/contracts';

/** For each change that gives an item a temporary name, its place and that of the change that gives it the one it is to have. */
function swapsIn(
  changes: readonly UserChange[],
): readonly { readonly begin: number; readonly end: number }[] {
  const begun = new Map<string, number>();
  const swaps: { begin: number; end: number }[] = [];
  for (const [index, change] of changes.entries()) {
    if (change.type !== 'Move') continue;
    const begin = begun.get(change.path);
    if (begin !== undefined) swaps.push({ begin, end: index });
    begun.set(change.toPath, index);
  }
  return swaps;
}

/** May changes end in front of the one with that place? */
export const isBetweenSwaps = (changes: readonly UserChange[], next: number): boolean =>
  !swapsIn(changes).some(({ begin, end }) => begin < next && next <= end);

/** The place of the last change that an open swap needs; null when none is open. `isMade`: the change with that place, ended or not. */
export async function endOfOpenSwap(
  changes: readonly UserChange[],
  isEnded: (place: number) => boolean,
  isMade: (place: number) => Promise<boolean>,
): Promise<number | null> {
  let last: number | null = null;
  for (const { begin, end } of swapsIn(changes)) {
    if (isEnded(end)) continue;
    if (isEnded(begin) || (await isMade(begin))) last = Math.max(last ?? 0, end);
  }
  return last;
}
