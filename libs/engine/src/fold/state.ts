/**
 * State: everything that was folded from the log, and nothing else. It is owned by one fold and changed in place; whoever
 * needs an earlier state folds again. Only `agenda` is not information: it remembers which items are worth another look.
 */
import type {
  Command,
  CommandId,
  DriveItemId,
  FailureDetails,
  ItemId,
  LocalOddity,
  Policy,
  RuleId,
  Seq,
  Started,
} from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import type { ItemActivity, SubscriptionActivity } from '@tidemark/machines';
import type { Agenda, Rules } from '@tidemark/planner';
import { createAgenda } from '@tidemark/planner';
import type { Trees } from '@tidemark/trees';
import { createTrees } from '@tidemark/trees';
import type { ScopeExit } from './scope.ts';

export interface State {
  /** The last event folded. */
  seq: Seq;
  /** The last `Started`; null before the first run. */
  started: Started | null;
  readonly trees: Trees;
  readonly remote: SideState & {
    cursor: string | null;
    /** This run changed the drive since its feed was last read. */ changedByUs: boolean;
    /** Folders that went in this round; what is left in them at its end went too. */
    readonly headless: Set<ItemId>;
    /** What the last full round left out: gone, or changed between two of its pages. The next round tells. */
    readonly unlisted: Set<DriveItemId>;
    /** Gone from the drive while commands of ours were changing it: their answers must not bring them back. */
    readonly buried: Set<DriveItemId>;
  };
  readonly local: SideState & {
    oddities: readonly LocalOddity[];
    /** Where the next look is wanted: only in these folders, or everywhere (null). */
    folders: readonly string[] | null;
  };
  /** The subscription to change notifications, and the command about it that is under way. */
  readonly subscription: SubscriptionSide;
  /** The run is to end: nothing new is begun. */
  stopping: boolean;
  /** What was agreed about these items was forgotten, and both sides have not been looked at since. */
  readonly uncompared: Set<ItemId>;
  /** Item commands under way, by item. */
  readonly inFlight: Map<ItemId, Command>;
  /** Items with a history of attempts. An item without one is simply ready. */
  readonly activities: Map<ItemId, ItemActivity>;
  /** How items that are not at rest stood when commands went out for them, since a side last showed something new of them. */
  readonly passed: Map<ItemId, readonly string[]>;
  /** Items that a command of ours may have deleted on that side: its answer never came. With the event that left it open. */
  readonly unanswered: { readonly remote: Map<ItemId, Seq>; readonly local: Map<ItemId, Seq> };
  /** Items that left the scope of the sync, also those that are back. */
  readonly scopeExits: Map<ItemId, ScopeExit>;
  /** Items on a stop in the middle of a name swap, and the side they stopped on. */
  readonly provisional: Map<ItemId, 'remote' | 'local'>;
  /** Items whose base is on one side gone: pending deletions, for the mass-deletion limit. */
  readonly missing: { readonly remote: Set<ItemId>; readonly local: Set<ItemId> };
  /** A failure that ends the run. */
  halted: FailureDetails | null;
  agenda: Agenda;
  /** Compiled from the policy of `started`. */
  rules: Rules;
}

/** One side's standing: has it been looked at completely, and who is looking now. */
export interface SideState {
  /** A complete look ended since the run began or the last hint came. */
  current: boolean;
  looking: Command | null;
  /** A hint came while looking: one more look is remembered. */
  lookAgain: boolean;
  /** Why the next look is wanted. */
  why: RuleId;
  activity: ItemActivity | null;
  /** When the last complete look ended, in milliseconds since 1970; null before the first one of the run. */
  lastAt: number | null;
  /** Looks since the last one that enumerated everything. */
  looksSinceFull: number;
}

export interface SubscriptionSide {
  activity: SubscriptionActivity | null;
  underWay: Command | null;
  /** The first attempt of the run has ended, one way or the other: looking at both sides may begin. */
  settled: boolean;
}

export const noRules: Rules = { ignore: () => null, resolve: () => null };

export function initialState(): State {
  const side = (): SideState => ({
    current: false,
    looking: null,
    lookAgain: false,
    why: 'run-started',
    activity: null,
    lastAt: null,
    looksSinceFull: 0,
  });
  return {
    seq: seq(0),
    started: null,
    trees: createTrees(),
    remote: {
      ...side(),
      cursor: null,
      changedByUs: false,
      headless: new Set(),
      unlisted: new Set(),
      buried: new Set(),
    },
    local: { ...side(), oddities: [], folders: null },
    subscription: { activity: null, underWay: null, settled: true },
    stopping: false,
    uncompared: new Set(),
    inFlight: new Map(),
    activities: new Map(),
    passed: new Map(),
    unanswered: { remote: new Map(), local: new Map() },
    scopeExits: new Map(),
    provisional: new Map(),
    missing: { remote: new Set(), local: new Set() },
    halted: null,
    agenda: createAgenda(),
    rules: noRules,
  };
}

/** The command with that id, if it is still under way. */
export function commandUnderWay(state: State, id: CommandId): Command | null {
  if (state.remote.looking?.id === id) return state.remote.looking;
  if (state.local.looking?.id === id) return state.local.looking;
  if (state.subscription.underWay?.id === id) return state.subscription.underWay;
  for (const command of state.inFlight.values()) if (command.id === id) return command;
  return null;
}

/** Is a command of ours changing that side? */
export function isWriting(state: State, effect: 'writesDrive' | 'writesDisk'): boolean {
  for (const command of state.inFlight.values()) if (commandEffects[command.type] === effect) return true;
  return false;
}

/** Throws before the first `Started`: there is nothing to decide yet. */
export function policyOf(state: State): Policy {
  if (state.started === null) throw new Error('No run has started: the policy is not known');
  return state.started.policy;
}

export const remoteKnown = (state: State): boolean => state.remote.current && state.remote.looking === null;
export const localKnown = (state: State): boolean => state.local.current && state.local.looking === null;

/** A look has told everything. */
export function completeLook(side: SideState): void {
  side.current = !side.lookAgain;
  side.activity = null;
}

/** The side is not as it was thought to be. While somebody looks, one more look is remembered. */
export function lookAgain(side: SideState, why: SideState['why']): void {
  if (side.looking !== null) side.lookAgain = true;
  side.current = false;
  side.why = why;
}

/** The disk may have changed in these folders (null: anywhere). Wishes add up until somebody looks. */
export function lookAtFolders(state: State, folders: readonly string[] | null, why: SideState['why']): void {
  const { local } = state;
  const isFirstWish = local.looking === null ? local.current : !local.lookAgain;
  if (isFirstWish) local.folders = folders;
  else if (local.folders !== null) local.folders = folders === null ? null : merged(local.folders, folders);
  lookAgain(local, why);
}

/** Beyond this many folders a complete scan is cheaper. */
const foldersMax = 200;

function merged(known: readonly string[], more: readonly string[]): readonly string[] | null {
  const all = [...new Set([...known, ...more])].sort();
  return all.length > foldersMax ? null : all;
}
