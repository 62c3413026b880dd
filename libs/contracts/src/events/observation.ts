/**
 * Observations: what plugins report. At the engine's door they are compared with what is known; only news becomes
 * an event.
 */
import type { LocalOddity, LocalRow, RemoteRow, RemoteTombstone } from '../entry.ts';
import type { CommandId, LocalId } from '../identity.ts';
import type {
  CommandFailed,
  CommandSucceeded,
  HintReceived,
  StopRequested,
  SubscriptionTold,
} from './event.ts';

/** One page of a delta round. */
export interface RemotePage {
  readonly type: 'RemotePage';
  readonly command: CommandId;
  /** Counts the pages of this look from 0. What a bus delivers again, late, must not take items back to how they were. */
  readonly page: number;
  readonly rows: readonly (RemoteRow | RemoteTombstone)[];
  /** On the last page of a complete round: the delta link. */
  readonly cursor: string | null;
}
/** The service refused the cursor. */
export interface RemoteReset {
  readonly type: 'RemoteReset';
  readonly command: CommandId;
  readonly detail: string;
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
/** The end of a scan. Whatever is below `unreadable` is unknown, not gone. */
export interface LocalScanEnded {
  readonly type: 'LocalScanEnded';
  readonly command: CommandId;
  /** How many parts there were: without one of them, what is in it would read as gone. */
  readonly parts: number;
  readonly unreadable: readonly LocalId[];
  readonly oddities: readonly LocalOddity[];
}

export type Observation =
  | RemotePage
  | RemoteReset
  | LocalListing
  | LocalScanEnded
  | HintReceived
  | SubscriptionTold
  | StopRequested
  | CommandSucceeded
  | CommandFailed;

export type ObservationType = Observation['type'];
