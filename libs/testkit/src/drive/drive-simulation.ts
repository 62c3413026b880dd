/** What the parts of the simulated drive share. */
import type { FailureDetails } from '@tidemark/contracts';
import type { DriveItems } from './drive-items.ts';
import type { DriveLies, LiesNow } from './drive-lies.ts';
import type { SimulatedDriveUser } from './simulated-drive-user.ts';

export type DriveOperation =
  | 'info'
  | 'delta'
  | 'item'
  /** One of the items that were asked for together. */
  | 'items'
  | 'child'
  | 'createFolder'
  | 'upload'
  /** The end of an upload: the bytes are there, and the item is about to appear. */
  | 'commit'
  | 'download'
  | 'authors'
  /** Within a download, after a piece of it. */
  | 'receive'
  | 'move'
  | 'setModifiedAt'
  | 'delete'
  | 'restore'
  | 'earlierVersions'
  | 'downloadVersion';

export interface SimulatedDriveFaults {
  /** Asked before each operation, which throws the answer instead of doing anything. `about`: an id or a name. */
  readonly fail?: (operation: DriveOperation, about: string) => FailureDetails | null;
  /** Asked after each operation that changed something: it is done, and the caller hears of a failure. */
  readonly failAfter?: (operation: DriveOperation, about: string) => FailureDetails | null;
  /** The moment between the caller's decision and the operation's first look: time for another device to interfere. */
  readonly before?: (operation: DriveOperation, about: string, user: SimulatedDriveUser) => void;
  /** Rows of the next page of the change feed, ancestors apart. */
  readonly pageSize?: () => number;
  /** How many bytes of a download arrive before it is cut (Failure `offline`); null for all. */
  readonly cutDownload?: (sizeBytes: number) => number | null;
  /** How many links that the drive gives out for one download are refused where they lead; the caller asks for two. */
  readonly refusedLinks?: () => number;
  /** Bytes that the drive still takes; without it, any number. Asked for each upload, when it begins and when it is to appear. */
  readonly freeBytes?: (wantedBytes: number) => number;
  /** Whether the drive lies now; without it, it never does. */
  readonly lies?: LiesNow;
  /** What the service stores in place of the bytes it got; null for these very bytes. */
  readonly alter?: (name: string, bytes: Uint8Array) => Uint8Array | null;
  /** Told what an upload or a deletion for good is about to take whose tag names another version than it did before the drive was put back. */
  readonly replaced?: (bytes: Uint8Array) => void;
}

export interface DriveSimulation {
  readonly items: DriveItems;
  readonly faults: SimulatedDriveFaults;
  readonly lies: DriveLies;
  readonly seconds: () => number;
  /** Called at the start of each operation: interference and faults. */
  begin(operation: DriveOperation, about: string): void;
  /** Called at its end, when something was changed. */
  end(operation: DriveOperation, about: string): void;
  nextRequestId(): string;
}
