import { cp, lstat, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/folder/b.txt', content: 'b' },
];

/** Every name below, with what can be seen of it. */
async function everythingIn(folder: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const path of (await readdir(folder, { recursive: true })).toSorted()) {
    const stats = await lstat(join(folder, path));
    const text = stats.isFile() ? await readFile(join(folder, path), 'latin1') : '';
    seen[path] = `${stats.mode.toString(8)} ${stats.isFile() ? stats.mtimeMs : ''} ${text}`;
  }
  return seen;
}

async function leavesNothing(profile: TestProfile, args: readonly string[]): Promise<string> {
  const before = await everythingIn(profile.folder);
  const drive = profile.remote();
  const { exitCode, text, counters } = await profile.onedrive(args);
  expect(exitCode, text).toBe(0);
  expect(await everythingIn(profile.folder)).toEqual(before);
  expect(profile.remote()).toEqual(drive);
  expect(mutations(counters) + transfers(counters)).toBe(0);
  return text;
}

describe('a dry run leaves nothing behind', () => {
  it.each(['--sync', '--monitor'])('on a first run with %s, without a sync folder', async (mode) => {
    const profile = await openProfile({ tree });
    const text = await leavesNothing(profile, [mode, '--dry-run', '--verbose']);
    expect(text).toMatch(/a\.txt/);
    expect(text).toMatch(/b\.txt/);
  });

  it('on a first run with files in the sync folder, with logging on', async () => {
    const profile = await openProfile({ tree, config: { enable_logging: 'true' } });
    await profile.write('mine.txt', 'mine');
    const text = await leavesNothing(profile, ['--sync', '--dry-run', '--verbose']);
    expect(text).toMatch(/mine\.txt/);
  });

  it('later on', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await profile.write('mine.txt', 'mine');
    await rm(profile.at('a.txt'));
    await leavesNothing(profile, ['--sync', '--dry-run', '--verbose']);
  });

  it('with a copy of the sync folder, which the run after it still takes over', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await cp(profile.syncFolder, `${profile.syncFolder}-copy`, { recursive: true, preserveTimestamps: true });
    await profile.setConfig({ sync_dir: `${profile.syncFolder}-copy` });
    await leavesNothing(profile, ['--sync', '--dry-run']);
    expect((await profile.sync()).text).toMatch(/is a copy of the one that was synced before/);
  });
});
