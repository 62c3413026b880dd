import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { believedItems, compareWithDisk, countBelieved } from './believed-items.ts';

const mtime = '2024-05-06T07:08:09Z';

/** Rows of `[id, parentId, name, type]`, in the columns that all versions of the client's schema have. */
function databaseOf(rows: readonly (readonly [string, string | null, string, string])[]): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  database.exec('CREATE TABLE item (driveId TEXT, id TEXT, name TEXT, type TEXT, mtime TEXT, parentId TEXT)');
  const insert = database.prepare("INSERT INTO item VALUES ('d', ?, ?, ?, ?, ?)");
  for (const [id, parent, name, type] of rows) insert.run(id, name, type, mtime, parent);
  return database;
}

const pathsIn = (database: DatabaseSync): string[] =>
  [...believedItems(database)].map(({ path }) => path).sort();

it.each([
  ['dir', 'up to 2.4'],
  ['root', 'since 2.5'],
])('finds the path of each file and folder below the root, which is a %s %s', (type) => {
  const database = databaseOf([
    ['r', null, 'root', type],
    ['f', 'r', 'Größe ✓', 'dir'],
    ['a', 'f', "it's.txt", 'file'],
    ['b', 'r', 'b.txt', 'file'],
  ]);
  expect(pathsIn(database)).toEqual(['Größe ✓', "Größe ✓/it's.txt", 'b.txt'].sort());
  expect(countBelieved(database)).toBe(3);
});

it('leaves out what a damaged database shows outside of the sync folder, in a circle or in the air', () => {
  const database = databaseOf([
    ['r', null, 'root', 'dir'],
    ['up', 'r', '..', 'dir'],
    ['out', 'up', 'passwd', 'file'],
    ['slash', 'r', 'a/b', 'file'],
    ['one', 'two', 'one', 'dir'],
    ['two', 'one', 'two', 'dir'],
    ['lost', 'nowhere', 'lost.txt', 'file'],
    ['link', 'r', 'shared', 'remote'],
    ['ok', 'r', 'ok.txt', 'file'],
  ]);
  expect(pathsIn(database)).toEqual(['ok.txt']);
});

it('says of a database of another program that it counts nothing', () => {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  expect(countBelieved(database)).toBeNull();
});

it('tells what was saved, replaced or removed since, by its metadata alone', () => {
  const root = mkdtempSync(join(tmpdir(), 'believed-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const name of ['same.txt', 'saved.txt', 'folder now']) {
    const path = join(root, name);
    if (name === 'folder now') mkdirSync(path);
    else writeFileSync(path, name);
    // The client compares whole seconds.
    utimesSync(path, new Date(mtime), new Date(Date.parse(mtime) + (name === 'saved.txt' ? 1000 : 400)));
  }
  const database = databaseOf([
    ['r', null, 'root', 'dir'],
    ['a', 'r', 'same.txt', 'file'],
    ['b', 'r', 'saved.txt', 'file'],
    ['c', 'r', 'folder now', 'file'],
    ['d', 'r', 'gone', 'dir'],
  ]);
  expect(compareWithDisk(believedItems(database), root)).toEqual({
    files: 3,
    folders: 1,
    changed: ['folder now', 'saved.txt'],
    missing: ['gone'],
  });
});
