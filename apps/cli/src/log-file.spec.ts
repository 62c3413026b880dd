import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LogFile, openLogFile, timestamp, Unwritable } from './log-file.ts';

const at = new Date(2026, 10, 28, 6, 59, 5, 123).getTime();
const stamp = '[2026-Nov-28 06:59:05.1230000]';

function inFolder(): { folder: string; path: string; open: () => LogFile; troubles: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'ada.onedrive.log');
  const troubles: string[] = [];
  const open = (): LogFile =>
    openLogFile({ path, now: () => at, onTrouble: (why) => void troubles.push(why) });
  return { folder, path, open, troubles };
}

test('each line gets the time in the peer’s form, always of 28 characters', () => {
  const { path, open } = inFolder();
  const log = open();
  log.write('Syncing');
  log.write('one\n\ntwo');
  expect(readFileSync(path, 'utf8')).toBe(`${stamp} Syncing\n${stamp} one\n${stamp} \n${stamp} two\n`);
  expect(timestamp(new Date(2026, 0, 2, 3, 4, 5, 0).getTime())).toBe('2026-Jan-02 03:04:05.0000000');
});

test('only its owner can read a new one, whatever the umask is; one that is there is continued and keeps its mode', () => {
  const { path, open } = inFolder();
  const before = process.umask(0);
  open().write('first');
  process.umask(before);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  execFileSync('chmod', ['640', path]);
  open().write('second');
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readFileSync(path, 'utf8')).toBe(`${stamp} first\n${stamp} second\n`);
});

test('a file that was rotated away is left alone: renamed, replaced, or emptied', () => {
  const { path, open } = inFolder();
  const log = open();
  log.write('old');
  renameSync(path, `${path}.1`);
  log.write('after the rename');
  renameSync(path, `${path}.2`);
  writeFileSync(path, '');
  log.write('into the new one');
  execFileSync('truncate', ['--size=0', path]);
  log.write('after copytruncate');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe(`${stamp} old\n`);
  expect(readFileSync(`${path}.2`, 'utf8')).toBe(`${stamp} after the rename\n`);
  expect(readFileSync(path, 'utf8')).toBe(`${stamp} after copytruncate\n`);
});

test('a path that leads elsewhere is refused: a link, a FIFO, a file with other names, a folder', () => {
  const { folder, path, open } = inFolder();
  const target = join(folder, 'authorized_keys');
  writeFileSync(target, 'key');
  const plants: readonly (() => void)[] = [
    () => symlinkSync(target, path),
    () => void execFileSync('mkfifo', [path]),
    () => linkSync(target, path),
    () => mkdirSync(path),
  ];
  for (const plant of plants) {
    plant();
    expect(open).toThrow(Unwritable);
    rmSync(path, { recursive: true });
  }
  expect(readFileSync(target, 'utf8')).toBe('key');
});

test('what cannot be written is told once, counted, and left out', () => {
  const { path, open, troubles } = inFolder();
  const log = open();
  log.write('before');
  rmSync(path);
  mkdirSync(path);
  log.write('lost');
  log.write('lost\nlost');
  expect(troubles).toEqual(['it is a directory']);
  rmSync(path, { recursive: true });
  log.write('after');
  expect(readFileSync(path, 'utf8')).toBe(
    `${stamp} 3 lines before this one could not be written\n${stamp} after\n`,
  );
  rmSync(path);
  mkdirSync(path);
  log.write('lost again');
  expect(troubles).toHaveLength(2);
});
