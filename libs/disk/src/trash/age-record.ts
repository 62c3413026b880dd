/** `.ages` in the trash: what the looks so far have seen of it. */
import { closeSync, fstatSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { errnoOf } from '../errno.ts';
import { isFile } from '../identity.ts';
import { openToRead } from '../open-flags.ts';
import type { OpenFolder } from '../workspace.ts';
import { type Ages, agesIn } from './ages.ts';

const agesFile = '.ages';
const agesMaxBytes = 1_000_000n;

/** Null when there is none that can be trusted. Throws system errors. */
export function readAges(trash: OpenFolder): Ages | null {
  let fd: number;
  try {
    fd = openSync(trash.base + agesFile, openToRead);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    return isFile(stats) && stats.size <= agesMaxBytes ? agesIn(readFileSync(fd, 'utf8')) : null;
  } finally {
    closeSync(fd);
  }
}

/** Not flushed: what a power cut leaves is older, or nothing, and makes the trash younger. */
export function writeAges(trash: OpenFolder, ages: Ages): void {
  const file = trash.base + agesFile;
  if (Object.keys(ages.days).length === 0) return rmSync(file, { force: true });
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, JSON.stringify(ages), { mode: 0o600, flag: 'wx' });
  renameSync(`${file}.new`, file);
}
