/** File systems of their own, so that they can be full, read-only or gone without harm to the machine. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** An ext4 file system in a file; `folder` shows a part of it. */
export type Volume = {
  readonly folder: string;
  /** Takes all space but so many bytes. */
  readonly fill: (leaveBytes: number) => void;
  readonly free: () => void;
  /** @returns false when a file is open for writing, so that the system refuses */
  readonly makeReadOnly: () => boolean;
  readonly makeWritable: () => void;
  /** As when a disk is pulled out: the bare mount point is left, those who are inside stay inside. */
  readonly vanish: () => void;
  readonly comeBack: () => void;
  readonly isThere: () => boolean;
  /** What the system does by itself after an error of the disk: nothing can be written any more. */
  readonly fail: () => void;
  /** Mounts it anew. No process may have it open. */
  readonly repair: () => void;
  readonly close: () => void;
};

/** @throws Error that says what is needed */
export function openVolume(base: string, name: string, megabytes: number): Volume {
  const [image, whole, folder] = [`${name}.image`, `${name}.disk`, name].map((part) => join(base, part)) as [
    string,
    string,
    string,
  ];
  const shown = join(whole, 'shown');
  const ballast = join(whole, 'ballast');
  let isThere = false;
  mkdirSync(whole);
  mkdirSync(folder);
  run('truncate', '-s', `${megabytes}M`, image);
  run('mkfs.ext4', '-q', '-m', '0', '-E', 'root_owner', image);
  run('mount', '-o', 'loop', image, whole);
  mkdirSync(shown, { mode: 0o700 });
  const comeBack = (): void => {
    if (isThere) return;
    run('mount', '--bind', shown, folder);
    isThere = true;
  };
  const vanish = (): void => {
    if (!isThere) return;
    run('umount', '-l', folder);
    isThere = false;
  };
  comeBack();
  return {
    folder,
    fill: (leaveBytes) => {
      const most = freeIn(whole) - leaveBytes - listsOfBlocks;
      if (most > 0) run('fallocate', '-l', String(most), ballast);
      try {
        while (freeIn(whole) > leaveBytes) appendFileSync(ballast, Buffer.alloc(4096), { flush: true });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    makeReadOnly: () => isThere && attempt('mount', '-o', 'remount,bind,ro', folder) === '',
    makeWritable: () => void (isThere && run('mount', '-o', 'remount,bind,rw', folder)),
    vanish,
    comeBack,
    isThere: () => isThere,
    fail: () => run('mount', '-o', 'remount,abort', whole),
    repair: () => {
      vanish();
      run('umount', whole);
      run('mount', '-o', 'loop', image, whole);
      comeBack();
    },
    close: () => {
      vanish();
      attempt('umount', '-l', whole);
    },
  };
}

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
