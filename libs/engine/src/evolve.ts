/** Evolve: one event folded into the state. Total over all events; no clock, no chance, no world. */
import type {
  Command,
  CommandFailed,
  FailureDetails,
  ItemId,
  Planned,
  RecordedEvent,
  RemoteRoundCompleted,
  RemoteSeen,
  Started,
} from '@tidemark/contracts';
import type { Policy, Seq } from '@tidemark/contracts';
import { failureGuide, rootItem } from '@tidemark/contracts';
import { stepItem } from '@tidemark/machines';
import type { Rules } from '@tidemark/planner';
import { createAgenda, orderOf } from '@tidemark/planner';
import {
  agree,
  isAtRest,
  observeLocal,
  observeLocalGone,
  observeRemote,
  observeRemoteGone,
  rejoinRecreated,
  setRoots,
  sweepRemoteBelow,
} from '@tidemark/trees';
import { foldOutcome } from './outcome.ts';
import type { SideState, State } from './state.ts';
import { commandEffects } from '@tidemark/contracts';
import {
  endAgreement,
  isDeletedByUs,
  isTakenByUs,
  leaveUnanswered,
  settleUnanswered,
} from './own-deletion.ts';
import { isFullRoundDue, lookDueAt } from './pace.ts';
import {
  startSubscription,
  subscriptionFailed,
  subscriptionPlanned,
  subscriptionSucceeded,
  subscriptionTold,
  wakeSubscription,
} from './subscription.ts';
import {
  lookAtFolders,
  commandUnderWay,
  isWriting,
  localKnown,
  lookAgain,
  policyOf,
  remoteKnown,
} from './state.ts';
import { touch } from './touch.ts';

export type RulesFor = (policy: Policy) => Rules;

/** Returns the items the event touched, for the log's index. */
export function evolve(state: State, recorded: Omit<RecordedEvent, 'items'>, rulesFor: RulesFor): ItemId[] {
  const { event, seq } = recorded;
  state.seq = seq;
  const touched: ItemId[] = [];
  switch (event.type) {
    case 'Started':
      start(state, event, seq, rulesFor);
      startSubscription(state, recorded.at);
      break;
    case 'RemoteSeen':
      touched.push(...remoteSeen(state, event, seq));
      break;
    case 'RemoteRoundCompleted':
      touched.push(...remoteRoundCompleted(state, event, recorded.at));
      break;
    case 'RemoteCursorLost':
      state.remote.cursor = null;
      lookAgain(state.remote, 'look-again');
      break;
    case 'LocalSeen':
      for (const row of event.rows) {
        const changed = observeLocal(state.trees, row, seq);
        if (changed === null) lookAtFolders(state, null, 'look-again');
        else for (const id of changed) touched.push(id);
      }
      break;
    case 'LocalScanCompleted': {
      const gone = event.gone.map((id) => state.trees.byLocalId.get(id)).filter((id) => id !== undefined);
      for (const id of event.gone) touched.push(...observeLocalGone(state.trees, id));
      endAgreement(
        state,
        gone.filter((item) => state.unanswered.local.has(item)),
      );
      touched.push(...rejoinRecreated(state.trees, gone, seq));
      if (event.partial === undefined) {
        state.local.oddities = event.oddities;
        state.local.lastAt = recorded.at;
        settleUnanswered(state.unanswered.local, state.local.looking);
      }
      complete(state.local);
      break;
    }
    case 'HintReceived':
      if (event.side === 'remote') lookAgain(state.remote, 'hint-received');
      else lookAtFolders(state, event.folders ?? null, 'hint-received');
      break;
    case 'SubscriptionTold':
      subscriptionTold(state, event);
      break;
    case 'StopRequested':
      state.stopping = true;
      break;
    case 'Planned':
      touched.push(...planned(state, event));
      break;
    case 'CommandSucceeded': {
      const command = commandUnderWay(state, event.command);
      if (command === null) break;
      if (command.type === 'ReadRemote') endLook(state.remote);
      else if (command.type === 'ScanLocal') endLook(state.local);
      else if (commandEffects[command.type] === 'subscribes') subscriptionSucceeded(state, command, event);
      else {
        state.inFlight.delete(command.item);
        state.unanswered.remote.delete(command.item);
        state.unanswered.local.delete(command.item);
        const outcome = foldOutcome(state, command, event, seq);
        touched.push(command.item, ...outcome.touched);
        // Another attempt may find the folder, once it was looked at again; but not for ever.
        if (outcome.isLost) postpone(state, command, lost(command), recorded.at);
        else step(state, command.item, { type: 'SUCCEEDED' });
      }
      break;
    }
    case 'CommandFailed':
      touched.push(...failed(state, event, recorded.at));
      break;
    case 'Woke':
      touched.push(...woke(state, recorded.at));
      break;
    case 'Stopped':
      break;
  }
  if (state.remote.buried.size > 0 && !isWriting(state, 'writesDrive')) state.remote.buried.clear();
  const unique = [...new Set(touched)];
  touch(state, unique, changesEntries(event.type));
  if (state.forgotten && remoteKnown(state) && localKnown(state)) agreeAnew(state, seq);
  openGates(state);
  return unique;
}

/**
 * What a look finds unchanged is no news, so nobody would compare it again: both sides have been seen as they are now, and
 * what they show alike is agreed. Without this a deletion in the next run would read as something new on the other side.
 */
function agreeAnew(state: State, seq: Seq): void {
  state.forgotten = false;
  for (const item of state.trees.items.values()) if (item.synced === null) agree(item, seq);
}

/** A run begins: whatever was under way is forgotten (the differences are still there), and both sides are to be looked at. */
function start(state: State, event: Started, seq: Seq, rulesFor: RulesFor): void {
  const { trees } = state;
  const otherDrive = state.started !== null && state.started.drive.id !== event.drive.id;
  if (otherDrive)
    throw new Error(
      `The log belongs to drive ${state.started?.drive.id ?? ''}: another drive needs a log of its own`,
    );
  const rootChanged = state.started !== null && state.started.drive.rootId !== event.drive.rootId;
  state.started = event;
  state.rules = rulesFor(event.policy);
  setRoots(trees, event.drive.rootId, event.root.id, seq);
  if (event.forget !== null || rootChanged) {
    for (const item of trees.items.values()) if (item.id !== rootItem) item.synced = null;
    state.remote.cursor = null;
    state.forgotten = true;
  }
  for (const side of [state.remote, state.local]) {
    side.current = false;
    side.looking = null;
    side.lookAgain = false;
    side.why = 'run-started';
    side.activity = null;
    side.lastAt = null;
    side.looksSinceFull = 0;
  }
  state.local.folders = null;
  state.stopping = false;
  state.remote.changedByUs = false;
  for (const command of state.inFlight.values()) leaveUnanswered(state, command, seq);
  state.inFlight.clear();
  state.activities.clear();
  state.halted = null;
  state.agenda = createAgenda(orderOf(event.policy, trees));
  for (const item of trees.items.values()) if (!isAtRest(item)) state.agenda.touch(item.id);
}

function remoteSeen(state: State, event: RemoteSeen, seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  const isWritingDrive = isWriting(state, 'writesDrive');
  for (const row of event.rows) {
    state.remote.unlisted.delete(row.id);
    if (!('deleted' in row)) state.remote.buried.delete(row.id);
    else if (isWritingDrive) state.remote.buried.add(row.id);
    const item = state.trees.byRemoteId.get(row.id);
    const isOurs = 'deleted' in row && isTakenByUs(state, row.id);
    const changed =
      'deleted' in row ? observeRemoteGone(state.trees, row.id) : observeRemote(state.trees, row, seq);
    for (const id of changed) touched.push(id);
    if (isOurs && item !== undefined) endAgreement(state, [item]);
  }
  noteHeadless(state, touched);
  return touched;
}

function remoteRoundCompleted(state: State, event: RemoteRoundCompleted, at: number): ItemId[] {
  const { trees } = state;
  const { unlisted } = state.remote;
  const touched: ItemId[] = [];
  unlisted.clear();
  for (const id of event.unlisted) {
    const item = trees.byRemoteId.get(id);
    if (item === undefined) continue;
    unlisted.add(id);
    touched.push(item);
  }
  for (const id of event.absent) {
    const item = trees.byRemoteId.get(id);
    const isOurs = isTakenByUs(state, id);
    touched.push(...observeRemoteGone(trees, id));
    if (isOurs && item !== undefined) endAgreement(state, [item]);
    if (isWriting(state, 'writesDrive')) state.remote.buried.add(id);
  }
  noteHeadless(state, touched);
  // What the round left inside a folder that is gone went with the folder.
  for (const folder of state.remote.headless) {
    if ((trees.items.get(folder)?.remote ?? null) !== null) continue;
    const swept = sweepRemoteBelow(trees, folder);
    if (isDeletedByUs(state, folder)) endAgreement(state, swept);
    touched.push(...swept);
  }
  state.remote.headless.clear();
  state.remote.cursor = event.cursor;
  state.remote.lastAt = at;
  state.remote.looksSinceFull = event.full ? 0 : state.remote.looksSinceFull + 1;
  if (state.remote.activity !== null && policyOf(state).pace.mode === 'continuous')
    touched.push(...giveAnotherChance(state));
  complete(state.remote);
  if (unlisted.size > 0) lookAgain(state.remote, 'unlisted-read');
  else settleUnanswered(state.unanswered.remote, state.remote.looking);
  return touched;
}

function noteHeadless(state: State, touched: readonly ItemId[]): void {
  for (const id of touched) {
    if ((state.trees.items.get(id)?.remote ?? null) === null && !state.trees.remoteNames.isEmpty(id))
      state.remote.headless.add(id);
  }
}

function planned(state: State, event: Planned): ItemId[] {
  const touched: ItemId[] = [];
  for (const command of event.commands) {
    if (command.type === 'ReadRemote') {
      state.remote.looking = command;
      state.remote.changedByUs = false;
      state.remote.lookAgain = false;
      // Everything will be listed: what waits for its folder from before may be gone by now.
      if (command.cursor === null) state.trees.orphans.clear();
    } else if (command.type === 'ScanLocal') {
      state.local.looking = command;
      state.local.lookAgain = false;
    } else if (commandEffects[command.type] === 'subscribes') {
      subscriptionPlanned(state, command);
    } else {
      state.inFlight.set(command.item, command);
      if (state.activities.has(command.item))
        step(state, command.item, { type: 'PLANNED', command: command.id });
      touched.push(command.item);
    }
  }
  return touched;
}

function failed(state: State, event: CommandFailed, at: number): ItemId[] {
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

function postpone(state: State, { item, id }: Command, failure: FailureDetails, at: number): void {
  if (!state.activities.has(item))
    state.activities.set(item, stepItem(null, { type: 'PLANNED', command: id }));
  step(state, item, { type: 'FAILED', failure, at, attemptsMax: policyOf(state).attemptsMax });
}

const lost = ({ path }: Command): FailureDetails => ({
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

function woke(state: State, at: number): ItemId[] {
  const touched: ItemId[] = [];
  for (const [item, activity] of state.activities) {
    if (activity.dueAt === null || activity.dueAt > at) continue;
    step(state, item, { type: 'WOKE', at });
    touched.push(item);
  }
  for (const side of [state.remote, state.local]) {
    if (side.activity !== null) side.activity = stepItem(side.activity, { type: 'WOKE', at });
  }
  wakeSubscription(state, at);
  const { remote, local } = lookDueAt(state);
  if (local !== null && local <= at) lookAtFolders(state, null, 'look-due');
  if (remote !== null && remote <= at) {
    lookAgain(state.remote, 'look-due');
    if (isFullRoundDue(state)) state.remote.cursor = null;
    touched.push(...giveAnotherChance(state));
  }
  return touched;
}

/** What gave up because of a long outage tries again: now and then, and when the drive is reached after it was not. */
function giveAnotherChance(state: State): ItemId[] {
  const touched: ItemId[] = [];
  for (const [item, { state: standing, failure }] of [...state.activities]) {
    if (standing !== 'problem' || failure === null || failureGuide[failure.code].retry !== 'later') continue;
    step(state, item, { type: 'RESTARTED' });
    touched.push(item);
  }
  return touched;
}

function step(state: State, item: ItemId, event: Parameters<typeof stepItem>[1]): void {
  const before = state.activities.get(item);
  if (before === undefined) return;
  const after = stepItem(before, event);
  // Ready without attempts is what an item without a history is.
  if (after.state === 'ready' && after.attempts === 0) state.activities.delete(item);
  else state.activities.set(item, after);
}

/** An item that shows something new deserves a fresh attempt. */
function changesEntries(type: RecordedEvent['event']['type']): boolean {
  return (
    type === 'RemoteSeen' ||
    type === 'LocalSeen' ||
    type === 'RemoteRoundCompleted' ||
    type === 'LocalScanCompleted'
  );
}

function complete(side: SideState): void {
  side.current = !side.lookAgain;
  side.activity = null;
}

function endLook(side: SideState): void {
  side.looking = null;
}

function openGates(state: State): void {
  if (state.remote.current && state.remote.looking === null) state.agenda.openGate('remoteKnown');
  if (state.local.current && state.local.looking === null) state.agenda.openGate('localKnown');
}
