/** Failed commands, folded: which attempt comes next and when, and what has to be looked at before. */
import type { Command, CommandFailed, FailureDetails, ItemId } from '@tidemark/contracts';
import { commandEffects, failureGuide, isForbiddenUnseen } from '@tidemark/contracts';
import { stepItem } from '@tidemark/machines';
import { leaveUnanswered } from './own-deletion.ts';
import type { SideState, State } from './state.ts';
import { commandUnderWay, lookAgain, lookAtFolders, policyOf } from './state.ts';
import { subscriptionFailed } from './subscription.ts';

export function failed(state: State, event: CommandFailed, at: number): ItemId[] {
  const command = commandUnderWay(state, event.command);
  if (command === null) return [];
  const { failure } = event;
  const retry = failureGuide[failure.code].retry;
  if (retry === 'stop') state.halted = failure;
  if (commandEffects[command.type] === 'subscribes') {
    subscriptionFailed(state, failure, at);
    return [];
  }
  if (command.type === 'ReadRemote' || command.type === 'ScanLocal') {
    const { attemptsMax, pace } = policyOf(state);
    const side = command.type === 'ReadRemote' ? state.remote : state.local;
    side.looking = null;
    if (side === state.local) lookAtFolders(state, null, 'look-again');
    else lookAgain(side, 'look-again');
    // A run that goes on never gives up looking, and is back soon after a network that was away for hours.
    const goesOn = pace.mode === 'continuous';
    const before = goesOn ? withAttemptsAtMost(side.activity, lookAttemptsCounted) : side.activity;
    side.activity = stepItem(stepItem(before, { type: 'PLANNED', command: command.id }), {
      type: 'FAILED',
      failure,
      at,
      attemptsMax: goesOn ? Number.MAX_SAFE_INTEGER : attemptsMax,
    });
    return [];
  }
  state.inFlight.delete(command.item);
  leaveUnanswered(state, command, state.seq);
  postpone(state, command, failure, at);
  // The attempt met something else than expected: only another look at that side can tell what.
  for (const side of looksAfter[failure.code] ?? []) {
    if (side === 'local') lookAtFolders(state, null, 'look-again');
    else lookAgain(state.remote, 'look-again');
  }
  if (feedMustHaveMissed(failure) && state.activities.get(command.item)?.attempts === attemptsBeforeListing)
    state.remote.cursor = null;
  return [command.item];
}

/** More attempts than these do not make the pause grow: 80 seconds is the longest. */
const lookAttemptsCounted = 4;

function withAttemptsAtMost(activity: SideState['activity'], most: number): SideState['activity'] {
  return activity === null || activity.attempts <= most ? activity : { ...activity, attempts: most };
}

export function postpone(state: State, { item, id }: Command, failure: FailureDetails, at: number): void {
  if (!state.activities.has(item))
    state.activities.set(item, stepItem(null, { type: 'PLANNED', command: id }));
  step(state, item, { type: 'FAILED', failure, at, attemptsMax: policyOf(state).attemptsMax });
}

export const lost = ({ path }: Command): FailureDetails => ({
  code: 'changedMeanwhile',
  detail: `Cannot find "${path}" again: a folder above it was replaced, or cannot be read`,
});

/**
 * The drive keeps refusing what its feed says. The feed may keep silent about what went with a folder; a listing of
 * everything does not.
 */
const feedMustHaveMissed = ({ code }: CommandFailed['failure']): boolean =>
  code === 'preconditionFailed' || code === 'notFound';

const attemptsBeforeListing = 3;

const looksAfter: Partial<Record<CommandFailed['failure']['code'], readonly ('remote' | 'local')[]>> = {
  changedMeanwhile: ['local', 'remote'],
  localGone: ['local'],
  preconditionFailed: ['remote'],
  notFound: ['remote'],
  nameTaken: ['remote', 'local'],
  contentMismatch: ['remote'],
};

/** What gave up because of a long outage tries again: now and then, and when the drive is reached after it was not. */
export function giveAnotherChance(state: State): ItemId[] {
  const touched: ItemId[] = [];
  for (const [item, { state: standing, failure }] of [...state.activities]) {
    if (standing !== 'problem' || failure === null) continue;
    if (failureGuide[failure.code].retry !== 'later' && !isForbiddenUnseen(failure.code)) continue;
    step(state, item, { type: 'RESTARTED' });
    touched.push(item);
  }
  return touched;
}

export function step(state: State, item: ItemId, event: Parameters<typeof stepItem>[1]): void {
  const before = state.activities.get(item);
  if (before === undefined) return;
  const after = stepItem(before, event);
  // Ready without attempts is what an item without a history is.
  if (after.state === 'ready' && after.attempts === 0) state.activities.delete(item);
  else state.activities.set(item, after);
}
