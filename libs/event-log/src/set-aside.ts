/** Puts a damaged log aside, whole. */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFailure } from './damage.ts';
import { syncFolder } from './witness.ts';

/**
 * The order matters when it is interrupted: the archives go first, since those without a log count as strays; and as long as the witness is there and the log is not, or the mark is there, the
 * next opening comes here again.
 */
export const PARTS: readonly string[] = ['archive', 'log', 'head', 'checked', 'damaged'];

/** Returns the new folder. The lock must be held. */
export async function setAside(folder: string, nowMs: number): Promise<string> {
  try {
    const keptAt = await freshFolder(
      join(folder, `damaged-${new Date(nowMs).toISOString().replaceAll(':', '-')}`),
    );
    for (const part of PARTS) await renameIfThere(join(folder, part), join(keptAt, part));
    await syncFolder(keptAt);
    await syncFolder(folder);
    return keptAt;
  } catch (error) {
    throw diskFailure('Cannot put the damaged event log aside', error);
  }
}

async function freshFolder(wanted: string, attempt = 1): Promise<string> {
  const path = attempt === 1 ? wanted : `${wanted}-${attempt}`;
  try {
    await mkdir(path, { mode: 0o700 });
    return path;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return freshFolder(wanted, attempt + 1);
    throw error;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: unknown) => {
    if (!hasCode(error, 'ENOENT')) throw error;
  });
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
