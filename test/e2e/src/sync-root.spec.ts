import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mount, unmount } from './mount.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const tree = Array.from({ length: 12 }, (_, index) => ({
  path: `/folder ${index % 3}/file ${index}.txt`,
  content: `content ${index}`,
}));

async function synced(): Promise<TestProfile> {
  const profile = await openProfile({ tree });
  await profile.sync();
  return profile;
}

const copy = (from: string, to: string): void => {
  const { status, stderr } = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
};

/** Nothing is changed anywhere, and what is right is said. */
async function expectSuspended(profile: TestProfile): Promise<void> {
  const before = profile.remote();
  const { exitCode, text, counters } = await profile.onedrive(['--sync']);
  expect(exitCode, text).toBe(1);
  expect(text).toMatch(/another folder than the one that was synced before: 0 of \d+ items/);
  expect(mutations(counters)).toBe(0);
  expect(profile.remote()).toEqual(before);
}

describe('the sync folder is known without a file in it', () => {
  it('holds nothing that the user did not put there', async () => {
    const profile = await synced();
    expect(readdirSync(profile.syncFolder).toSorted()).toEqual(['folder 0', 'folder 1', 'folder 2']);
  });

  it('a copy of it in its place is taken over: nothing is transferred, nothing deleted', async () => {
    const profile = await synced();
    const before = profile.remote();
    copy(profile.syncFolder, `${profile.syncFolder}-copy`);
    await rm(profile.syncFolder, { recursive: true });
    await rename(`${profile.syncFolder}-copy`, profile.syncFolder);
    // Lost between the copy and now; and one that is new.
    await rm(profile.at('folder 0/file 0.txt'));
    await profile.write('new.txt', 'new');
    const { text, counters } = await profile.sync();
    expect(text).toMatch(/The sync folder is a copy of the one that was synced before: 14 of 15 items/);
    expect(counters.byKind.delete).toBe(0);
    expect(counters.byKind).toMatchObject({ contentDownload: 1 });
    expect(profile.remote()).toMatchObject(before);
    expect(await profile.local()).toEqual(profile.remote());
    const after = await profile.sync();
    expect(mutations(after.counters) + transfers(after.counters)).toBe(0);
    expect(after.text).not.toMatch(/is a copy/);
  });

  it('configuration and folder may be copied elsewhere together', async () => {
    const profile = await synced();
    const [from, to] = [profile.folder, join(profile.folder, 'new disk')];
    await mkdir(to);
    copy(profile.syncFolder, join(to, 'sync'));
    copy(profile.configFolder, join(from, 'config-copy'));
    await rm(profile.configFolder, { recursive: true });
    await rename(join(from, 'config-copy'), profile.configFolder);
    await profile.setConfig({ sync_dir: join(to, 'sync') });
    const { text, counters } = await profile.sync();
    expect(text).toMatch(/is a copy of the one that was synced before: 15 of 15 items/);
    expect(mutations(counters) + transfers(counters)).toBe(0);
  });

  it('an empty file system over it, at the next start, is not it; without it everything goes on', async () => {
    const profile = await synced();
    mount(profile.syncFolder, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
    await expectSuspended(profile);
    expect(readdirSync(profile.syncFolder)).toEqual([]);
    unmount(profile.syncFolder);
    const { counters } = await profile.sync();
    expect(mutations(counters) + transfers(counters)).toBe(0);
  });

  it('a link to another folder in its place is not it', async () => {
    const profile = await synced();
    const other = join(profile.folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'private.txt'), 'private');
    await rename(profile.syncFolder, `${profile.syncFolder}-before`);
    await symlink(other, profile.syncFolder);
    await expectSuspended(profile);
  });

  it('a part of it is not it', async () => {
    const profile = await synced();
    await rename(profile.syncFolder, `${profile.syncFolder}-before`);
    await cp(`${profile.syncFolder}-before/folder 1`, profile.at('folder 1'), {
      recursive: true,
      preserveTimestamps: true,
    });
    const { exitCode, text, counters } = await profile.onedrive(['--sync']);
    expect(exitCode, text).toBe(1);
    expect(mutations(counters)).toBe(0);
  });
});
