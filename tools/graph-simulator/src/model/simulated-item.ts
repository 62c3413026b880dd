import type { Content } from './content.ts';

/** `package` is a notebook: neither file nor folder. */
export type ItemKind = 'file' | 'folder' | 'package';

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
  /** Bytes held by older versions; they count against the quota. */
  olderVersionsBytes: number;
  /** How often content was committed: more than expected means a duplicated upload. */
  commits: number;
  removed: boolean;
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
