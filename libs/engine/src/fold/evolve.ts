/** Evolve: one event folded into the state. Total over all events; no clock, no chance, no world. */
import type { CommandSucceeded, EventOf, ItemId, Policy, RecordedEvent, Seq } from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import type { Rules } from '@tidemark/planner';
import { isFullRoundDue, lookDueAt } from '../plan/look-schedule.ts';
import { compareAnew } from './compare-anew.ts';
import { contradicted } from './contradicted.ts';
import { failed, giveAnotherChance, giveEmptied, lost, postpone, step } from './failed.ts';
import { confirm, countReplaced, slideWindow } from './gate.ts';
import { localScanCompleted, localSeen } from './local-news.ts';
import { lookEnded, lookPlanned, wakeLook, wantLocal, wantRemote } from './looks.ts';
import { foldOutcome } from './outcome.ts';
import { remoteItemsRead, remoteRoundCompleted, remoteSeen } from './remote-news.ts';
import { settleScope, settleScopeAtStart } from './scope.ts';
import { startRun } from './start-run.ts';
import { isRepeating, noProgress, noteStanding } from './repetition.ts';
import type { State } from './state.ts';
import { commandUnderWay, isWriting, localKnown, remoteKnown } from './state.ts';
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
  state.at = recorded.at;
  let touched: readonly ItemId[] = [];
  /** Items that a look was about, and told nothing new of. */
  const others: ItemId[] = [];
  switch (event.type) {
    case 'Started': {
      const before = state.started;
      startRun(state, event, seq, rulesFor);
      startSubscription(state, recorded.at);
      touched = settleScopeAtStart(state, before, event, seq);
      break;
    }
    case 'RemoteSeen':
      touched = remoteSeen(state, event.rows, seq);
      break;
    case 'RemoteRoundCompleted':
      touched = remoteRoundCompleted(state, event, others);
      break;
    case 'RemoteItemsRead':
      touched = remoteItemsRead(state, event, others);
      break;
    case 'RemoteCursorLost':
      state.remote.cursor = null;
      wantRemote(state, 'look-again');
      lookEnded(state.remote, false);
      break;
    case 'LocalSeen':
      touched = localSeen(state, event.rows, seq);
      break;
    case 'LocalScanCompleted':
      touched = localScanCompleted(state, event, others);
      break;
    case 'HintReceived':
      if (event.side === 'remote') wantRemote(state, 'hint-received');
      else wantLocal(state, event.folders ?? null, 'hint-received');
      if (event.source === 'user') wakeLook(event.side === 'remote' ? state.remote : state.local, Infinity);
      break;
    case 'SubscriptionTold':
      subscriptionTold(state, event);
      break;
    case 'StopRequested':
      state.phase = 'stopping';
      break;
    case 'DeletionsConfirmed':
      touched = confirm(state, event.hash);
      break;
    case 'Planned':
      touched = planned(state, event);
      break;
    case 'CommandSucceeded':
      touched = succeeded(state, event, seq, recorded.at);
      break;
    case 'CommandFailed':
      touched = [...contradicted(state, event, seq), ...failed(state, event, recorded.at)];
      break;
    case 'Woke':
      touched = woke(state, recorded.at);
      break;
    case 'PlanningEnded':
    case 'Stopped':
      state.phase = 'ended';
      break;
  }
  if (state.remote.goneMeanwhile.size > 0 && !isWriting(state, 'writesDrive'))
    state.remote.goneMeanwhile.clear();
  const changed = new Set([...touched, ...settleScope(state, [...touched, ...others], seq)]);
  const unique = [...new Set([...changed, ...others])];
  compareAnew(state, unique, seq);
  touch(state, changed, changesEntries(event.type));
  const unchanged = unique.filter((id) => !changed.has(id));
  touch(state, unchanged, false);
  slideWindow(state, recorded.at);
  openGates(state);
  return unique;
}

function succeeded(state: State, event: CommandSucceeded, seq: Seq, at: number): ItemId[] {
  const command = commandUnderWay(state, event.command);
  // A look ends by an event of its own.
  if (command === null || command === state.remote.looking || command === state.local.looking) return [];
  if (commandEffects[command.type] === 'subscribes') subscriptionSucceeded(state, command, event, at);
  else {
    state.inFlight.delete(command.item);
    if (command.type === 'UploadFile' && command.target.as === 'version')
      countReplaced(state, command.item, at);
    state.unanswered.remote.delete(command.item);
    state.unanswered.local.delete(command.item);
    const { touched, isLost } = foldOutcome(state, command, event, seq);
    // Another attempt may find the folder, once it was looked at again; but not for ever.
    if (isLost) postpone(state, command, lost(command), at);
    else if (isRepeating(state, command.item, touched)) postpone(state, command, noProgress(command), at);
    else step(state, command.item, { type: 'SUCCEEDED' });
    if (command.type === 'DeleteRemote') giveEmptied(state, touched);
    return [command.item, ...touched];
  }
  return [];
}

function planned(state: State, event: EventOf<'Planned'>): ItemId[] {
  const touched: ItemId[] = [];
  for (const command of event.commands) {
    if (command.type === 'ReadRemote') {
      lookPlanned(state, command);
      state.remote.changedByUs = false;
      // Everything will be listed: what waits for its folder from before may be gone by now.
      if (command.cursor === null) state.trees.orphans.clear();
    } else if (command.type === 'ScanLocal' || command.type === 'ReadRemoteItems') {
      lookPlanned(state, command);
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
  wakeLook(state.remote, at);
  wakeLook(state.local, at);
  wakeSubscription(state, at);
  const { remote, local } = lookDueAt(state);
  if (local !== null && local <= at) wantLocal(state, null, 'look-due');
  if (remote !== null && remote <= at) {
    wantRemote(state, 'look-due');
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
    type === 'RemoteItemsRead' ||
    type === 'LocalScanCompleted'
  );
}

function openGates(state: State): void {
  if (remoteKnown(state)) state.agenda.openGate('remoteKnown');
  if (localKnown(state)) state.agenda.openGate('localKnown');
}
