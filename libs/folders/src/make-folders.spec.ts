import {
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolders } from './make-folders.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-folders-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('folders are made with those above them, and what is there stays as it is', () => {
  const folder = temporaryFolder();
  makeFolders(join(folder, 'a'), 0o755);
  makeFolders(join(folder, 'a/b/c'), 0o700);
  makeFolders(join(folder, 'a/b/c'), 0o755);
  const modes = ['a', 'a/b', 'a/b/c'].map((path) => statSync(join(folder, path)).mode & 0o777);
  expect(modes).toEqual([0o755, 0o700, 0o700]);
});

test.each(['/proc/none', '/proc/none/more', '/proc/self/none/more'])('below /proc it ends: %s', (path) => {
  expect(() => makeFolders(path, 0o700)).toThrow('ENOENT');
});

test('in a folder that was removed while it is open it ends', () => {
  const folder = join(temporaryFolder(), 'open');
  mkdirSync(folder);
  const fd = openSync(folder, 'r');
  onTestFinished(() => closeSync(fd));
  rmdirSync(folder);
  expect(() => makeFolders(`/proc/self/fd/${fd}/a/b`, 0o700)).toThrow('ENOENT');
});

test('a file in the way is said', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file'), 0o700)).toThrow('EEXIST');
  expect(() => makeFolders(join(folder, 'file/a'), 0o700)).toThrow('ENOTDIR');
});
