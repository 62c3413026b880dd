/** File systems of their own, so that they can be full, read-only or gone without harm to the machine. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { cutPower } from '@tidemark/test-e2e';

/** An ext4 file system in a file. */
export type FileSystem = {
  /** A folder that shows a part of it. */
  readonly volume: (name: string) => Volume;
  readonly close: () => void;
};

/** What happens to a volume happens to all of its file system, but for what is done to `folder` alone. */
export type Volume = {
  readonly folder: string;
  /** Takes all space but so many bytes. */
  readonly fill: (leaveBytes: number) => void;
  readonly free: () => void;
  /** `folder` alone. @returns false when a file is open for writing, so that the system refuses */
  readonly makeReadOnly: () => boolean;
  readonly makeWritable: () => void;
  /** `folder` alone, as when a disk is pulled out: the bare mount point is left, those who are inside stay inside. */
  readonly vanish: () => void;
  readonly comeBack: () => void;
  /** Neither vanished nor failed. */
  readonly isThere: () => boolean;
  /** What the system does by itself after an error of the disk: nothing can be written any more, and not all be read. */
  readonly fail: () => void;
  /** Mounts it anew. No process may have it open. */
  readonly repair: () => void;
  /** What was not flushed is lost, and it is mounted again. No process may have it open. */
  readonly cutPower: () => void;
};

/** @throws Error that says what is needed */
export function openFileSystem(base: string, name: string, megabytes: number): FileSystem {
  const image = join(base, `${name}.image`);
  const whole = join(base, `${name}.disk`);
  const ballast = join(whole, 'ballast');
  let isFull = false;
  let hasFailed = false;
  const free = (): void => {
    isFull = false;
    if (!hasFailed) rmSync(ballast, { force: true });
  };
  const shown: Pick<Volume, 'vanish' | 'comeBack'>[] = [];
  mkdirSync(whole);
  run('truncate', '-s', `${megabytes}M`, image);
  run('mkfs.ext4', '-q', '-m', '0', '-E', 'root_owner', image);
  const mount = (): void => run('mount', '-o', `loop,${options}`, image, whole);
  const repair = (): void => {
    for (const part of shown) part.vanish();
    run('umount', whole);
    mount();
    hasFailed = false;
    for (const part of shown) part.comeBack();
    // It could not be removed, or its removal was not flushed.
    if (!isFull) free();
  };
  mount();
  return {
    volume(part) {
      const folder = join(base, part);
      const source = join(whole, part);
      let isThere = false;
      mkdirSync(folder);
      mkdirSync(source, { mode: 0o700 });
      // A power cut of the first second would take the folder itself.
      run('sync', '-f', source);
      const comeBack = (): void => {
        if (isThere) return;
        run('mount', '--bind', source, folder);
        isThere = true;
      };
      const vanish = (): void => {
        if (!isThere) return;
        run('umount', '-l', folder);
        isThere = false;
      };
      comeBack();
      shown.push({ vanish, comeBack });
      return {
        folder,
        fill: (leaveBytes) => {
          if (hasFailed) return;
          isFull = true;
          const most = freeIn(whole) - leaveBytes - listsOfBlocks;
          if (most > 0) run('fallocate', '-l', String(most), ballast);
          try {
            while (freeIn(whole) > leaveBytes) appendFileSync(ballast, Buffer.alloc(4096), { flush: true });
          } catch (error) {
            if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
          }
        },
        free,
        makeReadOnly: () => isThere && attempt('mount', '-o', 'remount,bind,ro', folder) === '',
        makeWritable: () => void (isThere && run('mount', '-o', 'remount,bind,rw', folder)),
        vanish,
        comeBack,
        isThere: () => isThere && !hasFailed,
        fail: () => {
          run('mount', '-o', 'remount,abort', whole);
          hasFailed = true;
        },
        repair,
        cutPower: () => {
          if (!hasFailed) cutPower(whole);
          repair();
        },
      };
    },
    close: () => {
      for (const part of shown) part.vanish();
      attempt('umount', '-l', whole);
    },
  };
}

/** Names become durable every second, and contents not before somebody flushes them: the more a power cut can spoil. */
const options = 'commit=1,noauto_da_alloc';

/** What a large file takes besides its blocks. */
const listsOfBlocks = 1 << 20;

function freeIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function run(command: string, ...args: readonly string[]): void {
  const trouble = attempt(command, ...args);
  if (trouble !== '') throw new Error(`${command} ${args.join(' ')} (needs root): ${trouble}`);
}

/** @returns what it complains of; empty when it went well */
function attempt(command: string, ...args: readonly string[]): string {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return '';
  return error?.message ?? (stderr.trim() || `exit code ${status}`);
}
