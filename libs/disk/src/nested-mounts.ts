/**
 * Mounts inside the sync folder (I-10). The engine keeps what it expects where; anything else at such a place says nothing about
 * what was there, and what is mounted newly is told and left alone until it is expected.
 */
import { closeSync, openSync } from 'node:fs';
import { linkStamp, type LocalId, type LocalRow, type NestedMount } from '@tidemark/contracts';
import { failure } from './errno.ts';
import { fileSystemOf } from './file-system.ts';
import type { Folder } from './folders.ts';
import type { FollowedLink, Links } from './links.ts';
import { openFolder } from './open-flags.ts';
import { pathBelow } from './path-names.ts';

export interface Mounts {
  /** Paths on which something is mounted, as of the last look at them. */
  points: ReadonlySet<string>;
  /** By path. Null: the caller has not said; then whatever is mounted is looked into. */
  expected: ReadonlyMap<string, NestedMount> | null;
  /** Links that are followed, as of the last look at them. */
  readonly links: Links;
}

/** Why what stands at the path is not what is expected there; null when it is. */
export function strangerAt({ points, expected }: Mounts, path: string, id: LocalId): string | null {
  if (expected === null) return null;
  const isPoint = points.has(path);
  const known = expected.get(path);
  if (known === undefined) return isPoint ? 'what is mounted here was not looked at yet' : null;
  // Where a link led elsewhere there is a folder now: the user's own doing.
  if (known.id === id || known.target !== undefined) return null;
  if (known.fileSystem === null) return isPoint ? 'something is mounted over it' : null;
  return isPoint ? another : missing;
}

/** @throws Failure when something else stands there: nothing is written into it. */
export function refuseStranger(mounts: Mounts, action: string, path: string, id: LocalId): void {
  const why = strangerAt(mounts, path, id);
  if (why !== null) throw failure('diskDenied', action, path, why);
}

/** @throws Failure when the caller means the folder that is expected at the path, and `there` is in its place. */
export function refuseReplaced(
  mounts: Mounts,
  action: string,
  path: string,
  meant: LocalId,
  there: LocalId,
): void {
  if (there !== meant && mounts.expected?.get(path)?.id === meant)
    refuseStranger(mounts, action, path, there);
}

const missing = 'the file system that was mounted here is missing';
const another = 'another file system is mounted here';
const replaced = 'a link to another file system has taken the place of a synced folder';

/** The places of mounts in one scan. */
export interface MountScan {
  /** What is to be reported of a folder: its row, that of the expected one (whose inside is unknown), or nothing yet. */
  judge(folder: Folder, row: LocalRow): LocalRow | null;
  /** The same of the folder that a link leads to. One on another file system counts as mounted there. */
  judgeLink(folder: Folder, row: LocalRow, link: FollowedLink): LocalRow | null;
  /** Expected directly inside the folder, and not among the names that were met. */
  absentIn(folder: Folder, met: ReadonlySet<string>): LocalRow[];
  /** Met and not expected. */
  readonly met: readonly NestedMount[];
  /** Identities whose inside is unknown, beside those that were doubted. */
  unknown(): LocalId[];
}

export function createMountScan(
  mounts: Mounts,
  doubt: (id: LocalId, path: string, why: string) => void,
): MountScan {
  const met = new Map<string, NestedMount>();
  const covered = new Set<LocalId>();
  const verified = new Set<string>();

  return {
    judge(folder, row) {
      const path = pathBelow(folder.path, row.name);
      const isPoint = mounts.points.has(path);
      const known = mounts.expected?.get(path);
      if (mounts.expected === null || (!isPoint && known === undefined)) return row;
      if (known === undefined) {
        met.set(path, { path, id: row.id, fileSystem: mountedAt(folder.base + row.name) });
        covered.add(folder.id);
        return null;
      }
      const isOther =
        strangerAt(mounts, path, row.id) !== null ||
        (isPoint && known.fileSystem !== null && known.fileSystem !== mountedAt(folder.base + row.name));
      if (!isOther) {
        verified.add(path);
        return row;
      }
      doubt(known.id, path, strangerAt(mounts, path, row.id) ?? another);
      return expectedRow(folder, row.name, known);
    },
    judgeLink(folder, row, link) {
      const path = pathBelow(folder.path, row.name);
      const known = mounts.expected?.get(path);
      if (mounts.expected === null || (known === undefined && link.mount === '')) return row;
      if (known !== undefined && known.id === row.id) return row;
      if (known === undefined || (known.target !== undefined && known.target !== link.target)) {
        if (link.mount === '') return row;
        const fileSystem = mountedAt(link.target);
        met.set(path, { path, id: row.id, fileSystem, target: link.target });
        covered.add(folder.id);
        return null;
      }
      doubt(known.id, path, known.target === undefined ? replaced : missing);
      return expectedRow(folder, row.name, known);
    },
    absentIn(folder, names) {
      const rows: LocalRow[] = [];
      for (const known of mounts.expected?.values() ?? []) {
        const name = nameIn(folder, known.path);
        if (name === null || names.has(name) || known.fileSystem === null || known.target !== undefined)
          continue;
        doubt(known.id, known.path, missing);
        rows.push(expectedRow(folder, name, known));
      }
      return rows;
    },
    get met() {
      return [...met.values()];
    },
    unknown() {
      const ids = [...covered];
      for (const { path, id, fileSystem, target } of mounts.expected?.values() ?? [])
        if (fileSystem !== null && target === undefined && !verified.has(path)) ids.push(id);
      return ids;
    },
  };
}

/** Known to the engine as it is, so this is no news. */
const expectedRow = (folder: Folder, name: string, { id, target }: NestedMount): LocalRow => ({
  ...{ id, parentId: folder.id, name },
  kind: 'folder',
  ...{ sizeBytes: 0, modifiedAt: 0, stamp: target === undefined ? '' : linkStamp, hash: null },
});

/** Null when the path does not lie directly in the folder. */
function nameIn(folder: Folder, path: string): string | null {
  const start = folder.path === '' ? 0 : folder.path.length + 1;
  if (folder.path !== '' && !path.startsWith(`${folder.path}/`)) return null;
  const name = path.slice(start);
  return name.includes('/') ? null : name;
}

/** Which file system is mounted there. Where the system does not tell, the folder alone has to do. */
function mountedAt(path: string): string {
  const fd = openSync(path, openFolder);
  try {
    return fileSystemOf(fd) ?? 'unknown';
  } finally {
    closeSync(fd);
  }
}
