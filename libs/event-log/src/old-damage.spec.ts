import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { removeOldDamage } from './old-damage.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'old-damage-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const nameOf = (day: number, more = ''): string => `damaged-2026-01-${day}T12-00-00.000Z${more}`;

function damage(name: string, parts: readonly string[] = ['log', 'head']): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const part of parts) {
    if (part !== 'log') writeFileSync(join(path, part), part);
    else {
      mkdirSync(join(path, 'log'));
      writeFileSync(join(path, 'log/000001.ldb'), 'a table');
    }
  }
  return path;
}

test('the newest and the two before it stay, and what goes is told', async () => {
  for (const day of [11, 12, 13, 14]) damage(nameOf(day));
  const newest = damage(nameOf(15));
  expect(await removeOldDamage(folder, newest)).toEqual([
    { path: join(folder, nameOf(12)), obstacle: null },
    { path: join(folder, nameOf(11)), obstacle: null },
  ]);
  expect(readdirSync(folder)).toEqual([nameOf(13), nameOf(14), nameOf(15)]);
  expect(await removeOldDamage(folder, newest)).toEqual([]);
});

test('the newest stays although the clock stood in the past, and of one moment the higher number is the later', async () => {
  for (const more of ['', '-2', '-3', '-10']) damage(nameOf(20, more));
  const newest = damage('damaged-1970-01-01T00-00-00.000Z');
  await removeOldDamage(folder, newest);
  expect(readdirSync(folder)).toEqual(
    ['damaged-1970-01-01T00-00-00.000Z', nameOf(20, '-10'), nameOf(20, '-3')].toSorted(),
  );
});

test('a damage that an ended process left in pieces is one, with all of them', async () => {
  damage(nameOf(11));
  damage(nameOf(12), ['log']);
  damage(nameOf(13), ['head']);
  damage(nameOf(14), []);
  damage(nameOf(15));
  const newest = damage(nameOf(16));
  expect((await removeOldDamage(folder, newest)).map(({ path }) => path)).toEqual([join(folder, nameOf(11))]);
});

test('what is not ours stays: links, files, other names, and folders that hold something else', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  onTestFinished(() => rmSync(elsewhere, { recursive: true }));
  mkdirSync(join(elsewhere, 'log'));
  symlinkSync(elsewhere, join(folder, nameOf(10)));
  writeFileSync(join(folder, nameOf(11)), 'a file');
  damage(nameOf(12), ['log', 'notes of mine.txt']);
  damage('damaged-by-me');
  for (const day of [13, 14, 15]) damage(nameOf(day));
  const newest = damage(nameOf(16));
  expect(await removeOldDamage(folder, newest)).toMatchObject([{ path: join(folder, nameOf(13)) }]);
  expect(readdirSync(folder)).toEqual(
    ['damaged-by-me', ...[10, 11, 12, 14, 15, 16].map((day) => nameOf(day))].toSorted(),
  );
  expect(existsSync(join(elsewhere, 'log'))).toBe(true);
});
