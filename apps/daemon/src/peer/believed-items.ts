/**
 * What the `onedrive` client believed when it ran last, as its item database tells. Hints for people only: they say what to expect of a
 * take-over. No decision rests on them; both sides are looked at for that.
 */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { errnoOf } from '@tidemark/disk';
import { isOfDatabase } from './hold-database.ts';

export interface BelievedItem {
  /** Relative to the sync folder. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** Milliseconds since 1970; the client compares whole seconds. NaN when it is no time. */
  readonly modifiedAt: number;
}

export interface Believed {
  readonly files: number;
  readonly folders: number;
  /** Paths of files that were saved since the client looked at them last, or are folders now. */
  readonly changed: readonly string[];
  /** Paths of what was there and is not any more. */
  readonly missing: readonly string[];
}

/** In no order. Rows that lie outside of the sync folder, or hang in the air, are left out. Throws as `node:sqlite` does. */
export function* believedItems(database: DatabaseSync): Generator<BelievedItem> {
  const rows = new Map<string, Row>();
  // Of all versions of the schema.
  const statement = database.prepare('SELECT driveId, id, parentId, name, type, mtime FROM item');
  for (const row of statement.iterate()) {
    const text = (column: string): string => {
      const value = row[column];
      return typeof value === 'string' ? value : '';
    };
    const drive = text('driveId');
    rows.set(keyOf(drive, text('id')), {
      ...{ drive, parent: text('parentId'), name: text('name'), type: text('type'), mtime: text('mtime') },
    });
  }
  for (const row of rows.values()) {
    if (row.type !== 'file' && row.type !== 'dir') continue;
    const path = pathOf(row, rows);
    // The root is a row like any other, without one above it.
    if (path === null || path === '') continue;
    yield { path, kind: row.type === 'file' ? 'file' : 'folder', modifiedAt: Date.parse(row.mtime) };
  }
}

/** Null: the database has no such table. */
export function countBelieved(database: DatabaseSync): number | null {
  try {
    // The root is the one without an item above it.
    const count = database
      .prepare("SELECT count(*) AS n FROM item WHERE type IN ('file', 'dir') AND parentId <> ''")
      .get()?.['n'];
    return typeof count === 'number' ? count : null;
  } catch (error) {
    if (!isOfDatabase(error)) throw error;
    return null;
  }
}

/** @param root absolute path of the sync folder; its metadata alone is read */
export function compareWithDisk(items: Iterable<BelievedItem>, root: string): Believed {
  const counts = { file: 0, folder: 0 };
  const changed: string[] = [];
  const missing: string[] = [];
  for (const { path, kind, modifiedAt } of items) {
    counts[kind] += 1;
    const found = statOrNull(join(root, path));
    if (found === null) missing.push(path);
    else if (found.isDirectory() !== (kind === 'folder')) changed.push(path);
    else if (kind === 'file' && Math.floor(found.mtimeMs / 1000) !== Math.floor(modifiedAt / 1000))
      changed.push(path);
  }
  return { files: counts.file, folders: counts.folder, changed: changed.sort(), missing: missing.sort() };
}

interface Row {
  readonly drive: string;
  readonly parent: string;
  readonly name: string;
  readonly type: string;
  readonly mtime: string;
}

const keyOf = (drive: string, id: string): string => `${drive}\0${id}`;

/** Null: it does not hang below a root, or a name of it is none. Empty: it is the root itself. */
function pathOf(row: Row, rows: ReadonlyMap<string, Row>): string | null {
  const names: string[] = [];
  const seen = new Set<Row>();
  for (let at = row; at.parent !== '';) {
    if (seen.has(at) || !isName(at.name)) return null;
    seen.add(at);
    names.unshift(at.name);
    const above = rows.get(keyOf(at.drive, at.parent));
    if (above === undefined) return null;
    at = above;
  }
  return names.join('/');
}

/** A damaged database must not lead out of the sync folder. */
const isName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');

function statOrNull(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}
