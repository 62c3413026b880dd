/** What the server tells the page: plain data, numbers of events as numbers, times in milliseconds since 1970. */
import type { StatusReport, Tone } from '@tidemark/control';
import type { OrderName } from './offers.ts';

export type SourceKind = 'live' | 'log' | 'bundle';
export type DensityAxis = 'time' | 'seq';

export interface Overview {
  readonly source: {
    /** `live`: our own log, which a daemon may be writing. */
    readonly kind: SourceKind;
    readonly path: string;
    /** What a bundle says of itself. */
    readonly about: readonly string[];
  };
  readonly version: string;
  /** The first and the last event that can be shown. */
  readonly first: number;
  readonly last: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How far the log was read; null once all of it was. */
  readonly reading: { readonly events: number; readonly of: number } | null;
  /** Why reading ended early. */
  readonly trouble: string | null;
}

export interface Density {
  readonly axis: DensityAxis;
  readonly from: number;
  readonly to: number;
  /** The first event of each stretch, and behind the last one the event after it. */
  readonly seqs: readonly number[];
  readonly lanes: readonly { readonly name: string; readonly counts: readonly number[] }[];
  /** Attempts that failed. */
  readonly failed: readonly number[];
  /** Plans that delete, or that met a conflict. */
  readonly decided: readonly number[];
}

export interface ItemName {
  readonly item: number;
  /** As it is now, or was before it was gone. */
  readonly path: string;
}

export interface EventRow {
  readonly seq: number;
  readonly at: number;
  /** Milliseconds since the event before. */
  readonly gap: number | null;
  readonly source: string;
  readonly type: string;
  readonly text: string;
  readonly kind: 'failed' | 'decision' | 'outcome' | 'observation';
  readonly item: ItemName | null;
}

export interface Entry {
  readonly kind: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  readonly hash: string | null;
  readonly setBy: number;
  /** Fields that no sentence tells, such as tags and identities. */
  readonly marks: readonly (readonly [name: string, value: string])[];
}

export type EntryOf = 'remote' | 'local' | 'synced';
export type EntriesShown = Readonly<Record<EntryOf, Entry | null>>;

export interface ItemChange extends ItemName {
  /** What the event changed of it, in the words of `explain`; empty when no sentence tells it. */
  readonly sentence: string;
  readonly before: EntriesShown | null;
  readonly after: EntriesShown | null;
}

export interface Outcome {
  readonly seq: number;
  readonly at: number;
  readonly text: string;
  readonly isFailed: boolean;
}

export interface CommandShown {
  readonly id: string;
  readonly type: string;
  readonly item: number;
  readonly path: string;
  readonly plannedSeq: number;
  readonly plannedAt: number;
  /** What was decided, in the words of `explain`. */
  readonly wish: string;
  readonly rule: string;
  readonly ruleText: string;
  readonly differs: string;
  readonly decidedBy: string | null;
  readonly causes: readonly { readonly seq: number; readonly text: string }[];
  readonly outcome: Outcome | null;
}

export interface Moment {
  readonly row: EventRow;
  /** The event as the log has it. */
  readonly event: unknown;
  readonly changes: readonly ItemChange[];
  /** Items that the event touched and that are not in `changes`. */
  readonly moreChanges: number;
  /** What a plan decided, or what an outcome ended. */
  readonly commands: readonly CommandShown[];
  readonly moreCommands: number;
  readonly items: number;
  readonly atRest: number;
  readonly underWay: number;
}

export interface Activity {
  readonly seq: number;
  readonly at: number;
  readonly item: number;
  readonly path: string;
  readonly wish: string;
  readonly why: string;
  readonly outcome: string;
  readonly isFailed: boolean;
  /** It did something that can be taken back. */
  readonly isUndoable: boolean;
}

export interface Now {
  readonly status: StatusReport;
  /** The first line of `tidemark status`. */
  readonly headline: string;
  readonly tone: Tone;
  /** More about it: what the daemon does, or why the last run was stopped; may be empty. */
  readonly detail: string;
  /** What waits for a confirmation, in sentences. */
  readonly held: readonly string[];
  readonly conflicts: readonly ConflictShown[];
  readonly activity: readonly Activity[];
  /** null for a log that is not our own. */
  readonly room: Room | null;
  /** Orders that a running daemon takes. */
  readonly orders: readonly OrderName[];
  /** A daemon runs that makes changes which the user decided on. */
  readonly makesChanges: boolean;
}

export interface Room {
  readonly trash: Filling;
  readonly log: Filling;
}

/** `of` 0: without a bound. */
export interface Filling {
  readonly bytes: number;
  /** There is more than was measured. */
  readonly isPart: boolean;
  readonly of: number;
}

export interface ConflictVersionShown {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: number;
  readonly from: 'disk' | 'drive';
}

export interface ConflictShown {
  readonly id: string;
  readonly at: number;
  readonly named: ConflictVersionShown;
  readonly kept: ConflictVersionShown;
  readonly isEqual: boolean;
}

/** Numbers of events; `total` counts all, of which those nearest to the cursor are here. */
export interface Matches {
  readonly total: number;
  readonly seqs: readonly number[];
}

export interface Found {
  readonly items: readonly ItemName[];
  /** The text is the number of an event that is there. */
  readonly seq: number | null;
  /** The text is a pattern of events. */
  readonly pattern: Matches | null;
}

export interface ItemAt {
  readonly seq: number;
  readonly item: number;
  /** Null: not known then. */
  readonly path: string | null;
  readonly entries: EntriesShown | null;
  readonly isAtRest: boolean;
  /** What a command that is out wants of it. */
  readonly underWay: string | null;
}

export interface ItemStory {
  readonly item: number;
  readonly path: string;
  readonly standing: string;
  readonly detail: string;
  readonly remedy: string | null;
  /** How to get back what the last decision took away. */
  readonly waysBack: readonly string[];
  readonly entries: readonly { readonly seq: number; readonly at: number; readonly sentence: string }[];
  readonly lastDecision: {
    readonly wish: string;
    readonly rule: string;
    readonly ruleText: string;
    readonly causes: readonly { readonly seq: number; readonly text: string }[];
    readonly outcome: string | null;
  } | null;
}

export interface Differences {
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly shown: readonly ItemChange[];
}

export interface PluginFigures {
  readonly name: string;
  readonly events: number;
  readonly byType: readonly (readonly [type: string, count: number])[];
  /** Commands that it ended. */
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly (readonly [code: string, count: number])[];
  /** Commands that came again for an item whose last attempt had failed. */
  readonly retries: number;
  /** Milliseconds from the decision to the outcome; null when it ended none. */
  readonly times: {
    readonly median: number;
    readonly most: number;
    readonly longest: number;
    readonly longestSeq: number;
  } | null;
  readonly commands: readonly CommandFigures[];
}

export interface CommandFigures {
  readonly type: string;
  readonly done: number;
  readonly failed: number;
  readonly median: number;
  /** 95 of 100 took no longer. */
  readonly most: number;
}

export interface Plugins {
  readonly from: number;
  readonly to: number;
  readonly plugins: readonly PluginFigures[];
  /** Commands that wait or are under way, over the stretches of the axis. */
  readonly queue: {
    readonly times: readonly number[];
    readonly counts: readonly number[];
    readonly most: number;
  };
}

export type ChartName = 'item' | 'remote' | 'local' | 'subscription';

export interface ChartShown {
  readonly name: ChartName;
  readonly title: string;
  readonly picture: {
    readonly first: string;
    readonly states: readonly { readonly name: string; readonly notes: readonly string[] }[];
    readonly arrows: readonly {
      readonly from: string | null;
      readonly to: string | null;
      readonly label: string;
    }[];
  };
  /** The state at the cursor. */
  readonly state: string;
  /** The steps before the cursor, oldest first. */
  readonly steps: readonly {
    readonly seq: number;
    readonly from: string;
    readonly to: string;
    readonly type: string;
  }[];
}

export interface CauseNode {
  readonly id: string;
  readonly kind: 'command' | 'failed' | 'observation' | 'outcome';
  readonly title: string;
  readonly text: string;
  readonly seq: number;
}

export interface Causes {
  readonly nodes: readonly CauseNode[];
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** There would be more. */
  readonly isCut: boolean;
}
