import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderKey } from '@tidemark/disk';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { findFolder } from './find-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'tidemark-find-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let key: string;

beforeEach(() => {
  rmSync(join(root, 'all'), { recursive: true, force: true });
  mkdirSync(join(root, 'all/Docs/Inner'), { recursive: true });
  mkdirSync(join(root, 'all/Team'));
  key = folderKey(join(root, 'all/Team')) ?? '';
});

const find = () => findFolder(join(root, 'all'), key, 'Team');

it('finds a folder where it was, and wherever it was moved to', async () => {
  expect(await find()).toEqual({ at: 'Team' });
  renameSync(join(root, 'all/Team'), join(root, 'all/Docs/Inner/Ours'));
  // Another one at the old place is not the folder.
  mkdirSync(join(root, 'all/Team'));
  expect(await find()).toEqual({ at: 'Docs/Inner/Ours' });
});

it('tells a folder that was removed from one that another folder has taken the place of', async () => {
  renameSync(join(root, 'all/Team'), join(root, 'outside'));
  expect(await find()).toBe('gone');
  mkdirSync(join(root, 'all/Team'));
  expect(await find()).toBe('replaced');
  rmSync(join(root, 'outside'), { recursive: true });
});

it('is sure that it is gone only when everything was looked into', async () => {
  renameSync(join(root, 'all/Team'), join(root, 'outside'));
  expect(await find()).toBe('gone');
  renameSync(join(root, 'all'), join(root, 'away'));
  expect(await find()).toBe('unknown');
  renameSync(join(root, 'away'), join(root, 'all'));
  renameSync(join(root, 'outside'), join(root, 'all/Team'));
});

// Root looks into everything.
it.skipIf(process.getuid?.() === 0)('does not take what it cannot look into for empty', async () => {
  renameSync(join(root, 'all/Team'), join(root, 'all/Docs/Inner/Team'));
  chmodSync(join(root, 'all/Docs/Inner'), 0);
  expect(await find()).toBe('unknown');
  chmodSync(join(root, 'all/Docs/Inner'), 0o700);
});
