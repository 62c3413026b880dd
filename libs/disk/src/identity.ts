/** What a file is told by: identity, stamp and row, out of one `stat`. */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { linkStamp, type LocalId, type LocalRow, localId } from '@tidemark/contracts';
import { stampSeen } from './stamp.ts';

const typeMask = 0o170000n;
export const isFolder = (stats: BigIntStats): boolean => (stats.mode & typeMask) === 0o040000n;
export const isFile = (stats: BigIntStats): boolean => (stats.mode & typeMask) === 0o100000n;
export const isLink = (stats: BigIntStats): boolean => (stats.mode & typeMask) === 0o120000n;

/** The same file as long as one of the two is held open; otherwise the inode may have been used again. */
export const sameFile = (one: BigIntStats, other: BigIntStats): boolean =>
  one.ino === other.ino && one.dev === other.dev && one.birthtimeNs === other.birthtimeNs;

/** Renaming or linking a file changes its change time; its bytes are told by these two. */
export const sameContent = (one: BigIntStats, other: BigIntStats): boolean =>
  one.size === other.size && one.mtimeNs === other.mtimeNs;

/** Where a file hangs: needed to tell hard links of one inode apart, and equal inodes of two file systems. */
export interface Place {
  readonly parentId: LocalId;
  readonly name: string;
  /** Mark of the file system it is on; empty for the root's. See `mountMark`. */
  readonly mount: string;
  /** A symbolic link that is followed leads to it. */
  readonly isLinked?: boolean;
}

/**
 * Inode and birth time (nanoseconds), base 36. A device number would not survive a reboot, so a nested file system is
 * marked by the place where it is mounted. Each hard link is an item of its own, and the identity is weak (`isWeakId`). It is
 * weak as well where the birth time is missing or too coarse to be one file's alone; then the number may even be that of two
 * files at once (pools of disks). The folder and name that are hashed into a weak identity tell all of these apart. The
 * topmost folder of a file system is told by its mark.
 */
export function identityOf(stats: BigIntStats, place: Place): LocalId {
  const inode = `${place.mount}${stats.ino.toString(36)}`;
  const born = isOwnBirthTime(stats.birthtimeNs);
  const own = born ? `${inode}.${stats.birthtimeNs.toString(36)}` : `${inode}~`;
  const isAlone = born ? stats.nlink <= 1n || isFolder(stats) : isFolder(stats) && isTop(place);
  if (isAlone) return localId(own);
  return localId(`${own}${born ? '~' : ''}${shortHash(`${place.parentId}/${place.name}`)}`);
}

/** As far as it says something without the place: of a weak one no placing is noted. */
export const identityAnywhere = (stats: BigIntStats): LocalId =>
  identityOf(stats, { parentId: localId(''), name: '', mount: '' });

/** Tells a folder from all others on its file system, wherever it is moved to. */
export const keyOfFolder = ({ ino, birthtimeNs }: Pick<BigIntStats, 'ino' | 'birthtimeNs'>): string =>
  isOwnBirthTime(birthtimeNs) ? `${ino.toString(36)}.${birthtimeNs.toString(36)}` : ino.toString(36);

const isTop = ({ parentId, mount }: Place): boolean =>
  parentId === '' || parentId.slice(0, parentId.indexOf(':') + 1) !== mount;

/** FAT and its relatives count in hundredths of a second: what was copied there in one go shares them. */
const coarseNs = 10_000_000n;
export const isOwnBirthTime = (birthtimeNs: bigint): boolean => birthtimeNs % coarseNs !== 0n;

export const mountMark = (path: string): string => `${shortHash(path)}:`;

/** Of a regular file or a folder. */
export function rowOf(stats: BigIntStats, place: Place, now: () => number): LocalRow {
  const folder = isFolder(stats);
  return {
    id: identityOf(stats, place),
    parentId: place.parentId,
    name: place.name,
    kind: folder ? 'folder' : 'file',
    sizeBytes: folder ? 0 : Number(stats.size),
    modifiedAt: secondsOf(stats.mtimeNs),
    stamp: folder ? folderStamp(place) : stampSeen(stats, now),
    hash: null,
  };
}

export const folderStamp = ({ isLinked }: Place): string => (isLinked === true ? linkStamp : '');

/** Whole seconds, rounded down before 1970 too: as the drive's times are. */
export const secondsOf = (ns: bigint): number =>
  Number(ns / 1_000_000_000n) - (ns % 1_000_000_000n < 0n ? 1 : 0);

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
