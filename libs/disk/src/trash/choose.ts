/** What of the trash goes, and why: the one place that decides it. Pure. */
import type { PruneReason } from '@tidemark/contracts';
import { thinnedOut } from './staircase.ts';

/** A file in the trash. */
export interface TrashEntry {
  /** `<day>/<operation>/<name>` */
  readonly trash: string;
  /** Of the path that it had; null when unknown. */
  readonly pathKey: string | null;
  /** Nothing else has these bytes: they go when they are overdue, and are not counted for the bound. */
  readonly isOnlyCopy: boolean;
  /** What its end frees: nothing while the file has another name elsewhere. */
  readonly sizeBytes: number;
  /** When it came: its change time, which cannot be set. Milliseconds since 1970. */
  readonly at: number;
}

export interface Chosen<Entry extends TrashEntry> {
  readonly entry: Entry;
  readonly why: PruneReason;
}

export interface TrashLimits {
  /** In the trash for long enough. */
  readonly isOverdue: (entry: TrashEntry) => boolean;
  /** For all that stays, each file with `entryBytes` beside its content. */
  readonly sizeMax: number;
  /** To be freed, as the disk has less free space than it should. */
  readonly missingBytes: number;
  /** To be freed beside that for a download, if all that may go is enough for it: else it would go in vain. */
  readonly wantedBytes: number;
  /** Nothing about it has to happen now: a command may still work with it, or it could not be removed. */
  readonly isSpared: (entry: TrashEntry) => boolean;
}

/** What a file takes beside its content, however small that is: a folder, and its own record. */
export const entryBytes = 8192;

const weightOf = ({ sizeBytes }: TrashEntry): number => sizeBytes + entryBytes;

/**
 * The oldest first. Above the bound a file that would not fit by itself goes before the others, since all of them would have to
 * make room for it in vain.
 */
export function choose<Entry extends TrashEntry>(
  entries: readonly Entry[],
  { isOverdue, sizeMax, missingBytes, wantedBytes, isSpared }: TrashLimits,
): Chosen<Entry>[] {
  const oldestFirst = entries.toSorted((a, b) => a.at - b.at || (a.trash < b.trash ? -1 : 1));
  const bounded = oldestFirst.filter(({ isOnlyCopy }) => !isOnlyCopy);
  const whys = new Map<Entry, PruneReason>();
  let total = 0;
  let freeable = 0;
  for (const entry of bounded) {
    total += weightOf(entry);
    if (!isSpared(entry)) freeable += entry.sizeBytes;
  }
  let missing = freeable < missingBytes + wantedBytes ? missingBytes : missingBytes + wantedBytes;
  const take = (entry: Entry, why: PruneReason): void => {
    if (whys.has(entry) || isSpared(entry)) return;
    whys.set(entry, why);
    if (!entry.isOnlyCopy) total -= weightOf(entry);
    missing -= entry.sizeBytes;
  };
  for (const entry of oldestFirst) if (isOverdue(entry)) take(entry, 'overdue');
  for (const versions of byPath(bounded)) for (const entry of thinnedOut(versions)) take(entry, 'thinned');
  if (total > sizeMax) for (const entry of bounded) if (weightOf(entry) > sizeMax) take(entry, 'full');
  for (const entry of bounded) {
    if (total > sizeMax) take(entry, 'full');
    else if (missing > 0 && entry.sizeBytes > 0) take(entry, 'space');
  }
  return oldestFirst.flatMap((entry) => {
    const why = whys.get(entry);
    return why === undefined ? [] : [{ entry, why }];
  });
}

function byPath<Entry extends TrashEntry>(entries: readonly Entry[]): Iterable<readonly Entry[]> {
  const byKey = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.pathKey === null) continue;
    const versions = byKey.get(entry.pathKey);
    if (versions === undefined) byKey.set(entry.pathKey, [entry]);
    else versions.push(entry);
  }
  return byKey.values();
}
