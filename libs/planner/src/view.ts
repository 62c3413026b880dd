/** What the planner looks at. All of it is state; nothing here is a clock, a file or a network. */
import type {
  Command,
  ExpectedLocal,
  ExpectedRemote,
  ItemId,
  LocalOddity,
  Policy,
  Reason,
} from '@tidemark/contracts';
import type { Item, LocalEntry, Place, RemoteEntry, Side, Trees } from '@tidemark/trees';

import type { Judged } from './deletable.ts';
import type { DriveFull } from './drive-full.ts';
import type { HeldKind } from './gate.ts';
import type { LeftOut } from './one-truth.ts';
import type { Needed } from './on-the-way.ts';

export interface PlanningView {
  readonly trees: Trees;
  readonly policy: Policy;
  readonly rules: Rules;
  /** Commands under way, and those already in the plan being made, by item. */
  readonly inFlight: ReadonlyMap<ItemId, Draft>;
  /** The item rests: it waits for its next attempt, or is a problem until something changes. */
  resting(item: ItemId): boolean;
  /** Its last command was refused for good: no attempt helps before something changes. */
  refused(item: ItemId): boolean;
  /** The last listing of the drive did not show it; it is read by its id before anything follows. */
  unseen(item: Item): boolean;
  /** Items that may be what was sent for other ones, without an answer: the files of those are read first. */
  readonly arrivals: ReadonlyMap<ItemId, ItemId>;
  /** Where both sides showed items at one place, about which nothing is agreed yet. */
  readonly together: ReadonlyMap<ItemId, Place>;
  /** It has left the disk a moment ago, and may be back at once: programs save so. */
  justGone(item: ItemId): boolean;
  /** Folders that the disk cannot tell of, since what was mounted there is away. */
  readonly missing: ReadonlySet<ItemId>;
  /** What is on disk and cannot be synced. */
  readonly oddities: readonly LocalOddity[];
  /** What is on disk alone may go from there if an event up to this one has shown it. */
  readonly cleansUpTo: number;
  /** A delta round has completed since the run began or a hint came, and none is under way. */
  readonly remoteKnown: boolean;
  /** The same for a scan of the disk. */
  readonly localKnown: boolean;
  /** Both sides were compared without a base in this run: the drive's version keeps contested names. */
  readonly withoutBase: boolean;
  /** What may be deleted, remembered for one plan. */
  readonly judged: Judged;
  /** Which folders on the way are needed, remembered for one plan. */
  readonly needed: Needed;
  /** Which folders are left out, remembered for one plan. */
  readonly leftOut: LeftOut;
  /** The drive refused an upload for want of space, and has taken none like it since. */
  readonly full: DriveFull | null;
  /** With many of its kind, it waits for a confirmation. */
  held(kind: HeldKind, item: ItemId): boolean;
}

/** Verdicts asked of plugins; pure, and the first one that answers counts. */
export interface Rules {
  ignore(item: RuleItem): ScopeVerdict | null;
  resolve(conflict: RuleConflict): { readonly plugin: string; readonly keepsName: 'local' | 'remote' } | null;
  /** Names of files that rules look for in the folders on the way to an item. */
  readonly markers?: readonly string[];
  /** A plugin has a say in `ignore`: in another run it may say something else under the same policy. */
  readonly mayChange?: true;
}

/** The item is left alone, and why. */
export interface ScopeVerdict {
  readonly plugin: string;
  readonly detail: string;
  /** Only this run leaves it alone (`--single-directory`): what was agreed still holds in the next one. */
  readonly forThisRun?: true;
  /** Of a folder: it is made when something in it needs it, and never by itself. What is in it is asked on its own. */
  readonly onTheWay?: true;
}

export interface RuleItem {
  readonly path: string;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  readonly sizeBytes: number;
  /** Where the item would come from. */
  readonly side: 'local' | 'remote';
  /** It was in sync once. */
  readonly known: boolean;
  /** Those of the markers that a folder on the way to it, or the folder itself, holds on disk. */
  readonly markers: readonly string[];
}

export interface RuleConflict {
  readonly path: string;
  readonly local: { readonly sizeBytes: number; readonly modifiedAt: number };
  readonly remote: { readonly sizeBytes: number; readonly modifiedAt: number };
}

/** What the planner wants for one item. Every branch says why. */
export type Decision =
  | { readonly type: 'rest' }
  | { readonly type: 'act'; readonly command: Draft }
  /** Looked at again when that item or gate changes. */
  | { readonly type: 'wait'; readonly for: ItemId | Gate }
  /** Cannot go on before something changes. */
  | { readonly type: 'stuck'; readonly code: StuckCode; readonly detail: string; readonly until?: ItemId }
  /**
   * Out of scope; never a deletion. `until`: looked at again when something in the folder, or that item, changes. `retained`: in scope by itself, and
   * left on disk by a cleanup.
   */
  | {
      readonly type: 'ignored';
      readonly plugin: string;
      readonly detail: string;
      readonly until?: 'content' | ItemId;
      readonly retained?: true;
    };

export type Gate = 'remoteKnown' | 'localKnown' | 'driveSpace' | 'cleanup' | HeldKind;
export type StuckCode = 'caseClash' | 'invalidName' | 'nameTaken' | 'nameTooLong' | 'preservationFailed';

type WithoutId<C> = C extends Command ? Omit<C, 'id'> : never;
/** A command before the plan gives it its id. */
export type Draft = WithoutId<Command>;

export interface Both {
  readonly item: Item;
  readonly remote: RemoteEntry;
  readonly local: LocalEntry;
}

export const rest: Decision = { type: 'rest' };
export const act = (command: Draft): Decision => ({ type: 'act', command });
export const waitFor = (what: ItemId | Gate): Decision => ({ type: 'wait', for: what });

export type Why = Pick<Reason, 'rule' | 'differs' | 'plugin'>;

/** What each command says: for which item it is, where that is, and why. */
export function about({ id, remote, local, synced }: Item, path: string, { rule, differs, plugin }: Why) {
  const set = [remote, local, synced].flatMap((entry) =>
    entry === null || entry.seq <= 0 ? [] : [entry.seq],
  );
  const causes = [...new Set(set)].sort((a, b) => a - b);
  const reason: Reason = { rule, differs, causes, ...(plugin !== undefined && { plugin }) };
  return { item: id, path, reason };
}

export const expectedLocal = ({ id, stamp }: LocalEntry): ExpectedLocal => ({ id, stamp });

export const expectedRemote = ({ id, eTag, sizeBytes, hash, modifiedAt }: RemoteEntry): ExpectedRemote => ({
  id,
  eTag,
  sizeBytes,
  hash,
  modifiedAt,
});

/** In one direction alone, nothing is written on the side that things come from. */
export const mayWrite = ({ direction }: Policy, side: Side): boolean =>
  direction !== (side === 'remote' ? 'download' : 'upload');

export const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
