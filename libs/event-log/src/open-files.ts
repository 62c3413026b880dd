/**
 * Holds the files of a log open that its writer may be changing, so that one state of it can be read in place.
 *
 * Why that is sound: tables (`.ldb`) never change once they exist, and what is open stays readable after LevelDB removed
 * it. Write-ahead files (`.log`) and `MANIFEST` only grow, `CURRENT` is replaced by a rename. So what was opened is a true
 * state if the manifest says the same afterwards; otherwise it is done again. A last record that is cut in half is
 * dropped like after a crash.
 */
import { type FileHandle, open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { checkRecords, readManifest } from './check-files.ts';
import { LogDamage } from './damage.ts';
import type { LiveTable } from './manifest.ts';

export interface OpenTable extends LiveTable {
  readonly name: string;
  readonly file: FileHandle;
}

export interface OpenFiles {
  readonly tables: readonly OpenTable[];
  /** Contents of the write-ahead files, oldest first. */
  readonly writeAhead: readonly Buffer[];
  /** What is missing or broken of what was opened. */
  readonly damage: LogDamage | undefined;
  close(): Promise<void>;
}

const ATTEMPTS_MAX = 50;

/** Throws LogDamage when the manifest cannot be read; Failure `diskFault` when it changes all the time. */
export async function openFiles(logFolder: string): Promise<OpenFiles> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const files = await openOnce(logFolder);
    if (files !== 'changed') return files;
  }
  throw new Failure({
    code: 'diskFault',
    detail: `Cannot read the event log in "${logFolder}": it kept changing, ${ATTEMPTS_MAX} times in a row`,
  });
}

async function openOnce(logFolder: string): Promise<OpenFiles | 'changed'> {
  const before = await fingerprint(logFolder);
  const tables: OpenTable[] = [];
  const close = async (): Promise<void> => {
    for (const { file } of tables) await file.close();
  };
  let damage: LogDamage | undefined;
  try {
    const live = await readManifest(logFolder, await readdir(logFolder));
    for (const [number, table] of live.tables) {
      const name = `${String(number).padStart(6, '0')}.ldb`;
      const file = await unlessAbsent(open(join(logFolder, name), 'r'));
      if (file === undefined) damage ??= new LogDamage(0, `table ${number} is missing`);
      else tables.push({ ...table, name, file });
    }
    const writeAhead: Buffer[] = [];
    const isLive = (name: string): boolean => name.endsWith('.log') && parseInt(name, 10) >= live.firstLog;
    // Later files are read later: what they hold comes behind the end of those before.
    for (const name of (await readdir(logFolder)).filter(isLive).sort(byNumber)) {
      const content = await unlessAbsent(readFile(join(logFolder, name)));
      if (content !== undefined) writeAhead.push(content);
      if (content !== undefined) damage ??= damageOf(() => checkRecords(name, content));
    }
    if ((await fingerprint(logFolder)) === before) return { tables, writeAhead, damage, close };
    await close();
    return 'changed';
  } catch (error) {
    await close();
    if ((await fingerprint(logFolder)) !== before) return 'changed';
    throw error;
  }
}

const byNumber = (one: string, other: string): number => parseInt(one, 10) - parseInt(other, 10);

/** LevelDB puts every change of what counts at the end of the manifest. */
async function fingerprint(logFolder: string): Promise<string> {
  const current = (await unlessAbsent(readFile(join(logFolder, 'CURRENT'), 'latin1')))?.trimEnd();
  if (current === undefined) return 'none';
  const manifest = await unlessAbsent(stat(join(logFolder, current)));
  return `${current} ${manifest?.ino} ${manifest?.size}`;
}

async function unlessAbsent<Value>(wanted: Promise<Value>): Promise<Value | undefined> {
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function damageOf(check: () => void): LogDamage | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof LogDamage) return error;
    throw error;
  }
}
