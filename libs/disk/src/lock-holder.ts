/** Which process holds a lock on a file or folder, as the kernel tells it: without opening it, which could be in the way of the holder. */
import { readFileSync, statSync, type BigIntStats } from 'node:fs';
import { errnoOf } from './errno.ts';

export interface LockHolder {
  readonly pid: number;
  /** Null where the system does not tell. */
  readonly uid: number | null;
  /** It shares the lock with others. */
  readonly isShared: boolean;
}

/** @returns the process that holds a lock on the file at this path; null when none does, there is no such file, or it cannot be told */
export function lockHolderAt(path: string): number | null {
  try {
    return lockHolderOf(statSync(path, { bigint: true }), 'any')?.pid ?? null;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

/** Null when the system does not tell, or the lock was given up meanwhile. */
export function lockHolderOf(
  { ino, dev }: Pick<BigIntStats, 'ino' | 'dev'>,
  wanted: 'any' | 'alone',
): LockHolder | null {
  const found = locks().filter((lock) => lock.ino === ino && (wanted === 'any' || !lock.isShared));
  // The number of the device is another one on some file systems (btrfs).
  const holder = found.find(({ device }) => device === deviceText(dev)) ?? found[0];
  if (holder === undefined) return null;
  const { pid, isShared } = holder;
  return { pid, isShared, uid: userOf(pid) };
}

interface Lock extends Pick<LockHolder, 'pid' | 'isShared'> {
  readonly device: string;
  readonly ino: bigint;
}

/** `1: FLOCK  ADVISORY  WRITE 4711 fd:01:131090 0 EOF`, and `POSIX` where it is a lock of fcntl(2) */
const line = /\b(?:FLOCK|POSIX)\s+ADVISORY\s+(READ|WRITE)\s+(\d+)\s+([0-9a-f]+:[0-9a-f]+):(\d+)\s/g;

function locks(): Lock[] {
  return [...textOf('/proc/locks').matchAll(line)].map(([, type, pid, device = '', ino = '']) => ({
    ...{ device, pid: Number(pid), ino: BigInt(ino) },
    isShared: type === 'READ',
  }));
}

function deviceText(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
  return [major, minor].map((number) => number.toString(16).padStart(2, '0')).join(':');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return '';
  }
}

function userOf(pid: number): number | null {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
