import { expect, it } from 'vitest';
import { readSingleDirectory } from './single-directory.ts';

const syncDir = '/home/me/OneDrive';

it.each([
  ['Documents', 'Documents'],
  ['./Documents/Work/', 'Documents/Work'],
  ['/Documents//Work', 'Documents/Work'],
  ['"Documents/My work"', 'Documents/My work'],
  ["It's here", "It's here"],
  ['/home/me/OneDrive/Documents', 'Documents'],
  ['/home/me/OneDriveOther', 'home/me/OneDriveOther'],
])('takes %j for %j', (typed, path) => {
  expect(readSingleDirectory(typed, syncDir)).toEqual({ ok: true, path });
});

it.each([
  ['../x', 'leads out of it'],
  ['Documents/../../x', 'leads out of it'],
  ['', 'is sync_dir itself'],
  ['""', 'is sync_dir itself'],
  ['./', 'is sync_dir itself'],
  ['/home/me/OneDrive/', 'is sync_dir itself'],
  ['a "quoted" name', `contains '"'`],
  ['Documents/CON', `reserved name 'CON'`],
  ['Documents ', 'starts or ends with a blank'],
])('refuses %j: it %s', (typed, why) => {
  const read = readSingleDirectory(typed, syncDir);
  expect(read.ok ? read.path : read.problem).toContain(why);
});
