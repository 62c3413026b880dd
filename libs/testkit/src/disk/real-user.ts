/** The user of a real folder, for the conformance suite. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  type Stats,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DiskUser, TreeEntry } from './simulated-user.ts';

const nothing = new Uint8Array(0);

/** @param trash absolute path of the trash */
/** @param sources absolute path of the folder that holds what is mounted */
export function createRealUser(root: string, trash: () => string, sources: string): DiskUser {
  const outside = join(sources, '../outside');
  const at = (path: string): string => join(path.startsWith('/') ? outside : root, path);
  const write = (file: string, bytes: Uint8Array, flags: number, modifiedAt: number | undefined): void => {
    const fd = openSync(file, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW | flags, 0o644);
    writeFileSync(fd, bytes);
    closeSync(fd);
    if (modifiedAt !== undefined) utimesSync(file, String(modifiedAt), String(modifiedAt));
  };

  return {
    write: (path, bytes, modifiedAt) => write(at(path), bytes, constants.O_CREAT, modifiedAt),
    replace(path, bytes, modifiedAt) {
      const temporary = at(`${path}.saving`);
      write(temporary, bytes, constants.O_CREAT | constants.O_EXCL, modifiedAt);
      try {
        renameSync(temporary, at(path));
      } catch (error) {
        unlinkSync(temporary);
        throw error;
      }
    },
    makeFolder: (path) => {
      mkdirSync(at(path));
    },
    rename: (path, toPath) => renameSync(at(path), at(toPath)),
    remove: (path) => rmSync(at(path), { recursive: true }),
    link: (path, newPath) => linkSync(at(path), at(newPath)),
    symlink: (path, target) => symlinkSync(target.startsWith('/') ? at(target) : target, at(path)),
    setModifiedAt: (path, modifiedAt) => lutimesSync(at(path), String(modifiedAt), String(modifiedAt)),
    mount(path, source) {
      if (process.geteuid?.() !== 0) throw new Error('This test mounts folders: run it as root');
      mkdirSync(join(sources, source), { recursive: true });
      execFileSync('mount', ['--bind', join(sources, source), at(path)]);
    },
    unmount: (path) => {
      execFileSync('umount', [at(path)]);
    },
    read(path) {
      try {
        return new Uint8Array(readFileSync(at(path)));
      } catch {
        return null;
      }
    },
    tree: () => treeBelow(root, (path) => path.startsWith('.tidemark-staging')),
    trashContents() {
      const files = new Map<string, Uint8Array>();
      for (const [path, entry] of treeBelow(trash(), () => false))
        if (entry.kind === 'file') files.set(path, entry.bytes);
      return files;
    },
  };
}

function treeBelow(root: string, isOwn: (path: string) => boolean): Map<string, TreeEntry> {
  const entries = new Map<string, TreeEntry>();
  const walk = (prefix: string): void => {
    for (const name of readdirSync(join(root, prefix)).sort()) {
      const path = prefix + name;
      if (isOwn(path)) continue;
      const kind = kindOf(lstatSync(join(root, path)));
      const bytes = kind === 'file' ? new Uint8Array(readFileSync(join(root, path))) : nothing;
      entries.set(path, { kind, bytes });
      if (kind === 'folder') walk(`${path}/`);
    }
  };
  walk('');
  return entries;
}

function kindOf(stats: Stats): TreeEntry['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'symlink' : 'special';
}
