/** Evolve: one event folded into the state. Total over all events; no clock, no chance, no world. */
import type { Event, EventOf, ItemId, RecordedEvent } from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import { begin, giveAllAnotherChance, giveAnotherChance, step } from './attempts.ts';
import { stepFull } from './drive-full.ts';
import { factsChanged } from './facts.ts';
import { failed } from './failed.ts';
import { contentMatched } from './changed-content.ts';
import { confirm, slideWindow } from './gate.ts';
import { lookForJustGone } from './just-gone.ts';
import { localScanCompleted, localSeen } from './local-news.ts';
import { lookEnded, lookPlanned, nothingNew, wakeLook, wakeLooks, wantLocal, wantRemote } from './looks.ts';
import { settleArrivals } from './lost-answer.ts';
import { succeeded } from './outcome.ts';
import { reconsider } from './reconsider.ts';
import { remoteItemsRead, remoteRoundCompleted, remoteSeen } from './remote-news.ts';
import { compareAnew, settleScope } from './scope.ts';
import { startRun } from './start-run.ts';
import type { RulesFor, State } from './state.ts';
import { isWriting, localKnown, remoteKnown } from './state.ts';
import { subscriptionTold, wakeSubscription } from './subscription.ts';
import { settleUnprovenOnDrive } from './unproven.ts';

export type { RulesFor } from './state.ts';

/** Returns the items the event touched, for the log's index. */
export function evolve(
  state: State,
  { event, seq, at, source }: Omit<RecordedEvent, 'items'>,
  rulesFor: RulesFor,
): ItemId[] {
  state.seq = seq;
  state.at = at;
  const touched = (state.touched = new Set());
  const lookedFor = (state.lookedFor = new Set());
  fold(state, event, source, rulesFor);
  if (state.remote.goneMeanwhile.size > 0 && !isWriting(state, 'writesDrive'))
    state.remote.goneMeanwhile.clear();
  settleArrivals(state);
  settleUnprovenOnDrive(state);
  settleScope(state);
  compareAnew(state);
  reconsider(state, touched, tellsNews(event));
  for (const id of touched) lookedFor.delete(id);
  reconsider(state, lookedFor, false);
  slideWindow(state);
  if (remoteKnown(state)) state.agenda.openGate('remoteKnown');
  if (localKnown(state)) state.agenda.openGate('localKnown');
  return [...touched, ...lookedFor];
}

/** A look told something new, or what it missed: the items that this is about deserve a fresh attempt. */
const tellsNews = (event: Event): boolean => 'rows' in event || 'unseen' in event;

function fold(state: State, event: Event, source: string, rulesFor: RulesFor): void {
  switch (event.type) {
    case 'Started':
      return startRun(state, event, rulesFor);
    case 'RemoteSeen':
      return remoteSeen(state, event.rows);
    case 'RemoteRoundCompleted':
      return remoteRoundCompleted(state, event);
    case 'RemoteItemsRead':
      return remoteItemsRead(state, event);
    case 'RemoteCursorLost':
      state.remote.cursor = null;
      wantRemote(state, 'look-again');
      return lookEnded(state.remote, false);
    case 'LocalSeen':
      return localSeen(state, event.rows);
    case 'LocalScanCompleted':
      return localScanCompleted(state, event);
    case 'NothingNew':
      return nothingNew(state, event);
    case 'HintReceived':
      if (event.side === 'remote') wantRemote(state, 'hint-received');
      else wantLocal(state, event.folders ?? null, 'hint-received');
      if (event.source !== 'user') return;
      wakeLook(state[event.side], Infinity);
      return giveAllAnotherChance(state);
    case 'SubscriptionTold':
      return subscriptionTold(state, event);
    case 'FactsChanged':
      return factsChanged(state, source, event);
    case 'StopRequested':
      state.phase = 'stopping';
      return;
    case 'DeletionsConfirmed':
      return confirm(state, event.hash);
    case 'Paused':
      return paused(state, event);
    case 'Resumed':
      state.pauses.delete(event.why);
      return;
    case 'Planned':
      return planned(state, event);
    case 'ContentMatched':
      return contentMatched(state, event);
    case 'CommandSucceeded':
      return succeeded(state, event);
    case 'CommandFailed':
      return failed(state, event);
    case 'Woke':
      return woke(state);
    // What is in the trash is no part of the state, and neither is what others share.
    case 'PruningPlanned':
    case 'SharedFolderTold':
      return;
    // Between two runs nothing is planned: the next one looks at what the user changed.
    case 'UserChangesPlanned':
    case 'UserChangeEnded':
    case 'UserChangesEnded':
    case 'PlanningEnded':
    case 'Stopped':
      state.phase = 'ended';
  }
}

/** Said again, as when a run begins, it is the same pause. */
function paused({ pauses, at }: State, { why, until }: EventOf<'Paused'>): void {
  pauses.set(why, { why, since: pauses.get(why)?.since ?? at, until });
}

function planned(state: State, { commands }: EventOf<'Planned'>): void {
  for (const command of commands) {
    if (command.type === 'ReadRemote') {
      lookPlanned(state, command);
      state.remote.changedByUs = false;
      // Everything will be listed: what waits for its folder from before may be gone by now.
      if (command.cursor === null) state.trees.orphans.clear();
    } else if (command.type === 'ScanLocal' || command.type === 'ReadRemoteItems') {
      lookPlanned(state, command);
    } else if (commandEffects[command.type] === 'subscribes') {
      state.subscription.underWay = command;
    } else {
      state.inFlight.set(command.item, command);
      begin(state, command.item);
      state.touched.add(command.item);
    }
  }
}

function woke(state: State): void {
  const { activities, at, touched } = state;
  for (const [item, { dueAt }] of activities) {
    if (dueAt === null || dueAt > at) continue;
    step(state, item, { type: 'WOKE', at });
    touched.add(item);
  }
  stepFull(state, { type: 'WOKE', at });
  if (wakeLooks(state)) giveAnotherChance(state);
  lookForJustGone(state);
  wakeSubscription(state);
}
