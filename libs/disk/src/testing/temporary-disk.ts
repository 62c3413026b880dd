/** A disk over a fresh temporary folder, for the tests of this library. */
import { randomBytes, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, type FailureCode, type LocalRow, type ScanEnd, type Staged } from '@tidemark/contracts';
import { createDisk, type DiskOptions, type FolderDisk } from '../index.ts';

export interface TemporaryDisk extends AsyncDisposable {
  readonly disk: FolderDisk;
  readonly root: string;
  readonly state: string;
  /** Holds `root` and `state`. */
  readonly parent: string;
  /** Another disk on the same folder, as a new process would have; the first one is left as it is. */
  again(options?: Partial<DiskOptions>): Promise<FolderDisk>;
  dispose(): Promise<void>;
}

export async function createTemporaryDisk(options: Partial<DiskOptions> = {}): Promise<TemporaryDisk> {
  const parent = mkdtempSync(join(tmpdir(), 'tidemark-disk-'));
  const root = options.root ?? join(parent, 'root');
  const state = options.stateFolder ?? join(parent, 'state');
  mkdirSync(root, { recursive: true });
  const opened: FolderDisk[] = [];
  const open = (more: Partial<DiskOptions> = {}): FolderDisk => {
    const disk = createDisk({
      root,
      stateFolder: state,
      fileMode: 0o600,
      folderMode: 0o700,
      setPermissions: true,
      reservedBytes: 0,
      clock: { now: () => Date.now(), monotonic: () => performance.now(), sleep: async () => {} },
      random: {
        bytes: (count) => randomBytes(count),
        uuid: () => randomUUID(),
        fraction: () => Math.random(),
      },
      ...options,
      ...more,
    });
    opened.push(disk);
    return disk;
  };
  const disk = open();
  await disk.root({ mark: true });
  const dispose = async (): Promise<void> => {
    for (const each of opened) await each.close();
    rmSync(parent, { recursive: true, force: true });
  };
  return {
    disk,
    root,
    state,
    parent,
    async again(more) {
      const another = open(more);
      await another.root({ mark: false });
      return another;
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

export async function stagedWith(disk: FolderDisk, key: string, content: string): Promise<Staged> {
  const staged = await disk.stage(key, content.length);
  await staged.write(Buffer.from(content));
  await staged.finish();
  return staged;
}

export const asNew = { expected: null, keepAs: null, modifiedAt: 1_600_000_000 } as const;

export async function rowAt(disk: FolderDisk, path: string): Promise<LocalRow> {
  const row = await disk.stat(path);
  if (row === null) throw new Error(`nothing is at ${path}`);
  return row;
}

export interface Scanned extends ScanEnd {
  /** The last listing of each folder. */
  readonly folders: ReadonlyMap<string, readonly LocalRow[]>;
  readonly rows: readonly LocalRow[];
}

/** @param between called after each batch */
export async function scanned(disk: FolderDisk, between: () => void = () => {}): Promise<Scanned> {
  const folders = new Map<string, readonly LocalRow[]>();
  for await (const part of disk.scan()) {
    if (!('folders' in part)) return { folders, rows: [...folders.values()].flat(), ...part };
    for (const { id, rows } of part.folders) folders.set(id, rows);
    between();
  }
  throw new Error('the scan did not end');
}

export async function codeOf(attempt: Promise<unknown>): Promise<FailureCode | 'ok'> {
  try {
    await attempt;
    return 'ok';
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

/** Contents of all files below, by path. */
export function filesBelow(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => lstatSync(join(folder, path)).isFile());
  return new Map(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
