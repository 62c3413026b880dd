import type { LocalRow } from '@tidemark/contracts';
import { localId } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { byFolder, onDisk, onDrive, SpecRun, startedWith } from '../testing/spec-run.ts';
import { plainPolicy } from '@tidemark/contracts';
import { compareRoot } from './recognise-root.ts';

const names = Array.from({ length: 9 }, (_, index) => `f${index}`);
/** A folder with nine files, agreed; ten items in all. */
const rows = (prefix: string): LocalRow[] => [
  onDisk(`${prefix}D`, 'd', null),
  ...names.map((name) => onDisk(`${prefix}${name}`, name, name, { in: `${prefix}D` })),
];
let run: SpecRun;

beforeEach(() => {
  run = new SpecRun();
  run.start();
  run.driveShows(onDrive('D', 'd', null), ...names.map((name) => onDrive(name, name, name, { in: 'D' })));
  run.diskShows(...rows('L'));
});

const recognised = (...found: readonly LocalRow[]) => {
  const comparison = compareRoot(run.state, localId('root'));
  comparison.take(byFolder(found));
  return comparison.result();
};
const withoutHash = (row: LocalRow): LocalRow => ({ ...row, hash: null });

describe('a folder whose identity says nothing is known by its content', () => {
  it('the very files: the same', () => {
    expect(recognised(...rows('L').map(withoutHash))).toEqual({ verdict: 'same', agreed: 10, met: 10 });
  });

  it('nearly all of them under new identities, with their size and time: a copy', () => {
    expect(recognised(...rows('copy').slice(0, 9).map(withoutHash))).toEqual({
      verdict: 'copy',
      agreed: 10,
      met: 9,
    });
  });

  it('a part of them, or others under their names: another folder', () => {
    expect(recognised(...rows('copy').slice(0, 8)).verdict).toBe('other');
    expect(recognised(...rows('copy').map((row) => ({ ...row, modifiedAt: 7 }))).verdict).toBe('other');
    expect(recognised(...rows('copy').map((row) => ({ ...row, sizeBytes: 7 }))).verdict).toBe('other');
  });

  it('an empty folder, as a mount point is: another one', () => {
    expect(recognised()).toEqual({ verdict: 'other', agreed: 10, met: 0 });
  });
});

it('another folder, when nothing was agreed in the one before: its files are forgotten, and nothing is deleted for them', () => {
  run = new SpecRun();
  run.start();
  run.driveShows();
  run.scan([onDisk('LA', 'a', 'one')]);
  expect(recognised()).toEqual({ verdict: 'copy', agreed: 0, met: 0 });
});

describe('a run that goes on with a copy', () => {
  const begin = (root: string) =>
    run.record([
      { ...startedWith(plainPolicy, 'it is a copy'), root: { id: localId(root), marker: 'other' } } as never,
    ]);
  const below = (root: string, found: readonly LocalRow[]): LocalRow[] =>
    found.map((row) => (row.parentId === 'root' ? { ...row, parentId: localId(root) } : row));

  it('joins its files to their items by path in one scan, and deletes nothing that it lacks', () => {
    const items = run.state.trees.items.size;
    begin('other root');
    run.driveShows(onDrive('D', 'd', null), ...names.map((name) => onDrive(name, name, name, { in: 'D' })));
    const planned = run.scan(below('other root', rows('copy').slice(0, 9)));
    expect(run.state.trees.items.size).toBe(items);
    expect(run.state.local.look.command).toBeNull();
    expect(planned.map(({ type, path }) => `${type} ${path}`)).toEqual(['DownloadFile d/f8']);
    expect(run.state.gate.deletionsOnDrive.pending.size).toBe(0);
  });
});
