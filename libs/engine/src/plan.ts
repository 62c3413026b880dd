/** Plan: all commands the state asks for now, bounded by what may be under way at once. */
import type { Command, Seq } from '@tidemark/contracts';
import { commandId, rootItem } from '@tidemark/contracts';
import type { Draft, PlanningView } from '@tidemark/planner';
import { createFates, planItems } from '@tidemark/planner';
import type { SideState, State } from './state.ts';
import { isWriting, localKnown, policyOf, remoteKnown } from './state.ts';

/** `seq`: the seq the plan will have in the log; ids of its commands follow from it. */
export function plan(state: State, seq: Seq): Command[] {
  if (state.started === null || state.halted !== null) return [];
  const drafts = [...planLooks(state)];
  const room = policyOf(state).commandsInFlightMax - state.inFlight.size;
  if (!deletionsHeld(state)) state.agenda.openGate('deletions');
  if (room > 0) drafts.push(...planItems(viewOf(state), state.agenda, room));
  if (drafts.length === 0 && state.remote.changedByUs && isIdle(state))
    drafts.push(readRemote(state, 'closing-read'));
  return drafts.map((draft, index) => ({ ...draft, id: commandId(seq, index) }));
}

/** Nothing is under way and nothing can be planned before something happens. */
export function isQuiet(state: State): boolean {
  if (state.started === null) return false;
  if (state.halted !== null) return state.inFlight.size === 0;
  return (
    isIdle(state) && !state.remote.changedByUs && !isLookWanted(state.remote) && !isLookWanted(state.local)
  );
}

/** The earliest deadline, in milliseconds since 1970; null when nothing waits for time to pass. */
export function nextDueAt(state: State): number | null {
  let earliest: number | null = null;
  const consider = (dueAt: number | null | undefined): void => {
    if (dueAt !== null && dueAt !== undefined && (earliest === null || dueAt < earliest)) earliest = dueAt;
  };
  for (const activity of state.activities.values()) consider(activity.dueAt);
  consider(state.remote.activity?.dueAt);
  consider(state.local.activity?.dueAt);
  return earliest;
}

/** More deletions are pending than the policy lets pass without a confirmation (I-11). */
export function deletionsHeld(state: State): boolean {
  const policy = policyOf(state);
  if (policy.massDeleteConfirmed) return false;
  const pending = Math.max(state.missing.remote.size, state.missing.local.size);
  if (pending >= policy.massDeleteMax) return true;
  return (
    pending >= shareCountsFrom && pending * 100 > (state.trees.items.size - 1) * policy.massDeletePercent
  );
}

/** A share of few items says nothing. */
const shareCountsFrom = 100;

export function viewOf(state: State): PlanningView {
  return {
    trees: state.trees,
    policy: policyOf(state),
    rules: state.rules,
    inFlight: state.inFlight,
    resting: (item) => {
      const activity = state.activities.get(item);
      return activity !== undefined && (activity.state === 'waiting' || activity.state === 'problem');
    },
    provisional: (item) => state.provisional.get(item),
    remoteKnown: remoteKnown(state),
    localKnown: localKnown(state),
    withoutBase: state.started?.forget !== null,
    fates: createFates(),
    deletionsHeld: deletionsHeld(state),
  };
}

function* planLooks(state: State): Iterable<Draft> {
  // A scan must not run beside our own changes of the disk: it could miss what moves under it.
  if (isLookWanted(state.local) && !isWriting(state, 'writesDisk')) {
    yield {
      type: 'ScanLocal',
      item: rootItem,
      path: '',
      reason: { rule: state.local.why, differs: '', causes: [] },
    };
  }
  // Nor must a full listing run beside our own changes of the drive: it could miss what they make, which no later round
  // would correct.
  const isFull = state.remote.cursor === null;
  if (isLookWanted(state.remote) && !(isFull && isWriting(state, 'writesDrive')))
    yield readRemote(state, state.remote.why);
}

function readRemote(state: State, rule: SideState['why']): Draft {
  return {
    type: 'ReadRemote',
    item: rootItem,
    path: '',
    reason: { rule, differs: '', causes: [] },
    cursor: state.remote.cursor,
  };
}

function isLookWanted(side: SideState): boolean {
  if (side.current || side.looking !== null) return false;
  return side.activity === null || side.activity.state === 'ready';
}

function isIdle(state: State): boolean {
  return (
    state.inFlight.size === 0 &&
    state.agenda.isEmpty &&
    state.remote.looking === null &&
    state.local.looking === null
  );
}
