/** Evolve: one event folded into the state. Total over all events; no clock, no chance, no world. */
import type {
  CommandSucceeded,
  ItemId,
  LocalOddity,
  LocalScanCompleted,
  LocalSeen,
  Planned,
  Policy,
  RecordedEvent,
  Seq,
} from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import { stepItem } from '@tidemark/machines';
import type { Rules } from '@tidemark/planner';
import { lastShown, observeLocal, observeLocalGone, rejoin } from '@tidemark/trees';
import { compareAnew } from './compare-anew.ts';
import { failed, giveAnotherChance, lost, postpone, step } from './failed.ts';
import { foldOutcome } from './outcome.ts';
import { endAgreement, settleUnanswered } from './own-deletion.ts';
import { isFullRoundDue, lookDueAt } from '../plan/look-schedule.ts';
import { remoteRoundCompleted, remoteSeen } from './remote-news.ts';
import { settleScope, settleScopeAtStart } from './scope.ts';
import { startRun } from './start-run.ts';
import { isRepeating, noProgress, noteStanding } from './repetition.ts';
import type { SideState, State } from './state.ts';
import { commandUnderWay, completeLook, isWriting, lookAgain, lookAtFolders } from './state.ts';
import {
  startSubscription,
  subscriptionPlanned,
  subscriptionSucceeded,
  subscriptionTold,
  wakeSubscription,
} from './subscription.ts';
import { touch } from './touch.ts';

export type RulesFor = (policy: Policy) => Rules;

/** Returns the items the event touched, for the log's index. */
export function evolve(state: State, recorded: Omit<RecordedEvent, 'items'>, rulesFor: RulesFor): ItemId[] {
  const { event, seq } = recorded;
  state.seq = seq;
  let touched: readonly ItemId[] = [];
  switch (event.type) {
    case 'Started': {
      const before = state.started;
      startRun(state, event, seq, rulesFor);
      startSubscription(state, recorded.at);
      touched = settleScopeAtStart(state, before, event, seq);
      break;
    }
    case 'RemoteSeen':
      touched = remoteSeen(state, event, seq);
      break;
    case 'RemoteRoundCompleted':
      touched = remoteRoundCompleted(state, event, recorded.at);
      break;
    case 'RemoteCursorLost':
      state.remote.cursor = null;
      lookAgain(state.remote, 'look-again');
      break;
    case 'LocalSeen':
      touched = localSeen(state, event, seq);
      break;
    case 'LocalScanCompleted':
      touched = localScanCompleted(state, event, seq, recorded.at);
      break;
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
      touched = planned(state, event);
      break;
    case 'CommandSucceeded':
      touched = succeeded(state, event, seq, recorded.at);
      break;
    case 'CommandFailed':
      touched = failed(state, event, recorded.at);
      break;
    case 'Woke':
      touched = woke(state, recorded.at);
      break;
    case 'Stopped':
      break;
  }
  if (state.remote.buried.size > 0 && !isWriting(state, 'writesDrive')) state.remote.buried.clear();
  const unique = [...new Set([...touched, ...settleScope(state, touched, seq)])];
  compareAnew(state, unique, seq);
  touch(state, unique, changesEntries(event.type));
  openGates(state);
  return unique;
}

function withMore(known: readonly LocalOddity[], more: readonly LocalOddity[]): readonly LocalOddity[] {
  const news = more.filter(({ path, code }) => !known.some((one) => one.path === path && one.code === code));
  return news.length === 0 ? known : [...known, ...news];
}

function succeeded(state: State, event: CommandSucceeded, seq: Seq, at: number): ItemId[] {
  const command = commandUnderWay(state, event.command);
  if (command === null) return [];
  if (command.type === 'ReadRemote') endLook(state.remote);
  else if (command.type === 'ScanLocal') endLook(state.local);
  else if (commandEffects[command.type] === 'subscribes') subscriptionSucceeded(state, command, event);
  else {
    state.inFlight.delete(command.item);
    state.unanswered.remote.delete(command.item);
    state.unanswered.local.delete(command.item);
    const { touched, isLost } = foldOutcome(state, command, event, seq);
    // Another attempt may find the folder, once it was looked at again; but not for ever.
    if (isLost) postpone(state, command, lost(command), at);
    else if (isRepeating(state, command.item, touched)) postpone(state, command, noProgress(command), at);
    else step(state, command.item, { type: 'SUCCEEDED' });
    return [command.item, ...touched];
  }
  return [];
}

function localSeen(state: State, { rows }: LocalSeen, seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  for (const row of rows) {
    const changed = observeLocal(state.trees, row, seq);
    if (changed === null) lookAtFolders(state, null, 'look-again');
    else for (const id of changed) touched.push(id);
  }
  return touched;
}

function localScanCompleted(state: State, event: LocalScanCompleted, seq: Seq, at: number): ItemId[] {
  const { trees, local, unanswered } = state;
  const gone = lastShown(trees, event.gone);
  const touched = event.gone.flatMap((id) => observeLocalGone(trees, id));
  endAgreement(
    state,
    gone.map(({ item }) => item).filter((item) => unanswered.local.has(item)),
  );
  for (const item of rejoin(trees, gone, seq)) touched.push(item);
  if (event.partial === true) local.oddities = withMore(local.oddities, event.oddities);
  else {
    local.oddities = event.oddities;
    local.lastAt = at;
    settleUnanswered(unanswered.local, local.looking);
  }
  completeLook(local);
  return touched;
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
      noteStanding(state, command.item);
      if (state.activities.has(command.item))
        step(state, command.item, { type: 'PLANNED', command: command.id });
      touched.push(command.item);
    }
  }
  return touched;
}

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
    for (const item of giveAnotherChance(state)) touched.push(item);
  }
  return touched;
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

function endLook(side: SideState): void {
  side.looking = null;
}

function openGates(state: State): void {
  if (state.remote.current && state.remote.looking === null) state.agenda.openGate('remoteKnown');
  if (state.local.current && state.local.looking === null) state.agenda.openGate('localKnown');
}
