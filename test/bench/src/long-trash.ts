/** A trash that lives for months in minutes: the real one, on a real file system, by a clock that is given. */
import fs, { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { createDisk } from '@tidemark/disk';

export interface LongTrash {
  /** An hour of a user: one file changes, and others are deleted. */
  hour(): Promise<void>;
  /** What a run looks at when all is at rest. */
  prune(): Promise<void>;
  measure(): TrashSize;
  close(): Promise<void>;
}

export interface TrashSize {
  readonly files: number;
  /** As `trash_size` counts. */
  readonly sizeBytes: number;
  /** Of the file that changes every hour. */
  readonly versions: number;
}

export interface LongTrashOptions {
  /** Made when missing. */
  readonly folder: string;
  readonly now: () => number;
  readonly trashDays: number;
  readonly trashBytesMax: number;
  readonly deletedPerHour: number;
}

const dayMs = 86_400_000;
const fileBytes = 4096;
/** Counted for a file beside its content. */
const entryBytes = 8192;
const hourly = 'changes every hour.txt';

export async function openLongTrash(options: LongTrashOptions): Promise<LongTrash> {
  const { folder, now, trashDays, trashBytesMax, deletedPerHour } = options;
  const root = join(folder, 'files');
  mkdirSync(root, { recursive: true });
  const undo = takeGivenTimes();
  const disk = createDisk({
    ...{ root, stateFolder: join(folder, 'state'), reservedBytes: 0 },
    ...{ fileMode: 0o600, folderMode: 0o700, setPermissions: true },
    clock: { now, monotonic: now, sleep: async () => {} },
    random: { bytes: (count) => randomBytes(count), uuid: () => randomUUID(), fraction: () => 0.5 },
  });
  await disk.root({ mark: true });
  const content = Buffer.alloc(fileBytes);
  let deleted = 0;

  async function toTrash(name: string): Promise<void> {
    writeFileSync(join(root, name), content);
    utimesSync(join(root, name), now() / 1000, now() / 1000);
    const row = await disk.stat(name);
    if (row === null) throw new Error(`${name} is not there`);
    await disk.remove(name, 'file', row);
  }

  return {
    async hour() {
      await toTrash(hourly);
      for (let more = 0; more < deletedPerHour; more += 1) await toTrash(`deleted ${(deleted += 1)}.txt`);
    },
    async prune() {
      const limits = { keepMs: trashDays * dayMs, sizeMax: trashBytesMax, forSpace: false, stepSize: 500 };
      await disk.pruneTrash({ ...limits, underWay: () => [], record: async () => {} });
    },
    measure() {
      const trash = disk.trashFolder();
      const paths = readdirSync(trash, { recursive: true, encoding: 'utf8' }).filter(isKept);
      const sizes = paths.map((path) => statSync(join(trash, path)).size + entryBytes);
      return {
        files: paths.length,
        sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
        versions: paths.filter((path) => basename(path) === hourly).length,
      };
    },
    async close() {
      await disk.close();
      undo();
    },
  };
}

/** `<day>/<operation>/<name>` */
const isKept = (path: string): boolean => path.split('/').length === 3;

/**
 * The trash goes by the change time of a file, which the kernel takes from its own clock and lets no program set. While this
 * lasts it is told the time of the last write in its place, which can be set. Returns what ends it.
 */
function takeGivenTimes(): () => void {
  const { lstatSync } = fs;
  const replace = (by: unknown): void => {
    Reflect.set(fs, 'lstatSync', by);
    syncBuiltinESMExports();
  };
  replace((...all: unknown[]): unknown => {
    const stats: unknown = Reflect.apply(lstatSync, fs, all);
    // Nothing but the trash asks for it in milliseconds.
    if (typeof stats === 'object' && stats !== null)
      Reflect.set(stats, 'ctimeMs', Reflect.get(stats, 'mtimeMs'));
    return stats;
  });
  return () => replace(lstatSync);
}
