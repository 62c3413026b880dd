/** What the parts of one scan share. */
import { Failure, type AbortSignalLike, type LocalId } from '@tidemark/contracts';
import type { IsApart } from './apart.ts';
import { errnoOf } from './errno.ts';
import type { Folder } from './folders.ts';
import type { LinkOptions } from './link-rules.ts';
import { createListedFolders, type ListedFolders } from './listed-folders.ts';
import { createMountScan, type MountScan } from './nested-mounts.ts';
import { createFindings, type Findings } from './scan-findings.ts';
import { createLinkScan, type LinkScan } from './scan-links.ts';

export interface ScanOptions {
  /** Checked before and after. @throws Failure `rootSuspended` */
  readonly root: () => Folder;
  /** Inodes in the topmost folder of a file system that are ours. */
  readonly own: (top: Folder) => ReadonlySet<bigint>;
  /** Finds out anew where something is mounted. */
  readonly lookAtMounts: () => void;
  readonly links: LinkOptions;
  readonly isApart: IsApart;
  /** The key under which the file was staged, if it was placed a short while ago. */
  readonly keyOf: (id: LocalId) => string | undefined;
  /** Only what is directly inside these, by path; everything when absent. */
  readonly only?: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignalLike;
}

export interface ScanContext {
  readonly options: ScanOptions;
  readonly root: Folder;
  /** All of the sync folder is looked at, not a few folders. */
  readonly isComplete: boolean;
  readonly findings: Findings;
  readonly mounts: MountScan;
  readonly links: LinkScan;
  readonly listed: ListedFolders;
  isStopped(): boolean;
}

export function createScanContext(options: ScanOptions): ScanContext {
  const { links: allowed, lookAtMounts, now, signal } = options;
  const root = options.root();
  const isComplete = options.only === undefined;
  const findings = createFindings();
  const mounts = createMountScan(root.mounts, findings.doubt);
  const { links } = root.mounts;
  return {
    ...{ options, root, isComplete, findings, mounts },
    links: createLinkScan({ allowed, links, mounts, isComplete, lookAtMounts, now, odd: findings.odd }),
    listed: createListedFolders(root),
    isStopped: () => signal?.aborted === true,
  };
}

export const isAbsence = (error: unknown): boolean =>
  !(error instanceof Failure) && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errnoOf(error) ?? '');
