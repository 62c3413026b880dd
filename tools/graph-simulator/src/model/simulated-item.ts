import type { Content } from './content.ts';

/** `package` is a notebook: neither file nor folder. `pointer` is a shortcut to an item of another drive. */
export type ItemKind = 'file' | 'folder' | 'package' | 'pointer';

/** What makes an item behave unlike others. */
export type ItemMark = {
  /** Downloads are refused and the item carries the `malware` facet. */
  readonly malware?: boolean;
  /** Checked out or open elsewhere: every change answers 423. */
  readonly locked?: boolean;
  /** What a download really gives; size and hash of the item still speak of `content` (HEIC, protected files). */
  readonly download?: Content;
};

/** Where a pointer leads. */
export type PointerTarget = {
  readonly driveId: string;
  readonly driveType: string;
  readonly item: SimulatedItem;
};

/** What a file held before. */
export type OlderVersion = {
  /** Counts from 1. */
  readonly number: number;
  readonly content: Content;
  /** When it was saved, milliseconds since 1970. */
  readonly modifiedAtMs: number;
};

/** One item as the drive keeps it. Only the drive model writes to it; everyone else reads. */
export type SimulatedItem = {
  readonly id: string;
  readonly guid: string;
  readonly kind: ItemKind;
  name: string;
  /** Undefined for the root only. A removed item keeps the parent it had. */
  parent: SimulatedItem | undefined;
  /** By lower-case name; undefined for files. */
  readonly children: Map<string, SimulatedItem> | undefined;
  content: Content | undefined;
  /** A file's own size; a folder's is the sum below it. */
  sizeBytes: number;
  /** Server times, milliseconds since 1970. */
  readonly createdAtMs: number;
  modifiedAtMs: number;
  /** Client times (`fileSystemInfo`), milliseconds since 1970. */
  clientCreatedAtMs: number;
  clientModifiedAtMs: number;
  /** Counts metadata and content changes. */
  eTagVersion: number;
  /** Counts content changes; of a folder, changes of any descendant. */
  cTagVersion: number;
  /** Position of the item's last change in the feed. */
  changeSeq: number;
  /** When that was; unlike `modifiedAtMs` it does not move with descendants. */
  changedAtMs: number;
  versions: number;
  /** Oldest first; the service keeps so many. */
  older: readonly OlderVersion[];
  /** Bytes held by older versions; they count against the quota. */
  olderVersionsBytes: number;
  /** How often content was committed: more than expected means a duplicated upload. */
  commits: number;
  removed: boolean;
  mark: ItemMark | undefined;
  readonly pointsTo: PointerTarget | undefined;
};

export function isInside(item: SimulatedItem, folder: SimulatedItem): boolean {
  for (let current: SimulatedItem | undefined = item; current !== undefined; current = current.parent) {
    if (current === folder) return true;
  }
  return false;
}

/** Names from just below the root down to the item; empty for the root. */
export function pathSegments(item: SimulatedItem): string[] {
  const segments: string[] = [];
  for (let current = item; current.parent !== undefined; current = current.parent)
    segments.push(current.name);
  return segments.reverse();
}

/** `/a/b` of an item, for people and dumps. */
export function pathOf(item: SimulatedItem): string {
  return `/${pathSegments(item).join('/')}`;
}
