/**
 * Observations: what plugins report. The engine compares them with what it knows; only news becomes an event.
 */
import type { LocalRow, RemoteRow, RemoteTombstone, RemoteUnread } from '../entry.ts';
import type { CommandId, LocalId } from '../identity.ts';
import type { ScanEnd } from '../ports/disk.ts';
import type { CommandSucceeded, EventOf, Fact } from './event.ts';

/** One page of a delta round. */
export interface RemotePage {
  readonly type: 'RemotePage';
  readonly command: CommandId;
  /** Counts the pages of this look from 0. What a bus delivers again, late, must not take items back to how they were. */
  readonly page: number;
  readonly rows: readonly (RemoteRow | RemoteTombstone)[];
}
/** Everything directly inside some folders, read successfully. */
export interface LocalListing {
  readonly type: 'LocalListing';
  readonly command: CommandId;
  /** Counts the parts of this scan from 0, as `RemotePage.page` does. */
  readonly part: number;
  /** `more`: the next part goes on with this folder. */
  readonly folders: readonly {
    readonly id: LocalId;
    readonly rows: readonly LocalRow[];
    readonly more?: true;
  }[];
}
/** A look came to its end. `parts`: how many pages or listings it reported; without one of them, what is in it would read as gone. */
export type LookEnd =
  /** Of `ReadRemote`. `cursor`: the delta link, if there is one. */
  | { readonly parts: number; readonly cursor: string | null }
  /** Of `ScanLocal`. The inside of the folders in `unreadable` is unknown, not gone. */
  | ({ readonly parts: number } & ScanEnd)
  /** Of `ReadRemoteItems`: each item as it is now, its tombstone, or why it could not be read. */
  | { readonly rows: readonly (RemoteRow | RemoteTombstone | RemoteUnread)[] };

/** What the handler of a command returned. A look says how it ended, which the engine records as an event of its own. */
export interface CommandCompleted extends CommandSucceeded {
  readonly look?: LookEnd;
}

/** What a plugin knows for its own rules. */
export interface FactsReported {
  readonly type: 'FactsReported';
  /** Counts the reports of this plugin in this run from 0. A bus may deliver one again, or late. */
  readonly report: number;
  readonly facts: readonly Fact[];
  /** These are all of them: what was known and is not among them holds no more. */
  readonly complete?: true;
  /** With `complete`: the next report goes on with them. */
  readonly more?: true;
}

export type Observation =
  | RemotePage
  | LocalListing
  | FactsReported
  | CommandCompleted
  | EventOf<
      | 'HintReceived'
      | 'SubscriptionTold'
      | 'StopRequested'
      | 'DeletionsConfirmed'
      | 'Paused'
      | 'Resumed'
      | 'PruningPlanned'
      | 'SharedFolderTold'
      | 'ContentMatched'
      | 'CommandFailed'
    >;
