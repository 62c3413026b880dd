/**
 * Remembers which of LevelDB's tables a start has compared with their checksums, so that the next start need not read them
 * again. LevelDB never changes a table once it exists, so a table that is the same file has the same bytes, unless the medium rots.
 *
 * The list is there only after a log was closed in order, and opening takes it away: after a crash, which damage may have
 * caused, all tables are read.
 */
import type { BigIntStats } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './witness.ts';

/** What tells a file from one that was written, replaced or restored since. A rotten byte shows in none of it. */
export const identityOf = (name: string, { size, mtimeNs, ctimeNs, ino }: BigIntStats): string =>
  `${name} ${size} ${mtimeNs} ${ctimeNs} ${ino}`;

/** The identities, which count once. */
export async function takeCheckedTables(folder: string): Promise<ReadonlySet<string>> {
  const path = join(folder, 'checked');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  if (text === '') return new Set();
  await rm(path);
  await syncFolder(folder);
  return new Set(text.split('\n'));
}

/** Without the list a start reads all tables, so a full disk is no reason why a log cannot be closed. */
export async function keepCheckedTables(folder: string, identities: readonly string[]): Promise<void> {
  const unfinished = join(folder, 'checked.new');
  try {
    await writeFile(unfinished, identities.map((identity) => `${identity}\n`).join(''), { mode: 0o600 });
    await rename(unfinished, join(folder, 'checked'));
  } catch {
    await rm(unfinished, { force: true }).catch(() => {});
  }
}
