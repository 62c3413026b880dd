/**
 * Looks at LevelDB's own files before LevelDB does, because on opening it drops what it cannot read, without a word, and
 * rewrites the rest: afterwards there would be nothing left to keep as evidence. Damaged tables even end the process.
 */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf } from './checked-tables.ts';
import { LogDamage } from './damage.ts';
import { type LiveFiles, liveFiles } from './manifest.ts';
import { brokenRecordAt } from './record-file.ts';
import { tableDamage } from './table-file.ts';

export interface CheckedFiles {
  /** There is a log. */
  readonly isThere: boolean;
  /** The tables that hold it and are as they were written, by their identities. */
  readonly tables: readonly string[];
}

/** `alreadyChecked`: identities of tables that need not be read. Throws LogDamage, and between two tables what the signal says. */
export async function checkFiles(
  folder: string,
  witnessed: boolean,
  alreadyChecked: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<CheckedFiles> {
  await checkMark(folder);
  const logFolder = join(folder, 'log');
  const names = (await readdir(logFolder).catch(absent)) ?? [];
  if (!names.includes('CURRENT')) {
    if (!witnessed && !(await holdsEvents(logFolder, names))) return { isThere: false, tables: [] };
    throw new LogDamage(0, 'the log folder or its file CURRENT is missing');
  }
  const live = await readManifest(logFolder, names);
  for (const name of names.filter((one) => one.endsWith('.log') && parseInt(one, 10) >= live.firstLog)) {
    checkRecords(name, await readFile(join(logFolder, name)));
  }
  return { isThere: true, tables: await checkTables(logFolder, names, live, alreadyChecked, signal) };
}

async function checkTables(
  logFolder: string,
  names: readonly string[],
  live: LiveFiles,
  alreadyChecked: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  // One buffer for all of them: as many as there are tables would wait for the collector side by side.
  let room = Buffer.alloc(0);
  const checked: string[] = [];
  for (const [number, { sizeBytes }] of live.tables) {
    signal?.throwIfAborted();
    const name = names.find((one) => one.endsWith('.ldb') && parseInt(one, 10) === number);
    if (name === undefined) throw new LogDamage(0, `table ${number} is missing`);
    const path = join(logFolder, name);
    // Before its bytes are read: what changes meanwhile has another identity by then.
    const identity = identityOf(name, await stat(path, { bigint: true }));
    checked.push(identity);
    if (alreadyChecked.has(identity)) continue;
    if (isTableSize(sizeBytes) && sizeBytes > room.length) room = Buffer.allocUnsafeSlow(sizeBytes);
    const table = isTableSize(sizeBytes) ? await readInto(room, path, sizeBytes) : undefined;
    const damage = table === undefined ? `its size is not ${sizeBytes} bytes` : tableDamage(table);
    if (damage !== undefined) throw new LogDamage(0, `${name} is damaged: ${damage}`);
  }
  return checked;
}

/** Throws LogDamage when damage was found while the log was read. */
export async function checkMark(folder: string): Promise<void> {
  const mark = await readFile(join(folder, 'damaged'), 'utf8').catch(absent);
  if (mark !== undefined) throw new LogDamage(0, `damage was found earlier: ${mark.trim()}`);
}

export async function readManifest(logFolder: string, names: readonly string[]): Promise<LiveFiles> {
  const current = (await readFile(join(logFolder, 'CURRENT'), 'latin1')).trimEnd();
  if (!names.includes(current)) throw new LogDamage(0, 'CURRENT names a file that does not exist');
  const manifest = await readFile(join(logFolder, current));
  checkRecords(current, manifest);
  try {
    return liveFiles(manifest);
  } catch (error) {
    if (error instanceof RangeError) throw new LogDamage(0, `${current} cannot be read`, error);
    throw error;
  }
}

export function checkRecords(name: string, file: Buffer): void {
  const offset = brokenRecordAt(file);
  if (offset !== undefined) throw new LogDamage(0, `${name} is damaged at byte ${offset}`);
}

/** LevelDB ends a table at 2 MiB, or behind one value that is larger. */
const isTableSize = (sizeBytes: number): boolean => sizeBytes <= tableBytesMax;
const tableBytesMax = 1 << 28;

/** The whole file, or undefined when it is of another size. */
async function readInto(room: Buffer, path: string, sizeBytes: number): Promise<Buffer | undefined> {
  const file = await open(path, 'r');
  try {
    if ((await file.stat()).size !== sizeBytes) return undefined;
    let end = 0;
    while (end < sizeBytes) {
      const { bytesRead } = await file.read(room, end, sizeBytes - end, end);
      if (bytesRead === 0) return undefined;
      end += bytesRead;
    }
    return room.subarray(0, end);
  } finally {
    await file.close();
  }
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
