/**
 * Looks at LevelDB's own files before LevelDB does, because on opening it drops what it cannot read, without a word, and
 * rewrites the rest: afterwards there would be nothing left to keep as evidence.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LogDamage } from './damage.ts';
import { brokenRecordAt } from './record-file.ts';

/** `none`: there is no log yet. Throws LogDamage. */
export async function checkFiles(folder: string, witnessed: boolean): Promise<'none' | 'some'> {
  const mark = await readFile(join(folder, 'damaged'), 'utf8').catch(absent);
  if (mark !== undefined) throw new LogDamage(0, `damage was found earlier: ${mark.trim()}`);
  const logFolder = join(folder, 'log');
  const names = (await readdir(logFolder).catch(absent)) ?? [];
  if (!names.includes('CURRENT')) {
    if (!witnessed && !(await holdsEvents(logFolder, names))) return 'none';
    throw new LogDamage(0, 'the log folder or its file CURRENT is missing');
  }
  const current = (await readFile(join(logFolder, 'CURRENT'), 'latin1')).trimEnd();
  if (!names.includes(current)) throw new LogDamage(0, 'CURRENT names a file that does not exist');
  for (const name of names.filter((one) => one === current || one.endsWith('.log'))) {
    const offset = brokenRecordAt(await readFile(join(logFolder, name)));
    if (offset !== undefined) throw new LogDamage(0, `${name} is damaged at byte ${offset}`);
  }
  return 'some';
}

/** A first start that was interrupted leaves files behind, but none with content. */
async function holdsEvents(logFolder: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) {
    if (name.endsWith('.ldb')) return true;
    if (name.endsWith('.log') && (await stat(join(logFolder, name))).size > 0) return true;
  }
  return false;
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
