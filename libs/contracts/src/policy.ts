/** Policy: what steers decisions. It is part of state, set by `Started`, so that a log explains itself. */

export interface Policy {
  readonly direction: 'both' | 'download' | 'upload';
  /** Local versions keep the name in a conflict. */
  readonly localFirst: boolean;
  /** Deletions on disk are not repeated on the drive (upload only). */
  readonly keepRemote: boolean;
  /** With `direction: download`: deletions on the drive are repeated on disk. */
  readonly cleanupLocal: boolean;
  /** Replace local data without a safeBackup in the tree; what was displaced still goes to the trash. */
  readonly bypassPreservation: boolean;
  /** Tags conflict copies. */
  readonly hostName: string;
  /** Pending deletions beyond this number wait for a confirmation … */
  readonly massDeleteMax: number;
  /** … and so do a hundred or more that are a larger share of all items than this. 100 switches the share off. */
  readonly massDeletePercent: number;
  /** The user allowed mass deletion for this run. */
  readonly massDeleteConfirmed: boolean;
  readonly commandsInFlightMax: number;
  /** Attempts for one command before its item rests as a problem. */
  readonly attemptsMax: number;
  /** Longest path the drive accepts, in characters. */
  readonly pathLengthMax: number;
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
