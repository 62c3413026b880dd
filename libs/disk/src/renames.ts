/** renameat2(2): exchange two names, or rename without replacing. Where it is missing the callers take the longer way with link(2). */
import { linkSync, lstatSync } from 'node:fs';
import { findNative } from './native.ts';

/** The first two answer whether it was done; the reason for a "no" is found out by the longer way. */
export interface Renames {
  /** Two names change owners; neither is ever absent. Nothing is done unless both exist. */
  exchange(from: Spot, to: Spot): boolean;
  /** Fails when the new name exists. */
  renameFree(from: Spot, to: Spot): boolean;
  /** link(2). @throws a system error, EEXIST when the new name exists */
  link(path: string, newPath: string): void;
}

export interface Spot {
  /** Descriptor of the folder. */
  readonly fd: number;
  readonly name: string;
}

const NOREPLACE = 1;
const EXCHANGE = 2;

type Rename = (fromFd: number, from: string, toFd: number, to: string, flags: number) => number;

export const longWayOnly: Renames = { exchange: () => false, renameFree: () => false, link: linkSync };

/** As on a file system that makes no links (FAT, many network drives). */
export const withoutLinks = (renames: Renames): Renames => ({
  ...renames,
  link(path, newPath) {
    // The kernel looks first whether the name is taken.
    const isTaken = lstatSync(newPath, { throwIfNoEntry: false }) !== undefined;
    const code = isTaken ? 'EEXIST' : 'EPERM';
    throw Object.assign(new Error(`${code}: link '${path}' -> '${newPath}'`), { code });
  },
});

/** @returns `longWayOnly` where the system or the runtime does not have it. */
export function findRenames(): Renames {
  const rename = loadRename();
  if (rename === null) return longWayOnly;
  return {
    exchange: (from, to) => rename(from.fd, from.name, to.fd, to.name, EXCHANGE) === 0,
    renameFree: (from, to) => rename(from.fd, from.name, to.fd, to.name, NOREPLACE) === 0,
    link: linkSync,
  };
}

let loaded: Rename | null | undefined;

function loadRename(): Rename | null {
  if (loaded === undefined) {
    const found = findNative({
      renameat2: { arguments: ['i32', 'string', 'i32', 'string', 'u32'], return: 'i32' },
    });
    loaded = found?.renameat2 ?? null;
  }
  return loaded;
}
