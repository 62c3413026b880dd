/** The event log: the append-only truth of one drive, written by one process. */
import type { RecordedEvent } from '../events/event.ts';
import type { ItemId, Seq } from '../identity.ts';
import type { AbortSignalLike } from './clock.ts';

export interface EventLog {
  /** What `open` found. */
  readonly opening: LogOpening;
  /** Seq of the last event; 0 for an empty log. */
  readonly head: Seq;
  /** Seq of the first event that can still be read: 1 until archives are removed. */
  readonly first: Seq;
  /**
   * Appends consecutive events as one batch and resolves when they are durable. Calls may overlap: whatever arrives
   * while a commit runs shares the next one. May wait for long, while the disk takes no writes. Throws Failure (`diskFull`, `diskFault`) and refuses further appends after
   * the first failure. Seqs must continue the head; anything else is a bug and throws.
   */
  append(events: readonly RecordedEvent[]): Promise<void>;
  /** Batches in order, from `from` (default: the first kept) to `to` inclusive. Old shapes are upcast. Throws Failure `logDamaged` at the first break of the chain, and for a `from` that is not kept any more. */
  read(range?: { readonly from?: Seq; readonly to?: Seq }): AsyncIterable<readonly RecordedEvent[]>;
  /** Events that touched the item, oldest first. */
  history(item: ItemId): AsyncIterable<RecordedEvent>;
  /** Keeps a snapshot as a cache: text chunks that give the state after `seq`. Replaces older ones, unless `chunks` throws. */
  saveSnapshot(seq: Seq, chunks: Iterable<string>): Promise<void>;
  /** The newest finished one, of an event up to `to`. Its chunks are checked as they are read: iterating throws SnapshotUnusable. */
  latestSnapshot(to?: Seq): Promise<{ readonly seq: Seq; readonly chunks: AsyncIterable<string> } | null>;
  /**
   * Moves old events behind the newest snapshot into archives, where they can be read as before, and removes the oldest
   * archives when all of it is too large. The state can always be built. Throws Failure.
   */
  retain(limits: LogLimits): Promise<LogRetained>;
  /** Checks the whole chain against the witness, archives included. */
  verify(): Promise<LogVerdict>;
  close(): Promise<void>;
}

export interface LogLimits {
  /** Events from before, in milliseconds since 1970, go into archives. */
  readonly olderThan: number;
  /** Bytes that events, archives and snapshots may take. */
  readonly sizeBytesMax: number;
  /** Stops between two archives; the next call goes on. */
  readonly signal?: AbortSignalLike;
}

export interface LogRetained {
  /** The anchor: the last event that was ever archived. 0: none. */
  readonly archivedTo: Seq;
  /** By this call. */
  readonly hasArchived: boolean;
  /** Events that can no longer be read, by this call. `until`: time of the last of them. */
  readonly removed: { readonly from: Seq; readonly to: Seq; readonly until: number } | null;
  /** What is left. More than the limit only when the snapshots and the events behind them take more. */
  readonly sizeBytes: number;
  /** Why nothing was archived, in words. */
  readonly obstacle: string | null;
}

/** The snapshot is not what was written. Nothing is lost: the events give the same state. */
export class SnapshotUnusable extends Error {
  constructor(seq: Seq, detail: string) {
    super(`Cannot use the snapshot at event ${seq}: ${detail}`);
    this.name = 'SnapshotUnusable';
  }
}

export type LogVerdict =
  | { readonly ok: true; readonly head: Seq; readonly batches: number }
  | { readonly ok: false; readonly at: Seq; readonly detail: string };

export interface RemovedDamage {
  readonly path: string;
  /** Null when it is gone. */
  readonly obstacle: string | null;
}

/** How the log was found. Anything but `new` and `intact` means: trust nothing, compare by content (I-13). */
export type LogOpening =
  | { readonly state: 'new' }
  | { readonly state: 'intact' }
  | {
      readonly state: 'damaged';
      readonly detail: string;
      /** Where the damaged files were put aside. */
      readonly keptAt: string;
      /** What was put aside long before and is removed for it, or why it could not be. Absent: nothing. */
      readonly removed?: readonly RemovedDamage[];
    };
