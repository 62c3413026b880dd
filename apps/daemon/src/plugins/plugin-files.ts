/** The adapter behind `needs.files`: files in a folder that the user named, and nothing outside of it. */
import { constants, mkdirSync, realpathSync, statSync } from 'node:fs';
import { lstat, open, readdir, rename, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Failure, type FailureCode } from '@tidemark/contracts';
import { escaped, overlapOf } from '@tidemark/disk';
import { SetupError } from '@tidemark/plugin-host';
import type { Files } from '@tidemark/plugin-sdk';
import type { OwnPlace } from '../own-places.ts';

export interface PluginFilesOptions {
  readonly home: string;
  /** Where such a folder may neither lie nor lie around. */
  readonly places: readonly OwnPlace[];
  /** Bytes of its file system that are left free. */
  readonly reservedBytes: number;
}

const filesMax = 100_000;
/** What was not completed; another run removes it. */
const unfinished = '.tidemark-unfinished-';
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** The returned function throws SetupError: there is no such folder, or it is not for a plugin. */
export function createPluginFiles(options: PluginFilesOptions): (plugin: string, folder: string) => Files {
  return (plugin, folder) => filesIn(fitFolder(plugin, folder, options), options.reservedBytes);
}

/** Its path without links. */
function fitFolder(plugin: string, named: string, { home, places }: PluginFilesOptions): string {
  const cannot = (why: string, remedy: string): SetupError =>
    new SetupError(plugin, `it cannot keep files in "${escaped(named)}": ${why}`, remedy);
  const path = named.startsWith('~/') ? resolve(home, named.slice(2)) : named;
  if (!isAbsolute(path)) throw cannot('that is no whole path', 'Write one that begins with / or ~/');
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw cannot('there is no such folder', 'Make it, or mount the disk that it is on');
  for (const { what, path: place } of places)
    if (overlapOf(path, place) !== null)
      throw cannot(`it lies in ${what} ("${escaped(place)}"), or around it`, 'Name another folder');
  return realpathSync(path);
}

/** Of all plugins of this process, which may share a folder. */
const writing = new Set<string>();
let written = 0;

function filesIn(root: string, reservedBytes: number): Files {
  return {
    list: () =>
      attempt(root, 'list the files', async () => {
        const files: { path: string; sizeBytes: number }[] = [];
        const folders = [''];
        for (let above = folders.pop(); above !== undefined; above = folders.pop())
          for (const entry of await readdir(join(root, above), { withFileTypes: true })) {
            const path = above + entry.name;
            if (entry.isDirectory()) folders.push(`${path}/`);
            if (!entry.isFile()) continue;
            if (entry.name.startsWith(unfinished)) {
              if (!writing.has(join(root, path))) await rm(join(root, path), { force: true });
              continue;
            }
            if (files.length === filesMax) throw new RangeError(`there are more than ${filesMax}`);
            files.push({ path, sizeBytes: (await lstat(join(root, path))).size });
          }
        return files;
      }),
    write: (path, content) =>
      attempt(root, `write "${escaped(path)}"`, async () => {
        const place = join(root, checked(path));
        makeFolders(root, dirname(place));
        const name = join(dirname(place), `${unfinished}${process.pid}-${(written += 1)}`);
        writing.add(name);
        try {
          await fill(name, content, () => leaveFree(root, reservedBytes));
          await rename(name, place);
          await flush(dirname(place));
        } finally {
          await rm(name, { force: true });
          writing.delete(name);
        }
      }),
    remove: (path) =>
      attempt(root, `remove "${escaped(path)}"`, async () => {
        const place = join(root, checked(path));
        const above = dirname(place);
        if (statSync(above, { throwIfNoEntry: false }) === undefined) return;
        assertInside(root, above);
        await rm(place, { force: true });
        for (let folder = above; folder !== root; folder = dirname(folder))
          if (
            !(await rmdir(folder).then(
              () => true,
              () => false,
            ))
          )
            break;
      }),
  };
}

/** Throws RangeError. */
function checked(path: string): string {
  const isFine = (name: string): boolean =>
    !['', '.', '..'].includes(name) && !name.includes('\0') && !name.startsWith(unfinished);
  if (path.length <= 4_000 && path.split('/').every(isFine)) return path;
  throw new RangeError('it is no path of a file below the folder');
}

/** Those that are missing down to it; not the root, which is gone with its disk. */
function makeFolders(root: string, folder: string): void {
  if (folder !== root && statSync(folder, { throwIfNoEntry: false }) === undefined) {
    makeFolders(root, dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
  assertInside(root, folder);
}

/** A link on the way would lead elsewhere. */
function assertInside(root: string, folder: string): void {
  if (realpathSync(folder) !== folder) throw new RangeError(`a link leads out of "${escaped(root)}"`);
}

async function fill(
  path: string,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  leaveFreeSpace: () => Promise<void>,
): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    let unchecked = Infinity;
    for await (const chunk of content) {
      unchecked += chunk.length;
      if (unchecked > bytesBetweenChecks) {
        await leaveFreeSpace();
        unchecked = chunk.length;
      }
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

const bytesBetweenChecks = 8 * 1024 * 1024;

async function leaveFree(root: string, reservedBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize >= reservedBytes + bytesBetweenChecks) return;
  const detail = `Cannot write to "${escaped(root)}": less than ${reservedBytes} bytes would be left free (space_reservation)`;
  throw new Failure({ code: 'diskFull', detail });
}

async function flush(folder: string): Promise<void> {
  const directory = await open(folder, O_RDONLY | O_DIRECTORY);
  await directory.sync().finally(() => directory.close());
}

/** What the content throws as it is read passes as it is. */
async function attempt<Result>(root: string, action: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    const system = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isOurs = error instanceof RangeError;
    if (system === '' && !isOurs) throw error;
    const code = isOurs ? 'invalidRequest' : (codes.get(system) ?? 'diskDenied');
    const detail = `Cannot ${action} in "${escaped(root)}": ${error instanceof Error ? error.message : ''}`;
    throw new Failure({ code, detail }, { cause: error });
  }
}

const codes: ReadonlyMap<string, FailureCode> = new Map([
  ['ENOSPC', 'diskFull'],
  // EDQUOT, which Node has no name for.
  ['Unknown system error -122', 'diskFull'],
  ['EIO', 'diskFault'],
  ['EROFS', 'diskReadOnly'],
]);
