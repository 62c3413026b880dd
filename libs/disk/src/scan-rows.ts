/** What is directly in one folder, as a scan tells it. Names are read as bytes. */
import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, type BigIntStats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { LocalRow } from '@tidemark/contracts';
import { mountOf } from './folder-below.ts';
import type { Folder } from './folders.ts';
import { identitiesAt } from './hidden.ts';
import { isFile, isFolder, isLink, rowOf } from './identity.ts';
import { pathBelow } from './path-names.ts';
import { escaped, escapedBytes } from './quoted.ts';
import type { ScanContext } from './scan-context.ts';

/** Rows after which the event loop gets its turn, also within one huge folder. */
const breathRows = 500;

/** Throws system errors of the folder and of its entries: a listing is whole or it is none. */
export type RowsIn = (folder: Folder) => Promise<LocalRow[]>;

export function createRowReader(scan: ScanContext): RowsIn {
  const { options, findings, mounts } = scan;
  let breath = 0;
  return async (folder) => {
    const rows: LocalRow[] = [];
    const own = folder.mountPath === folder.path ? options.own(folder) : null;
    const names = new Set<string>();
    for (const bytes of readdirSync(folder.base, 'latin1')) {
      if (++breath % breathRows === 0) await setImmediate();
      const name = nameOf(bytes);
      if (name === null) {
        const path = pathBelow(escaped(folder.path), escapedBytes(bytes));
        findings.odd({ path, code: 'notUtf8', detail: 'its name is not valid UTF-8' });
        continue;
      }
      const stats = lstatSync(folder.base + name, { bigint: true, throwIfNoEntry: false });
      if (stats === undefined || own?.has(stats.ino) === true || options.isApart(stats)) continue;
      names.add(name);
      const row = rowAt(scan, folder, name, stats);
      if (row !== null) rows.push(row);
    }
    for (const row of mounts.absentIn(folder, names)) rows.push(row);
    return rows;
  };
}

function rowAt(scan: ScanContext, folder: Folder, name: string, stats: BigIntStats): LocalRow | null {
  const { options, findings, links, mounts } = scan;
  if (isFile(stats)) {
    const row = rowOf(stats, { parentId: folder.id, name, mount: folder.mount }, options.now);
    const stagedAs = options.keyOf(row.id);
    return stagedAs === undefined ? row : { ...row, stagedAs };
  }
  if (isLink(stats)) return links.rowAt(folder, name, stats);
  const path = pathBelow(folder.path, name);
  if (!isFolder(stats)) {
    const holds = { folder: folder.id, name };
    const detail = 'it is neither a file nor a folder, and what is online under its name is left alone';
    findings.odd({ path: escaped(path), code: 'special', detail, holds });
    return null;
  }
  // Mounted since the scan began.
  if (stats.dev !== folder.dev && !folder.mounts.points.has(path)) options.lookAtMounts();
  const row = rowOf(stats, { parentId: folder.id, name, mount: mountOf(folder, stats, path) }, options.now);
  const told = mounts.judge(folder, row);
  const isBare = told !== null && told.id !== row.id && !folder.mounts.points.has(path);
  if (isBare && scan.isComplete) for (const id of identitiesAt(folder, name)) findings.unreadable.add(id);
  return told;
}

/** @param bytes one character a byte; null when they are not UTF-8 */
function nameOf(bytes: string): string | null {
  if (!/\P{ASCII}/u.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : null;
}
