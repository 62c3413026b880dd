import { cp, mkdir, readdir, rename, symlink } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { complete, startDaemon } from './daemon.ts';
import { mount } from './mount.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

/** With an account and a configuration of its own. */
async function secondProfile(syncFolder: string): Promise<TestProfile> {
  const profile = await openProfile({ tree: [{ path: '/of the second.txt', content: 'second' }] });
  await profile.setConfig({ sync_dir: syncFolder });
  return profile;
}

async function isRefused(
  second: TestProfile,
  first: TestProfile,
  why: (profile: string) => string,
  args = ['--sync'],
): Promise<void> {
  const { exitCode, stderr, counters } = await second.onedrive(args);
  expect(stderr).toContain(why(`the profile "${first.configFolder}" (process `));
  expect(exitCode, stderr).toBe(1);
  expect(mutations(counters) + transfers(counters)).toBe(0);
}

const tree = [{ path: '/folder/a.txt', content: 'a' }];

describe('while a daemon syncs a folder', () => {
  it('a second profile on it is refused and names the first, however it comes there', async () => {
    const first = await openProfile({ tree });
    const daemon = await startDaemon(first);
    const second = await secondProfile(first.syncFolder);
    for (const args of [['--sync'], ['--monitor']])
      await isRefused(second, first, (profile) => `Cannot sync "${first.syncFolder}": ${profile}`, args);
    const { exitCode, stderr } = await second.tidemark(['sync']);
    expect(exitCode, stderr).toBe(6);
    expect(stderr).toContain(`(process ${daemon.pid}) syncs it\n       Stop the other one`);

    const [link, mounted] = [`${first.folder}/link`, `${first.folder}/mounted`];
    await symlink(first.syncFolder, link);
    await second.setConfig({ sync_dir: link });
    await isRefused(second, first, (profile) => `Cannot sync "${link}": ${profile}`);
    await mkdir(mounted);
    mount(mounted, ['--bind', first.at('folder')], onTestFinished);
    await second.setConfig({ sync_dir: mounted });
    await isRefused(second, first, (profile) => `it lies in "${first.syncFolder}", which ${profile}`);

    await second.setConfig({ sync_dir: first.at('folder/deeper') });
    await isRefused(second, first, (profile) => `it lies in "${first.syncFolder}", which ${profile}`);
    expect(await readdir(first.at('folder')), 'nothing was made').toEqual(['a.txt']);
    await daemon.stop();
    await expectEqualSides(first);
  });

  it('one around it is refused as well, and one beside it is not', async () => {
    const first = await openProfile({ tree });
    const above = `${first.folder}/above`;
    await mkdir(`${above}/one`, { recursive: true });
    await first.setConfig({ sync_dir: `${above}/one` });
    const daemon = await startDaemon(first);
    const second = await secondProfile(above);
    await isRefused(second, first, (profile) => `Cannot sync "${above}": ${profile}`);
    await second.setConfig({ sync_dir: `${above}/other` });
    await second.sync();
    expect(await readdir(`${above}/other`)).toEqual(['of the second.txt']);
    await daemon.stop();
  });

  it('a dry run looks at the folder all the same, and so does a question about it', async () => {
    const first = await openProfile({ tree });
    const daemon = await startDaemon(first);
    expect((await first.onedrive(['--display-sync-status'])).stdout).toContain('IN SYNC');
    expect((await first.onedrive(['--sync', '--dry-run'])).exitCode).toBe(0);
    await first.write('saved meanwhile.txt', 'saved');
    await daemon.says(/Uploading new file: saved meanwhile\.txt/);
    await daemon.stop();
  });

  it('that is stopped it is held, and free as soon as the daemon is killed', async () => {
    const first = await openProfile({ tree });
    const daemon = await startDaemon(first);
    const second = await secondProfile(first.syncFolder);
    daemon.signal('SIGSTOP');
    const { stderr } = await second.onedrive(['--sync']);
    expect(stderr).toContain(`(process ${daemon.pid}, which is stopped) syncs it`);
    daemon.signal('SIGKILL');
    await daemon.ended;
    await second.sync();
    await expectEqualSides({ ...second, local: first.local });
  });

  it('and finds another profile on the copy that stands in its place, it waits until that one has ended', async () => {
    const first = await openProfile({ tree });
    const daemon = await startDaemon(first);
    const [copy, aside] = [`${first.folder}/copy`, `${first.folder}/aside`];
    await cp(first.syncFolder, copy, { recursive: true, preserveTimestamps: true });
    const other = await startDaemon(await secondProfile(copy));
    await rename(first.syncFolder, aside);
    await rename(copy, first.syncFolder);
    await daemon.says(/WARNING: Cannot sync ".*": the profile ".*" \(process \d+\) syncs it/);
    await other.stop();
    await daemon.says(/The sync folder is back/);
    await daemon.says(complete);
    await daemon.stop();
    await expectEqualSides(first);
  });
});
