import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/**
 * Mounts something on a folder until the test ends.
 * @throws Error that says what is needed
 */
export function mount(folder: string, args: readonly string[], onFinished: (undo: () => void) => void): void {
  const { status, stderr } = spawnSync('mount', [...args, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`This test mounts file systems: run it as root (${stderr.trim()})`);
  onFinished(() => unmount(folder));
}

/** Makes an ext4 file system of 8 MiB in a file. */
export function makeImage(file: string, options: readonly string[] = []): void {
  run('truncate', '-s', '8M', file);
  run('mkfs.ext4', '-q', '-E', 'root_owner', ...options, file);
}

export function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}

export function unmount(folder: string): void {
  spawnSync('umount', ['-q', folder]);
}

/** As a user does, again when somebody is looking into it at that very moment. */
export async function unmountInUse(folder: string): Promise<void> {
  await expect
    .poll(() => spawnSync('umount', [folder], { encoding: 'utf8' }).stderr, { timeout: 5_000 })
    .toBe('');
}

/**
 * Until nothing has the image mounted any more: a namespace that another test made in the meantime has a copy of each mount, and keeps the
 * file system as it was.
 */
export async function untilReleased(image: string): Promise<void> {
  await expect
    .poll(() => spawnSync('losetup', ['--associated', image], { encoding: 'utf8' }).stdout, {
      timeout: 60_000,
    })
    .toBe('');
}
