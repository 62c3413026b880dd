/** The files of a folder by size and time, which they keep wherever they are moved to. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@tidemark/contracts';
import { errnoOf } from '@tidemark/disk';

export type FilesByTrace = ReadonlyMap<string, readonly string[]>;

/** @param modifiedAt in seconds since 1970 */
export const traceOf = (sizeBytes: number, modifiedAt: number): string => `${sizeBytes} ${modifiedAt}`;

/** One look serves the deletions of so long. */
const keptMs = 3_000;
const breathFiles = 500;

/**
 * Of a folder by its absolute path, without the paths in it that are named. What cannot be looked at is left out. `scannedAt`: when the scan
 * ended that missed the files; a look from before it may have been before they were moved.
 */
export type LookForFiles = (
  root: string,
  but: ReadonlySet<string>,
  scannedAt: number | null,
) => Promise<FilesByTrace>;

interface Look {
  readonly at: number;
  readonly scannedAt: number | null;
  readonly files: Promise<FilesByTrace>;
}

export function filesBelow(clock: Pick<Clock, 'monotonic'>): LookForFiles {
  const looks = new Map<string, Look>();
  return (root, but, scannedAt) => {
    const known = looks.get(root);
    const at = clock.monotonic();
    if (known !== undefined && known.scannedAt === scannedAt && at - known.at < keptMs) return known.files;
    const files = look(root, but);
    looks.set(root, { at, scannedAt, files });
    return files;
  };
}

async function look(root: string, but: ReadonlySet<string>): Promise<FilesByTrace> {
  const files = new Map<string, string[]>();
  const todo = [''];
  let breath = 0;
  for (let folder = todo.pop(); folder !== undefined; folder = todo.pop()) {
    for (const entry of unless(() => readdirSync(join(root, folder), { withFileTypes: true })) ?? []) {
      if (++breath % breathFiles === 0) await setImmediate();
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !but.has(path)) todo.push(path);
      else if (entry.isFile()) add(path);
    }
  }
  return files;

  function add(path: string): void {
    const stats = unless(() => lstatSync(join(root, path)));
    if (stats === null) return;
    const trace = traceOf(stats.size, Math.floor(stats.mtimeMs / 1000));
    const others = files.get(trace);
    if (others === undefined) files.set(trace, [path]);
    else others.push(path);
  }
}

function unless<Result>(look: () => Result): Result | null {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
