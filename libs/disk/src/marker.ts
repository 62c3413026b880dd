/**
 * The root's marker (I-10): a random text in a file at the top of the sync folder. It counts only while that file is the
 * one it was written into, told by its birth time: a copied folder is another root.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import type { Random } from '@tidemark/contracts';
import { asFailure, errnoOf, failure } from './errno.ts';
import { isFile } from './identity.ts';
import { createOnly, openToRead } from './open-flags.ts';
import type { Folder } from './folders.ts';
import { markerName } from './path-names.ts';

const firstLine = 'Tidemark marks its sync folder with this file. Do not remove or copy it.';

/** The marker, or null when there is none that belongs to this folder. @throws Failure */
export function readMarker(root: Folder): string | null {
  const found = look(root);
  return found?.marker ?? null;
}

/** Identity of the marker file, so that the scan can leave it out; null when there is none. */
export function markerInode(root: Folder): bigint | null {
  return look(root)?.ino ?? null;
}

/** @throws Failure `rootSuspended` when something else holds the marker's name. */
export function createMarker(root: Folder, random: Random): string {
  const marker = Buffer.from(random.bytes(16)).toString('hex');
  const file = root.base + markerName;
  try {
    // What is there is ours but torn or copied along; anything else was refused by `look`.
    if (look(root) !== null) unlinkSync(file);
    const fd = openSync(file, createOnly, 0o600);
    try {
      const birth = fstatSync(fd, { bigint: true }).birthtimeNs;
      writeSync(fd, `${firstLine}\n${marker} ${birth}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    fsyncSync(root.fd);
  } catch (error) {
    throw asFailure('mark', markerName, error);
  }
  return marker;
}

function look(root: Folder): { readonly ino: bigint; readonly marker: string | null } | null {
  let fd: number;
  try {
    fd = openSync(root.base + markerName, openToRead);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    if (errnoOf(error) === 'ELOOP') throw inTheWay();
    const errno = errnoOf(error);
    if (errno === null) throw error;
    throw failure('rootSuspended', 'read', markerName, errno);
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    if (!isFile(stats) || stats.size > 1024n) throw inTheWay();
    const text = readFileSync(fd, 'latin1');
    if (!text.startsWith(firstLine) && !firstLine.startsWith(text)) throw inTheWay();
    const parts = /^([0-9a-f]{32}) (\d+)\n$/.exec(text.slice(firstLine.length + 1));
    const marker = parts?.[1] !== undefined && parts[2] === `${stats.birthtimeNs}` ? parts[1] : null;
    return { ino: stats.ino, marker };
  } finally {
    closeSync(fd);
  }
}

const inTheWay = (): Error =>
  failure('rootSuspended', 'mark', markerName, 'something else holds this reserved name; rename it');
