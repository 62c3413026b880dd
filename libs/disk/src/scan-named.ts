/** Opens the folders that a scan was asked for by their paths. */
import { closeSync, lstatSync } from 'node:fs';
import { Failure } from '@tidemark/contracts';
import { errnoOf } from './errno.ts';
import { mountOf, openBelow } from './folder-below.ts';
import type { Folder } from './folders.ts';
import { identityOf } from './identity.ts';
import { folderNames, pathBelow } from './path-names.ts';
import { isAbsence, type ScanContext } from './scan-context.ts';

/** What a row says of any folder. */
const anyFolder = { kind: 'folder', sizeBytes: 0, modifiedAt: 0, stamp: '', hash: null } as const;

/**
 * Null when the path cannot lead to anything in the sync folder, when nothing is there, and when what is there is unknown: then
 * the scan has its doubts. The caller closes what it gets, unless that is the root.
 */
export function openNamed(scan: ScanContext, path: string): Folder | null {
  const names = namesOf(path);
  if (names === null) return null;
  let folder = scan.root;
  for (const name of names) {
    const above = folder;
    try {
      const next = openExpected(scan, above, name);
      if (next === null) return null;
      folder = next;
    } finally {
      if (above !== scan.root) closeSync(above.fd);
    }
  }
  return folder;
}

function namesOf(path: string): readonly string[] | null {
  try {
    return folderNames('list', path);
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
}

function openExpected(scan: ScanContext, above: Folder, name: string): Folder | null {
  let folder: Folder | null = null;
  let isExpected = false;
  try {
    folder = openBelow(above, name, scan.options.isApart);
    const row = { ...anyFolder, id: folder.id, parentId: above.id, name };
    isExpected = folder.mounts.links.has(folder.path) || scan.mounts.judge(above, row) === row;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    if (!isAbsence(error)) doubtNamed(scan, above, name, errno);
  } finally {
    if (!isExpected && folder !== null) closeSync(folder.fd);
  }
  return isExpected ? folder : null;
}

/** A folder on the way that cannot be opened; when it cannot even be looked at, the one above it is the unknown. */
function doubtNamed({ findings }: ScanContext, above: Folder, name: string, why: string): void {
  try {
    const stats = lstatSync(above.base + name, { bigint: true });
    const path = pathBelow(above.path, name);
    const mount = mountOf(above, stats, path);
    findings.doubt(identityOf(stats, { parentId: above.id, name, mount }), path, why);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === null) throw error;
    if (!isAbsence(error)) findings.doubt(above.id, above.path, errno);
  }
}
