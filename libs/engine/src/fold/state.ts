/**
 * State: everything that was folded from the log, and nothing else. One fold owns it and changes it in place; a caller
 * that needs an earlier state folds again. Only `agenda` is not information: it remembers which items are worth another look.
 */
import type {
  Command,
  CommandId,
  DriveItemId,
  FailureCode,
  FailureDetails,
  ItemId,
  LocalId,
  LocalOddity,
  NestedMount,
  Pause,
  PauseReason,
  Policy,
  Seq,
  Started,
} from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import type { ItemActivity, LookActivity, SubscriptionActivity } from '@tidemark/machines';
import { firstLook, noSubscription } from '@tidemark/machines';
import type { Agenda, Rules, ScopeVerdict } from '@tidemark/planner';
import { createAgenda } from '@tidemark/planner';
import type { Place } from '@tidemark/trees';
import { createTrees, foldName } from '@tidemark/trees';
import type { Refused } from './drive-full.ts';
import type { PluginFacts } from './facts.ts';
import type { GateState } from './gate.ts';
import { openGate } from './gate.ts';
import type { Sending } from './lost-answer.ts';
import type { Placing } from './lost-placement.ts';

/** One side's standing. */
class Side<Id> {
  /** Whether a look is wanted, under way, or has told everything. */
  look: LookActivity = firstLook;
  /** Known items that a look missed. A second look tells whether they are gone. In the order of their ids. */
  readonly unseen = new Set<Id>();
  /** Items that a command of ours may have deleted here: its answer never came. With the event that left it open. */
  readonly unanswered = new Map<ItemId, Seq>();
  /** When the last complete look ended, in milliseconds since 1970; null before the first one of the run. */
  lastAt: number | null = null;
}

class RemoteSide extends Side<DriveItemId> {
  cursor: string | null = null;
  /** This run changed the drive since its feed was last read. */
  changedByUs = false;
  /** Folders that are gone, whose inside the feed still shows; with the event that told it. */
  readonly goneFolders = new Map<ItemId, Seq>();
  /** Folders that went with one that is gone; with the event that told it. */
  readonly takenAlong = new Map<DriveItemId, Seq>();
  /** New files that were sent for these items: no answer came. */
  readonly sending = new Map<ItemId, Sending>();
  /** Items that may be what was sent for other ones. */
  readonly arrivals = new Map<ItemId, ItemId>();
  /** It refused an upload for want of space, and has taken none like it since. */
  full: Refused | null = null;
  /** The end of the last look of this run after which the disk is cleaned up; null before it. */
  listedAt: Seq | null = null;
  /** Looks since the last one that enumerated everything. */
  looksSinceFull = 0;
  /** Gone from the drive while commands of ours were changing it: their answers must not bring them back. */
  readonly goneMeanwhile = new Set<DriveItemId>();
  /** To be read by their ids after each round, until the drive shows again the version that its feed told: this tag. */
  readonly readAgain = new Map<DriveItemId, string>();
}

class LocalSide extends Side<LocalId> {
  oddities: readonly LocalOddity[] = [];
  /** Where the next look is wanted: only in these folders, or everywhere (null). */
  folders: readonly string[] | null = null;
  /** Gone a moment ago, with the time of that, in its order. They are not deleted on the drive yet. */
  readonly justGone = new Map<ItemId, number>();
  /** What may have got its name on disk for these items: no answer came. */
  readonly placing = new Map<ItemId, Placing>();
  /** What is expected at the places inside the sync folder where something was mounted. */
  mounts: readonly NestedMount[] = [];
}

export type SideState = RemoteSide | LocalSide;

class SubscriptionSide {
  activity: SubscriptionActivity = noSubscription;
  /** The command about it that is under way. */
  underWay: Command | null = null;
  /** The first attempt of the run has ended, one way or the other: looking at both sides may begin. */
  settled = true;
}

export interface Tried {
  /** How the item stood when commands that did not fail went out for it in this run. */
  readonly standings: string[];
  /** What was refused in an earlier run. */
  refusedBefore: FailureCode | null;
}

export const noRules: Rules = { ignore: () => null, resolve: () => null };

/** What rules are made from, beside the policy. */
export interface RulesBasis {
  /** As the run recorded them. */
  readonly plugins: Started['plugins'];
  /** By plugin, as they are whenever the rules are asked. */
  readonly facts: ReadonlyMap<
    string,
    { readonly values: ReadonlyMap<string, string>; readonly changedAt: Seq }
  >;
}

export type RulesFor = (policy: Policy, basis: RulesBasis) => Rules;

/** The rules of the run that begins, or goes on. */
export function setRules(state: State, rulesFor: RulesFor): void {
  if (state.started === null) return;
  state.rules = rulesFor(state.started.policy, basisOf(state));
  state.trees.markers = new Set((state.rules.markers ?? []).map(foldName));
}

/** Of the run that is under way. */
export const basisOf = ({ started, facts }: State): RulesBasis => ({
  plugins: started?.plugins ?? [],
  facts,
});

/** Data: a snapshot restores it without its class. */
export class State {
  /** The last event folded. */
  seq: Seq = seq(0);
  /** When it was recorded. */
  at = 0;
  /** Events that were folded and never written (see `NothingNew`). */
  leftOut = 0;
  /** The items that it touched. */
  touched = new Set<ItemId>();
  /** Other items that a look was about, and told nothing new of. */
  lookedFor = new Set<ItemId>();
  /** The last `Started`; null before the first run. */
  started: Started | null = null;
  readonly trees = createTrees();
  readonly remote = new RemoteSide();
  readonly local = new LocalSide();
  readonly subscription = new SubscriptionSide();
  /** Stopping: nothing new is begun. Ended: nothing is planned at all. */
  phase: 'running' | 'stopping' | 'ended' = 'running';
  /** What was agreed about these items was forgotten, and both sides have not been looked at since. */
  readonly uncompared = new Set<ItemId>();
  /** Where both sides showed items at one place, about which nothing is agreed yet. */
  readonly together = new Map<ItemId, Place>();
  /** Agreed anew, although the last scan could not look where they are. */
  readonly unproven = new Set<ItemId>();
  /** Agreed anew, although the last look at the drive told nothing of them; with the event that had shown them last. */
  readonly unprovenOnDrive = new Map<ItemId, Seq>();
  /** Item commands under way, by item. */
  readonly inFlight = new Map<ItemId, Command>();
  /** Items with a history of attempts. An item without one is simply ready. */
  readonly activities = new Map<ItemId, ItemActivity>();
  /** What was tried for items that are not at rest, since a side last showed something new of them. */
  readonly tried = new Map<ItemId, Tried>();
  /** Items that left the scope of the sync, and by which rule. */
  readonly outOfScope = new Map<ItemId, ScopeVerdict>();
  /** What plugins reported for their rules, by plugin. */
  readonly facts = new Map<string, PluginFacts>();
  /** Plugins whose facts this run waits for. */
  readonly factsAwaited = new Set<string>();
  /** The limit of `skip_size` is another one than that under which every item was asked last. */
  limitIsNew = false;
  /** What is done in large numbers waits at the gate. */
  readonly gate: GateState = openGate();
  /** Plugins that changed content which both sides agreed on, with their format and key (`Started.plugins`). */
  readonly contentFormats = new Map<string, string>();
  /** Why nothing is changed on either side by runs that go on. A run that a user starts by hand is not asked to wait. */
  readonly pauses = new Map<PauseReason, Pause>();
  /** A failure that ends the run. */
  halted: FailureDetails | null = null;
  agenda: Agenda = createAgenda();
  /** Compiled from the policy of `started`. */
  rules: Rules = noRules;
}

/** How many events were folded. Unlike the number of the last one it never falls. */
export const eventsFolded = ({ seq, leftOut }: State): number => seq + leftOut;

export const initialState = (): State => new State();

/** What is known of these items may have changed, and the log's index has the event for them. */
export function touch({ touched }: State, items: Iterable<ItemId>): void {
  for (const item of items) touched.add(item);
}

/** A look was about these items, as its side names them. */
export function lookFor<Id>({ lookedFor }: State, known: ReadonlyMap<Id, ItemId>, ids: Iterable<Id>): void {
  for (const id of ids) {
    const item = known.get(id);
    if (item !== undefined) lookedFor.add(item);
  }
}

/** The command with that id, if it is still under way. */
export function commandUnderWay(state: State, id: CommandId): Command | null {
  const { inFlight, local, remote, subscription } = state;
  for (const command of [remote.look.command, local.look.command, subscription.underWay])
    if (command?.id === id) return command;
  for (const command of inFlight.values()) if (command.id === id) return command;
  return null;
}

/** Is a command of ours changing that side? */
export function isWriting({ inFlight }: State, effect: 'writesDrive' | 'writesDisk'): boolean {
  for (const { type } of inFlight.values()) if (commandEffects[type] === effect) return true;
  return false;
}

/** Throws before the first `Started`: there is nothing to decide yet. */
export function policyOf(state: State): Policy {
  if (state.started === null) throw new Error('No run has started: the policy is not known');
  return state.started.policy;
}

export const remoteKnown = (state: State): boolean => state.remote.look.state === 'current';
export const localKnown = (state: State): boolean => state.local.look.state === 'current';

/** Why a side is not the one we know: nothing is written on either until it is. Null when both are. */
export function suspensionOf({ remote, local }: State): FailureDetails | null {
  for (const { look } of [local, remote]) if (look.state === 'suspended') return look.failure;
  return null;
}

export const isSuspended = (state: State): boolean => suspensionOf(state) !== null;

/** The run is to wait with every change; looks go on. */
export const isPaused = (state: State): boolean =>
  state.pauses.size > 0 && policyOf(state).pace.mode === 'continuous';
