/**
 * Copies a log, also while a daemon writes it: for a rehearsal, which goes on writing in its copy.
 *
 * Why a copy of a live LevelDB is sound: tables (`.ldb`) never change once they exist, `.log` and `MANIFEST` only grow,
 * `CURRENT` is replaced by a rename. So a copy is a true earlier state if no table, log or manifest came or went while
 * it was made; that is compared before and after, and the copy is made again if it differs. A last record that was cut
 * in half is dropped like after a crash. The head witness is copied first, so the copy may be ahead of it, never behind;
 * a mistake in this reasoning would show as a broken chain, not as a shorter history.
 */
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { diskFailure } from './damage.ts';

const ATTEMPTS_MAX = 50;

/** Copies a log that may be in use to a folder that does not exist or is empty. Throws Failure. */
export async function copyLog(folder: string, toFolder: string): Promise<void> {
  const from = join(folder, 'log');
  const to = join(toFolder, 'log');
  const action = `Cannot copy the event log in "${folder}"`;
  try {
    await mkdir(toFolder, { recursive: true, mode: 0o700 });
    if ((await readdir(toFolder)).length > 0) throw new Error(`"${toFolder}" is not empty`);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      await copyIfThere(join(folder, 'head'), join(toFolder, 'head'));
      await copyIfThere(join(folder, 'damaged'), join(toFolder, 'damaged'));
      const before = await structureOf(from);
      await mkdir(to, { mode: 0o700 });
      const copied = await Promise.all(
        before.names.map((name) => copyIfThere(join(from, name), join(to, name))),
      );
      const after = await structureOf(from);
      if (copied.every(Boolean) && after.fingerprint === before.fingerprint) return;
      await rm(to, { recursive: true });
    }
  } catch (error) {
    throw diskFailure(action, error);
  }
  throw new Failure({
    code: 'diskFault',
    detail: `${action}: it kept changing, ${ATTEMPTS_MAX} times in a row`,
  });
}

/** What tells whether files came or went. LevelDB's own diary (`LOG`) and lock hold no data. */
async function structureOf(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly fingerprint: string }> {
  const names = (await readdir(folder))
    .filter((name) => /^(CURRENT|MANIFEST-.*|.*\.log|.*\.ldb)$/.test(name))
    .sort();
  const manifests = names.filter((name) => name.startsWith('MANIFEST-'));
  const sizes = await Promise.all(manifests.map(async (name) => (await stat(join(folder, name))).size));
  return { names, fingerprint: [...names, ...sizes].join(' ') };
}

async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
