/** File systems of other kinds, each in a file. Needs root, loop devices and the mkfs of that kind. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How each is made; the path of the image comes last. */
const kinds = {
  /** Whole seconds, no birth times, no year after 2038. */
  'ext4 with small inodes': ['mkfs.ext4', '-q', '-I', '128'],
  /** Steps of two seconds, no links, no permissions, inode numbers made up at each mount. */
  FAT: ['mkfs.vfat'],
} as const;
export type FileSystemKind = keyof typeof kinds;

export interface MountedImage extends Disposable {
  /** Where it is mounted. */
  readonly folder: string;
  /** As after a restart: what the kernel remembered of it is forgotten. */
  remount(): void;
}

/** Why this machine cannot have one, or null. */
export function whyNot(kind: FileSystemKind): string | null {
  if (process.geteuid?.() !== 0) return 'only root mounts file systems';
  const [program] = kinds[kind];
  if (spawnSync(program, ['-V']).error !== undefined) return `${program} is not installed`;
  try {
    createImage(kind)[Symbol.dispose]();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function createImage(kind: FileSystemKind): MountedImage {
  const above = mkdtempSync(join(tmpdir(), 'tidemark-image-'));
  const [image, folder] = [join(above, 'image'), join(above, 'mounted')];
  const [program, ...args] = kinds[kind];
  const fd = openSync(image, 'w');
  ftruncateSync(fd, 32 << 20);
  closeSync(fd);
  mkdirSync(folder);
  const mount = (): void => void execFileSync('mount', ['-o', 'loop', image, folder], { stdio: 'pipe' });
  try {
    execFileSync(program, [...args, image], { stdio: 'pipe' });
    mount();
  } catch (error) {
    rmSync(above, { recursive: true });
    throw error;
  }
  return {
    folder,
    remount() {
      execFileSync('umount', [folder]);
      mount();
    },
    [Symbol.dispose]() {
      execFileSync('umount', ['--lazy', folder]);
      rmSync(above, { recursive: true });
    },
  };
}
