/** Attempts, folded: when an item whose command failed is tried again, and what gives it another chance earlier. */
import type { Command, FailureCode, FailureDetails, ItemId, LocalOddity } from '@tidemark/contracts';
import { failureGuide, isForbiddenUnseen } from '@tidemark/contracts';
import type { ItemEvent } from '@tidemark/machines';
import { stepItem } from '@tidemark/machines';
import { isRefusedAgain, rests } from './refused-before.ts';
import type { State } from './state.ts';
import { policyOf } from './state.ts';

/** An item without a history of attempts stays without one. */
export function step({ activities }: State, item: ItemId, event: ItemEvent): void {
  const before = activities.get(item);
  if (before === undefined) return;
  const after = stepItem(before, event);
  // Ready without attempts is what an item without a history is.
  if (after.state === 'ready' && after.attempts === 0) activities.delete(item);
  else activities.set(item, after);
}

export function postpone(state: State, { item, id }: Command, failure: FailureDetails): void {
  const { activities, at } = state;
  if (!activities.has(item)) activities.set(item, stepItem(null, { type: 'PLANNED', command: id }));
  const attemptsMax = isRefusedAgain(state, item, failure.code) ? 1 : policyOf(state).attemptsMax;
  step(state, item, { type: 'FAILED', failure, at, attemptsMax });
}

/** What gave up because of a long outage tries again: now and then, and when the drive is reached after it was not. */
export function giveAnotherChance(state: State): void {
  for (const [item, { state: standing, failure }] of [...state.activities]) {
    if (standing !== 'problem' || failure === null) continue;
    if (failureGuide[failure.code].retry !== 'later' && !isForbiddenUnseen(failure.code)) continue;
    if (rests(state, item, failure.code)) continue;
    step(state, item, { type: 'RESTARTED' });
    state.touched.add(item);
  }
}

/**
 * A link or the like is gone from the disk. It was no item, so nothing else tells those whom it was in the way: it held their name or
 * the name of a folder above them, or it was in a folder that was to go.
 */
export function touchFreedByLinks(
  { activities, local, touched }: State,
  oddities: readonly LocalOddity[],
): void {
  const left = new Set(oddities.map(({ path }) => path));
  if (local.oddities.every(({ path }) => left.has(path))) return;
  for (const [item, { failure }] of activities)
    if (failure !== null && refusedByDisk.has(failure.code)) touched.add(item);
}

const refusedByDisk: ReadonlySet<FailureCode> = new Set(['nameTaken', 'changedMeanwhile', 'diskDenied']);

/** A folder whose deletion was refused, with nothing left in it: it may go now. */
export function giveEmptied(state: State): void {
  const { activities, touched, trees } = state;
  for (const id of touched) {
    const item = trees.items.get(id);
    if (item === undefined || item.remote === null || item.local !== null) continue;
    if (trees.names.remote.isEmpty(id) && activities.get(id)?.state === 'problem')
      step(state, id, { type: 'CHANGED' });
  }
}
