/** What people ask first, each answered within one screen, and the answer works. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { mount } from './mount.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

const screenLines = 24;

async function answer(profile: TestProfile, ...args: string[]): Promise<string> {
  const { stdout, exitCode, text } = await profile.tidemark(args);
  expect(exitCode, text).toBe(0);
  expect(stdout.trimEnd().split('\n').length, stdout).toBeLessThanOrEqual(screenLines);
  return stdout;
}

/** A long history, so that one screen is not enough for all of it. */
async function busyProfile(): Promise<TestProfile> {
  const profile = await openProfile({
    flavour: 'personal',
    tree: [
      { path: '/Letters/plan.txt', content: 'first' },
      { path: '/Letters/old.txt', content: 'old' },
    ],
  });
  await profile.sync();
  for (const content of ['second', 'the third', 'and the fourth']) {
    await profile.write('Letters/plan.txt', content);
    await profile.sync();
  }
  return profile;
}

it('"Why is my file gone, and how do I get it back?"', async () => {
  const profile = await busyProfile();
  profile.drive.remove('/Letters/plan.txt');
  await profile.sync();
  const text = await answer(profile, 'explain', 'Letters/plan.txt');
  expect(text).toContain('The drive reported that it was deleted');
  const file = /or copy "(.*)"$/m.exec(text)?.[1] ?? '';
  expect(await readFile(file, 'utf8')).toBe('and the fourth');
  const command = /To get it back: tidemark (undo) "(Letters\/plan\.txt)"/.exec(text);
  const undone = await profile.tidemark([command?.[1] ?? '', command?.[2] ?? '', '--yes']);
  expect(undone.exitCode, undone.text).toBe(0);
  expect(await profile.read('Letters/plan.txt')).toBe('and the fourth');
  await expectEqualSides(profile);
});

it('the answer names the trash of a sync folder on a disk of its own', async () => {
  const profile = await openProfile({ tree: [{ path: '/plan.txt', content: 'first' }] });
  await mkdir(profile.syncFolder);
  mount(profile.syncFolder, ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs'], onTestFinished);
  await profile.sync();
  profile.drive.remove('/plan.txt');
  await profile.sync();
  const text = await answer(profile, 'explain', 'plan.txt');
  const file = /or copy "(.*)"$/m.exec(text)?.[1] ?? '';
  expect(file).toContain(profile.syncFolder);
  expect(await readFile(file, 'utf8')).toBe('first');
});

it('"Why is this not synced?"', async () => {
  const profile = await busyProfile();
  await profile.write('Letters/draft.tmp', 'draft');
  await profile.sync();
  for (const command of ['explain', 'why-excluded']) {
    const text = await answer(profile, command, 'Letters/draft.tmp');
    expect(text).toContain('is not synced, because skip_file has the pattern "*.tmp"');
  }
  const text = await answer(profile, 'explain', 'Letters/draft.tmp');
  const [, line = '', file = ''] = /To sync it: set (.*) in (.*)\. The next run/.exec(text) ?? [];
  expect(file).toBe(join(profile.configFolder, 'config'));
  await writeFile(file, `${await readFile(file, 'utf8')}${line}\n`);
  await profile.sync();
  expect(await profile.whereIs('draft')).toContain('drive:/Letters/draft.tmp');
});

it('"Why are there two copies?"', async () => {
  const profile = await busyProfile();
  await profile.write('Letters/plan.txt', 'changed here');
  profile.drive.modify('/Letters/plan.txt', 'changed online', '2099-01-01T00:00:00Z');
  await profile.sync();
  const copy = (await profile.whereIs('changed here'))
    .find((place) => place.startsWith('folder:'))
    ?.slice('folder:/'.length);
  expect(copy).toMatch(/^Letters\/plan-.*-safeBackup-0001\.txt$/);
  for (const path of ['Letters/plan.txt', copy ?? '']) {
    const text = await answer(profile, 'explain', path);
    expect(text).toContain(`"Letters/plan.txt" and "${copy}" are the two versions of a conflict`);
    expect(text).toMatch(/both sides changed|which is kept beside it/);
    expect(text).toContain('tidemark conflicts keep local|remote|newest "Letters/plan.txt"');
  }
  const settled = await profile.tidemark(['conflicts', 'keep', 'local', 'Letters/plan.txt']);
  expect(settled.exitCode, settled.text).toBe(0);
  expect(existsSync(profile.at(copy ?? ''))).toBe(false);
  expect(await profile.read('Letters/plan.txt')).toBe('changed here');
  expect(await answer(profile, 'explain', 'Letters/plan.txt')).not.toContain('two versions of a conflict');
});
