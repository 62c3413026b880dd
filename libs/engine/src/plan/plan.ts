/** Plan: all commands the state asks for now, bounded by what may be under way at once. */
import type { Command, ItemId, RuleId, Seq } from '@tidemark/contracts';
import { commandId, rootItem } from '@tidemark/contracts';
import { lookWanted, subscriptionMeta } from '@tidemark/machines';
import type { Draft, PlanningView } from '@tidemark/planner';
import {
  attemptsLeft,
  createJudged,
  createLeftOut,
  createNeeded,
  heldKinds,
  planItems,
} from '@tidemark/planner';
import { cleansUpTo } from '../fold/cleanup.ts';
import { driveFull } from '../fold/drive-full.ts';
import { isHeld } from '../fold/gate.ts';
import { justGoneUntil } from '../fold/just-gone.ts';
import { missingMounts } from '../fold/mounts.ts';
import { lookDueAt } from '../fold/looks.ts';
import type { State } from '../fold/state.ts';
import { isPaused, isSuspended, isWriting, localKnown, policyOf, remoteKnown } from '../fold/state.ts';

/** `seq`: the seq the plan will have in the log; ids of its commands follow from it. */
export const plan = (state: State, seq: Seq): Command[] =>
  draftsOf(state).map((draft, index) => ({ ...draft, id: commandId(seq, state.leftOut + index) }));

function draftsOf(state: State): Draft[] {
  if (state.started === null || state.halted !== null || state.phase === 'ended') return [];
  if (state.phase === 'stopping') return [...planLeaving(state)];
  if (isSuspended(state) || isPaused(state) || state.factsAwaited.size > 0)
    return [...planSubscription(state), ...planLooks(state)];
  const room = policyOf(state).commandsInFlightMax - state.inFlight.size;
  for (const kind of heldKinds) if (!isHeld(state, kind)) state.agenda.openGate(kind);
  if (attemptsLeft({ full: driveFull(state), inFlight: state.inFlight }) > 0)
    state.agenda.openGate('driveSpace');
  const drafts = [
    ...planSubscription(state),
    ...planLooks(state),
    ...(room > 0 && !state.agenda.isEmpty ? planItems(viewOf(state), state.agenda, room) : []),
  ];
  if (drafts.length === 0 && isClosingReadWanted(state) && isIdle(state))
    drafts.push(readRemote(state, 'closing-read'));
  return drafts;
}

/** Nothing is under way and nothing can be planned before something happens. */
export function isQuiet(state: State): boolean {
  if (state.started === null) return false;
  if (state.halted !== null) return state.inFlight.size === 0;
  if (state.phase !== 'running') return isLeft(state);
  if ([state.remote, state.local].some(({ look }) => lookWanted(look) !== null)) return false;
  if (isSuspended(state) || isPaused(state)) return isNothingUnderWay(state);
  if (state.factsAwaited.size > 0) return false;
  return isIdle(state) && state.local.justGone.size === 0 && !isClosingReadWanted(state);
}

/** The earliest deadline, in milliseconds since 1970; null when nothing waits for time to pass. */
export function nextDueAt(state: State): number | null {
  if (state.phase !== 'running') return null;
  const { remote, local, subscription, activities } = state;
  const due = [...Object.values(lookDueAt(state)), justGoneUntil(state)];
  for (const { dueAt } of [remote.look, local.look, subscription.activity]) due.push(dueAt);
  // A problem needs no timer: a run that ends does not wait for it, and one that goes on wakes for looks anyway.
  for (const activity of activities.values()) if (activity.state === 'waiting') due.push(activity.dueAt);
  if (remote.full?.activity.state === 'waiting') due.push(remote.full.activity.dueAt);
  return due.reduce((first, at) => (first === null || (at !== null && at < first) ? at : first), null);
}

export function viewOf(state: State): PlanningView {
  const held = new Set(heldKinds.filter((kind) => isHeld(state, kind)));
  const standingOf = (item: ItemId) => state.activities.get(item)?.state;
  return {
    trees: state.trees,
    policy: policyOf(state),
    rules: state.rules,
    inFlight: state.inFlight,
    refused: (item) => standingOf(item) === 'problem',
    resting: (item) => standingOf(item) === 'problem' || standingOf(item) === 'waiting',
    unseen: (item) => item.remote !== null && state.remote.unseen.has(item.remote.id),
    arrivals: state.remote.arrivals,
    together: state.together,
    justGone: (item) => state.local.justGone.has(item),
    missing: missingMounts(state),
    oddities: state.local.oddities,
    cleansUpTo: cleansUpTo(state),
    remoteKnown: remoteKnown(state),
    localKnown: localKnown(state),
    withoutBase: state.started?.forget !== null,
    judged: createJudged(),
    needed: createNeeded(),
    leftOut: createLeftOut(),
    full: driveFull(state),
    held: (kind, item) => held.has(kind) && !state.gate[kind].confirmed.has(item),
  };
}

/** What concerns no single item. */
const atRoot = (rule: RuleId): Pick<Draft, 'item' | 'path' | 'reason'> => ({
  item: rootItem,
  path: '',
  reason: { rule, differs: '', causes: [] },
});

/** The chart says what it wants. */
function* planSubscription(state: State): Iterable<Draft> {
  const { activity, underWay } = state.subscription;
  const policy = policyOf(state).pace.subscription;
  if (policy === null || underWay !== null) return;
  const { lifetimeMs, url } = policy;
  const { wants } = subscriptionMeta(activity.state);
  if (wants === 'CreateSubscription')
    yield { type: wants, ...atRoot('subscription-wanted'), lifetimeMs, url };
  // A renewal is an authorization as well.
  else if (wants !== null && activity.id !== null)
    yield {
      type: 'RenewSubscription',
      ...atRoot('subscription-ends'),
      lifetimeMs,
      subscriptionId: activity.id,
    };
}

function* planLeaving({ subscription: { activity, underWay } }: State): Iterable<Draft> {
  if (activity.id !== null && underWay === null)
    yield { type: 'DeleteSubscription', ...atRoot('run-stops'), subscriptionId: activity.id };
}

/** Transfers under way are for the host to end: they may take longer than the service manager or the user will wait. */
const isLeft = ({ subscription }: State): boolean =>
  subscription.underWay === null && subscription.activity.id === null;

function* planLooks(state: State): Iterable<Draft> {
  if (!state.subscription.settled) return;
  const { remote, local } = state;
  // A complete scan must not run beside our own changes of the disk: it could miss what moves under it. A look into a few
  // folders proves no absence, so it may.
  const localWish = lookWanted(local.look);
  if (localWish !== null && (local.folders !== null || !isWriting(state, 'writesDisk'))) {
    const why = localWish === 'confirmation' ? 'unseen-confirmed' : local.look.why;
    const { folders, mounts } = local;
    yield { type: 'ScanLocal', ...atRoot(why), folders, ...(mounts.length > 0 && { mounts }) };
  }
  const remoteWish = lookWanted(remote.look);
  // What the listing lacked may have been shown since, by the answer to a command for example.
  if (remoteWish === 'confirmation' && remote.unseen.size > 0) yield readRemoteItems(state);
  // Nor must a full listing run beside our own changes of the drive: it could miss what they make, which no later round
  // would correct.
  else if (remoteWish !== null && !(remote.cursor === null && isWriting(state, 'writesDrive')))
    yield readRemote(state, remote.look.why);
}

const readRemote = ({ remote: { cursor } }: State, rule: RuleId): Draft => ({
  type: 'ReadRemote',
  ...atRoot(rule),
  cursor,
});

const readRemoteItems = ({ remote }: State): Draft => ({
  type: 'ReadRemoteItems',
  ...atRoot('unseen-confirmed'),
  ids: [...remote.unseen].slice(0, itemsReadAtOnce),
});

/** Ten requests of twenty items each. */
const itemsReadAtOnce = 200;

/** This run changed the drive and knows nothing else that it has to read. */
const isClosingReadWanted = ({ remote }: State): boolean =>
  remote.changedByUs && remote.look.state === 'current';

const isIdle = (state: State): boolean => isNothingUnderWay(state) && state.agenda.isEmpty;

const isNothingUnderWay = ({ inFlight, remote, local }: State): boolean =>
  inFlight.size === 0 && remote.look.command === null && local.look.command === null;
