/** Policy: what steers decisions. It is part of state, set by `Started`, so that a log explains itself. */

export interface Policy {
  readonly direction: 'both' | 'download' | 'upload';
  /** Local versions keep the name in a conflict. */
  readonly localFirst: boolean;
  /** With `localFirst`: what was never on disk goes from the drive. */
  readonly mirrorLocal?: true;
  /** Deletions on disk are not repeated on the drive (upload only). */
  readonly keepRemote: boolean;
  /** What is deleted on the drive has no way back: nothing goes along with the folder above it. */
  readonly deletesForGood?: true;
  /**
   * With `direction: upload`: what is proven to be on the drive goes from the disk to the trash. `folders`: so does a folder that
   * this has emptied. Whatever is gone from the disk then says nothing: it is never deleted on the drive.
   */
  readonly removeSource?: 'files' | 'folders';
  /** With `direction: download`: what the drive does not have goes from the disk, whether it was deleted there or never was there. */
  readonly cleanupLocal: boolean;
  /** Replace local data without a safeBackup in the tree; what was displaced still goes to the trash. */
  readonly bypassPreservation: boolean;
  /** Tags conflict copies. */
  readonly hostName: string;
  /** So many deletions of one side wait for a confirmation … */
  readonly massDeleteMax: number;
  /** … and so do a hundred or more that are a larger share of all items than this. 100 switches the share off. */
  readonly massDeletePercent: number;
  /** Those that were carried out so long ago count no more. Milliseconds. */
  readonly massDeleteWindowMs: number;
  /** The same for files that were rewritten on disk: a hundred or more that are a larger share of all items. 100 is off. */
  readonly massRewritePercent: number;
  /** `--force`: a drive that came back empty, or without much of what was there, is believed by the first round of the run. */
  readonly massDeleteConfirmed: boolean;
  readonly commandsInFlightMax: number;
  /** Which of the transfers that wait begins first; absent: the item that was seen first. */
  readonly transferOrder?: 'size_asc' | 'size_dsc' | 'name_asc' | 'name_dsc';
  /** What arrives is not compared with what the drive announces, or what it stored with what was sent. Plugins read the setting; here it says that a run is another one. */
  readonly takesMismatches?: true;
  /** Attempts for one command before its item rests as a problem. */
  readonly attemptsMax: number;
  /** Longest path the drive accepts, in characters. */
  readonly pathLengthMax: number;
  readonly pace: Pace;
  /** Of a shared folder: where it lies in the sync folder around it, where rules see its items. */
  readonly below?: string;
  /** Everything the built-in filter rule needs, so that replay can rebuild it. */
  readonly filter: FilterPolicy;
}

/** Raw texts of the filter settings; compiled by the settings library. */
export interface FilterPolicy {
  /** Which naming rules hold. */
  readonly accountKind: 'personal' | 'business' | 'sharepoint';
  readonly skipFile: string;
  readonly skipDir: string;
  readonly skipDirStrictMatch: boolean;
  readonly skipDotfiles: boolean;
  readonly skipSymlinks: boolean;
  readonly checkNosync: boolean;
  /** Bytes; 0 is off. */
  readonly skipSizeBytes: number;
  readonly syncRootFiles: boolean;
  /** The `sync_list` file, or null when there is none. */
  readonly syncList: string | null;
  /** Only this folder (relative to the root) is synced; null for everything. */
  readonly singleDirectory: string | null;
}

/** How a run ends, and how it hears of changes. */
export interface Pace {
  /** `once`: the run ends when both sides agree. `continuous`: it goes on until it is stopped. */
  readonly mode: 'once' | 'continuous';
  /** Longest time between two looks at the drive. Milliseconds. */
  readonly pollIntervalMs: number;
  /** Longest time between two complete scans of the disk. Milliseconds. */
  readonly scanIntervalMs: number;
  /** Every so many looks at the drive enumerate everything; 0: none does. */
  readonly fullRoundEvery: number;
  /**
   * What is gone from the disk is deleted on the drive so long after that, and not before another look: programs save by deleting
   * a file and writing it anew. Milliseconds; absent: at once.
   */
  readonly deletionDelayMs?: number;
  /**
   * With `cleanupLocal`: after which looks at the drive what is on disk alone goes from there. `due`: not after those that a
   * notification caused. `full`: after those that list everything. Absent: at once.
   */
  readonly cleanupAfter?: 'any' | 'due' | 'full';
  /** A subscription to change notifications; null: none is asked for. */
  readonly subscription: SubscriptionPolicy | null;
}

export interface SubscriptionPolicy {
  /** Where the service sends notifications. */
  readonly url: string;
  /** Lifetime asked for. Milliseconds. */
  readonly lifetimeMs: number;
  /** Renewed when less than this is left. Milliseconds. */
  readonly renewBeforeMs: number;
  /** Wait after a failure. Milliseconds. */
  readonly retryMs: number;
}

/** A run that ends by itself. It asks neither the service nor a timer to tell it of changes. */
export const paceOnce: Pace = {
  mode: 'once',
  pollIntervalMs: 0,
  scanIntervalMs: 0,
  fullRoundEvery: 0,
  subscription: null,
};
