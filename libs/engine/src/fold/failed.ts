/** Failed commands, folded: which attempt comes next and when, and what has to be looked at before. */
import type {
  Command,
  CommandFailed,
  FailureCode,
  FailureDetails,
  ItemId,
  LocalOddity,
} from '@tidemark/contracts';
import { commandEffects, failureGuide, isForbiddenUnseen } from '@tidemark/contracts';
import { stepItem } from '@tidemark/machines';
import { leaveUnanswered } from './own-deletion.ts';
import { lookFailed, suspend, suspends, wantLocal, wantRemote } from './looks.ts';
import { takeBackStanding } from './repetition.ts';
import { isRefusedAgain, rests } from './refused-before.ts';
import type { State } from './state.ts';
import { commandUnderWay, policyOf } from './state.ts';
import { subscriptionFailed } from './subscription.ts';

export function failed(state: State, event: CommandFailed, at: number): ItemId[] {
  const command = commandUnderWay(state, event.command);
  if (command === null) return [];
  const { failure, remote } = event;
  const { retry } = failureGuide[failure.code];
  const isSuspending = suspends(state, failure);
  if (retry === 'stop' && !isSuspending) state.halted = failure;
  if (commandEffects[command.type] === 'subscribes') {
    subscriptionFailed(state, failure, at);
    return [];
  }
  if (command.type === 'ReadRemote' || command.type === 'ReadRemoteItems' || command.type === 'ScanLocal') {
    lookFailed(state, event, command, at);
    return [];
  }
  state.inFlight.delete(command.item);
  takeBackStanding(state, command.item);
  leaveUnanswered(state, command, state.seq);
  if (isSuspending) {
    // The item is as ready as before; its side is not.
    suspend(state, failure, at);
    state.activities.delete(command.item);
    return [command.item];
  }
  postpone(state, command, failure, at);
  // The attempt met something else than expected. What the drive shows is in the failure; the disk has to be looked at.
  if (isAboutDisk(failure, command)) wantLocal(state, null, 'look-again');
  else if (isContradiction(failure) && remote === undefined) wantRemote(state, 'look-again');
  return [command.item];
}

export function postpone(state: State, { item, id }: Command, failure: FailureDetails, at: number): void {
  if (!state.activities.has(item))
    state.activities.set(item, stepItem(null, { type: 'PLANNED', command: id }));
  const attemptsMax = isRefusedAgain(state, item, failure.code) ? 1 : policyOf(state).attemptsMax;
  step(state, item, { type: 'FAILED', failure, at, attemptsMax });
}

export const lost = ({ path }: Command): FailureDetails => ({
  code: 'changedMeanwhile',
  detail: `Cannot find "${path}" again: a folder above it was replaced, or cannot be read`,
});

const isContradiction = ({ code }: FailureDetails): boolean =>
  code === 'nameTaken' || code === 'preconditionFailed' || code === 'notFound';

const isAboutDisk = ({ code }: FailureDetails, { type }: Command): boolean =>
  code === 'changedMeanwhile' ||
  code === 'localGone' ||
  (code === 'nameTaken' && commandEffects[type] === 'writesDisk');

/** What gave up because of a long outage tries again: now and then, and when the drive is reached after it was not. */
export function giveAnotherChance(state: State): ItemId[] {
  const touched: ItemId[] = [];
  for (const [item, { state: standing, failure }] of [...state.activities]) {
    if (standing !== 'problem' || failure === null) continue;
    if (failureGuide[failure.code].retry !== 'later' && !isForbiddenUnseen(failure.code)) continue;
    if (rests(state, item, failure.code)) continue;
    step(state, item, { type: 'RESTARTED' });
    touched.push(item);
  }
  return touched;
}

/**
 * A link or the like is gone from the disk. It was no item, so nothing else tells those whom it was in the way: it held their name or
 * the name of a folder above them, or it was in a folder that was to go.
 */
export function freedByLinks({ activities, local }: State, oddities: readonly LocalOddity[]): ItemId[] {
  const left = new Set(oddities.map(({ path }) => path));
  if (local.oddities.every(({ path }) => left.has(path))) return [];
  return [...activities].flatMap(([item, { failure }]) =>
    failure !== null && refusedByDisk.has(failure.code) ? [item] : [],
  );
}

const refusedByDisk: ReadonlySet<FailureCode> = new Set(['nameTaken', 'changedMeanwhile', 'diskDenied']);

/** A folder whose deletion was refused, with nothing left in it: it may go now. */
export function giveEmptied(state: State, touched: readonly ItemId[]): void {
  for (const id of touched) {
    const item = state.trees.items.get(id);
    if (item === undefined || item.remote === null || item.local !== null) continue;
    if (state.trees.names.remote.isEmpty(id) && state.activities.get(id)?.state === 'problem')
      step(state, id, { type: 'CHANGED' });
  }
}

export function step(state: State, item: ItemId, event: Parameters<typeof stepItem>[1]): void {
  const before = state.activities.get(item);
  if (before === undefined) return;
  const after = stepItem(before, event);
  // Ready without attempts is what an item without a history is.
  if (after.state === 'ready' && after.attempts === 0) state.activities.delete(item);
  else state.activities.set(item, after);
}
