/**
 * Events: what the log holds. An event is an observation (a plugin saw or finished something) or a plan (the engine
 * decided something). Nothing else is ever written.
 */
import type { Command } from '../commands/command.ts';
import type { LocalOddity, LocalRow, RemoteRow, RemoteTombstone, RemoteUnread } from '../entry.ts';
import type { FailureDetails } from '../failure.ts';
import type { CommandId, DriveItemId, ItemId, LocalId, Seq } from '../identity.ts';
import type { Policy } from '../policy.ts';
import type { DriveInfo } from '../ports/drive.ts';
import type { NestedMount, RootIdentity } from '../root.ts';
import type { PauseReason } from './pause.ts';
import type { PruneReason } from './prune-reason.ts';
import type { SharedFolderStep } from './shared-folder.ts';
import type { UserChange } from './user-change.ts';

/** Each kind of event, with what it says. */
interface Events {
  /** A run begins. */
  Started: {
    readonly version: string;
    readonly policy: Policy;
    readonly drive: DriveInfo;
    /** What the sync folder is known by from now on. */
    readonly root: RootIdentity;
    /**
     * Names and versions of the plugins, in the order their rules are asked. `elsewhere`: in another process; its version is
     * `unknown` when it was not there yet.
     */
    readonly plugins: readonly StartedPlugin[];
    /** What both sides agreed on is forgotten: content decides everything anew, nothing is deleted. Says why. */
    readonly forget: string | null;
  };
  /** Rows of one delta page that say something new. */
  RemoteSeen: { readonly rows: readonly (RemoteRow | RemoteTombstone)[] };
  /** A delta round reached its end. It ends the look that `command` began. */
  RemoteRoundCompleted: {
    readonly command: CommandId;
    /** The round enumerated everything. */
    readonly full: boolean;
    /** The delta link to go on from. Opaque. Null where the drive has none: the next round is a full one again. */
    readonly cursor: string | null;
    /**
     * Known items that a full round did not list. That proves nothing: a listing may lack an item, and what changes between two
     * of its pages may be on neither. Each of them is read by its id.
     */
    readonly unseen: readonly DriveItemId[];
    /** How many items were known when a full round ended. Absent in logs of format 3 or older. */
    readonly known?: number;
    /** Items whose absence a log of format 3 or older took as proven by this round. */
    readonly gone?: readonly DriveItemId[];
  };
  /** Items that the listing before had not shown were read by their ids. A tombstone is evidence; an unread one is named and left alone. */
  RemoteItemsRead: {
    readonly command: CommandId;
    readonly rows: readonly (RemoteRow | RemoteTombstone | RemoteUnread)[];
  };
  /** The stored cursor is void: the next round must be a full one. It ends the look that `command` began. */
  RemoteCursorLost: {
    readonly command: CommandId;
    readonly detail: string;
  };
  /** Rows of the disk that say something new. */
  LocalSeen: { readonly rows: readonly LocalRow[] };
  /** A scan reached its end. It ends the look that `command` began. */
  LocalScanCompleted: {
    readonly command: CommandId;
    /**
     * Known to be on disk before the scan began, and not met by it. Users move things while the disk is being scanned, so an
     * item is gone only when a complete scan misses it that the look before had missed too.
     */
    readonly unseen: readonly LocalId[];
    /**
     * What cannot be synced. Replaces the earlier list, or adds to it where only a few folders were looked into. Absent when
     * that would change nothing; the first complete scan of a run always has it.
     */
    readonly oddities?: readonly LocalOddity[];
    /** Only a few folders were looked into, which proves no absence. */
    readonly partial?: true;
    /** Mounts that were met and not expected. */
    readonly mounts?: readonly NestedMount[];
    /** New folders that such a look met and did not look into, relative to the sync folder. */
    readonly newFolders?: readonly string[];
    /** Identities whose absence a log of format 3 or older took as proven by this scan. */
    readonly gone?: readonly LocalId[];
  };
  /**
   * Looks met nothing new, and the run came to rest as it was at rest before them. Their events were folded and published, and
   * this one is written in their place: the numbers of events go on from it.
   */
  NothingNew: {
    /** Events that were never written, since the log began. */
    readonly leftOut: number;
    /** How the last looks left the drive. `lastAt`: when the last one ended, in milliseconds since 1970. */
    readonly remote: {
      readonly lastAt: number | null;
      readonly cursor: string | null;
      readonly looksSinceFull: number;
      /** The end of the last look after which the disk is cleaned up; absent where it is not. */
      readonly listedAt?: Seq;
    };
    /** `lastAt`: when the last complete scan ended, in milliseconds since 1970. */
    readonly local: { readonly lastAt: number | null };
  };
  /** Something suggests that a side changed. Changes when it is looked at, never what is seen. */
  HintReceived: {
    readonly side: 'remote' | 'local';
    readonly source: string;
    /** On disk: the folders in which something happened, relative to the sync folder; absent when it may be anywhere. */
    readonly folders?: readonly string[];
  };
  /** The service told something about a subscription itself. A hint like any other. */
  SubscriptionTold: {
    readonly subscriptionId: string;
    readonly told: 'reauthorizationRequired' | 'removed' | 'missed';
  };
  /** Facts of the plugin that is the source, for its rules: what differs from those known. */
  FactsChanged: {
    readonly facts: readonly Fact[];
    /** All facts of this plugin are known now: it has told them in this run. */
    readonly complete?: true;
  };
  /** The run is to end: nothing new is begun, and what should not outlive it is taken down. */
  StopRequested: object;
  /** The user wants what waits at the gate, exactly this: `hash` names the held plan. Another plan needs another confirmation. */
  DeletionsConfirmed: { readonly hash: string };
  /**
   * Nothing new is begun that changes a side, in runs that go on, for that reason; what is under way ends. `until`: milliseconds
   * since 1970, null when only `Resumed` ends it. A second one for the same reason takes the place of the first, and a run that
   * begins paused says so again.
   */
  Paused: { readonly why: PauseReason; readonly until: number | null };
  /** That pause is over: `asked` by the user, or `over` because its time or its condition has passed. */
  Resumed: { readonly why: PauseReason; readonly because: 'asked' | 'over' };
  /** The engine decided. Durable before the first command is handed out. */
  Planned: { readonly commands: readonly Command[] };
  /** Files of the trash are to go for good. Durable before the first of them goes; one that is still there later is named again. */
  PruningPlanned: { readonly files: readonly PrunedFile[] };
  /** What others share is no part of the state; it has logs of its own. Told when it has happened, in a run or between two. */
  SharedFolderTold: {
    /** Relative to the sync folder: where the shared folder was before that. */
    readonly path: string;
    readonly told: SharedFolderStep;
    /** Where it, or its shortcut, was moved to. */
    readonly toPath?: string;
  };
  /**
   * A user asked for these changes, which a tool makes between two runs. Durable before the first of them: what is not ended yet
   * may be made again.
   */
  UserChangesPlanned: {
    /** In words: `undo of run 12`. */
    readonly asked: string;
    readonly changes: readonly UserChange[];
    /** Copies that a conflict kept, and that are to stay beside the other version: a conflict no more. */
    readonly settled?: readonly LocalId[];
    /** No user asked: the client drops copies of conflicts that have become equal to the other version. */
    readonly unasked?: true;
  };
  /** One of them is made, or was not possible. */
  UserChangeEnded: {
    /** Its place among those that were planned last. */
    readonly index: number;
    readonly failure?: FailureDetails;
    /** Where the file that lost its name can be found, relative to the trash. */
    readonly trash?: string;
  };
  UserChangesEnded: object;
  /**
   * A plugin makes the one from the other: these bytes on the drive are the content that these bytes on disk are. Told before the one
   * that was made is handed on, since the answer to that may be lost.
   */
  ContentMatched: {
    readonly command: CommandId;
    readonly plugin: string;
    readonly drive: ContentFigures;
    readonly disk: ContentFigures;
  };
  /** A command came to its end; the facts are what is now true. */
  CommandSucceeded: {
    readonly command: CommandId;
    readonly remote?: RemoteRow | RemoteTombstone;
    readonly local?: LocalRow | LocalGone;
    /** The local version that was kept aside, under its new name. It is an item of its own from now on. */
    readonly kept?: LocalRow;
    /** Where the local version that was replaced can be found, relative to the trash. */
    readonly trash?: string;
    /** The folder was made by this command. A folder that was there already may hold items that no look has seen. */
    readonly made?: true;
    /** No hash of the drive confirms these bytes: the service rewrote them as it stored them, or reports no hash. */
    readonly unconfirmed?: true;
    /** The plugin that changed the content on its way: disk and drive hold different bytes. */
    readonly content?: string;
    /** Bytes of content that crossed the network. */
    readonly transferredBytes?: number;
    readonly requestIds?: readonly string[];
    /** What became of a subscription. `expiresAt`: milliseconds since 1970, as the service granted it. */
    readonly subscription?:
      { readonly id: string; readonly expiresAt: number } | { readonly id: string; readonly gone: true };
  };
  CommandFailed: {
    readonly command: CommandId;
    readonly failure: FailureDetails;
    /**
     * What the drive showed of the one item that the failure is about, when it was asked after a refusal: an observation, like
     * the rows of its feed.
     */
    readonly remote?: RemoteRow | RemoteTombstone;
  };
  /** A deadline passed. */
  Woke: object;
  /** The run decides nothing any more: what its handlers still finish is recorded, and then it stops. */
  PlanningEnded: object;
  /** A run ended by itself or was asked to. */
  Stopped: { readonly cause: 'finished' | 'interrupted' | 'failed' };
}

/** A plugin of the run, and what its rules are given beside the items. */
export interface StartedPlugin {
  readonly name: string;
  readonly version: string;
  readonly elsewhere?: true;
  /** The settings that its rules see: JSON. Absent when they see none, and in logs of earlier versions. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** It changes content between disk and drive: the name of its format, and of its key if it has one. */
  readonly content?: string;
  /** It is not ours, and has rules. Absent in logs of earlier versions. */
  readonly rules?: true;
  /** It reports facts, and nothing is changed on either side before all of them are known. */
  readonly facts?: true;
}

/** A small text that a plugin reports for its own rules. `value` null: it holds no more. */
export interface Fact {
  readonly key: string;
  readonly value: string | null;
}

export interface ContentFigures {
  readonly sizeBytes: number;
  /** QuickXorHash, base64. */
  readonly hash: string;
}

export interface LocalGone {
  readonly id: LocalId;
  readonly gone: true;
  /** Where the deleted file can be found, relative to the trash. */
  readonly trash?: string;
}

export interface PrunedFile {
  /** Relative to the trash. */
  readonly trash: string;
  readonly sizeBytes: number;
  /** Of the path that it had in the sync folder: the first 16 digits of its SHA-256. Null when that is unknown. */
  readonly pathKey: string | null;
  readonly why: PruneReason;
}

export type EventType = keyof Events;
export type EventOf<Type extends EventType> = { [T in Type]: { readonly type: T } & Events[T] }[Type];
export type Event = EventOf<EventType>;

export type Started = EventOf<'Started'>;
export type HintReceived = EventOf<'HintReceived'>;
export type SubscriptionTold = EventOf<'SubscriptionTold'>;
export type CommandSucceeded = EventOf<'CommandSucceeded'>;
export type CommandFailed = EventOf<'CommandFailed'>;

/** An event as the log keeps it. */
export interface RecordedEvent {
  readonly seq: Seq;
  /** Milliseconds since 1970, stamped by the engine when the batch was taken in. Never used as evidence. */
  readonly at: number;
  /** Who said it: a plugin's name, or `engine`. */
  readonly source: string;
  readonly event: Event;
  /** Items the event touched. */
  readonly items: readonly ItemId[];
}
