import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mount } from './mount.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

/** Refused before the service is asked for anything. */
async function isRefused(profile: TestProfile, why: RegExp, args = ['--sync']): Promise<string> {
  const { exitCode, stderr, text, counters } = await profile.onedrive(args);
  expect(stderr).toMatch(why);
  expect(stderr).toContain('Give sync_dir a folder with nothing of Tidemark in it or around it');
  expect(exitCode).toBe(1);
  expect(mutations(counters) + transfers(counters)).toBe(0);
  return text;
}

describe('a sync folder is refused', () => {
  it('that holds the configuration with the refresh token', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await profile.setConfig({ sync_dir: profile.folder });
    const why = /^ERROR: Cannot sync ".*": it holds the configuration \(".*\/config"\)$/m;
    for (const args of [['--sync'], ['--monitor'], ['--sync', '--dry-run'], ['--display-sync-status']])
      await isRefused(profile, why, args);
    expect((await profile.tidemark(['sync'])).exitCode).toBe(3);
    expect(profile.remote()).toHaveProperty(['/a.txt']);
    expect(Object.keys(profile.remote())).toHaveLength(1);
  });

  it('that lies in the configuration', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await profile.setConfig({ sync_dir: join(profile.configFolder, 'files') });
    await isRefused(profile, /it lies in the configuration \(".*\/config"\)$/m);
  });

  it('that a link leads into: the configuration, by its token', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await mkdir(profile.syncFolder);
    const token = join(profile.configFolder, 'refresh_token');
    await rename(token, profile.at('token'));
    await symlink(profile.at('token'), token);
    await isRefused(profile, /it holds the refresh token \(".*", as ".*\/sync\/token"\)$/m);
  });

  it('that shows the configuration through a bind mount, or is a bind mount of a part of it', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await mkdir(profile.at('mnt'), { recursive: true });
    mount(profile.at('mnt'), ['--bind', profile.configFolder], onTestFinished);
    await isRefused(profile, /it holds the configuration \(".*", as ".*\/sync\/mnt"\)$/m);

    const [part, elsewhere] = [join(profile.configFolder, 'part'), join(profile.folder, 'elsewhere')];
    await mkdir(part);
    await mkdir(elsewhere);
    mount(elsewhere, ['--bind', part], onTestFinished);
    await profile.setConfig({ sync_dir: elsewhere });
    await isRefused(profile, /it lies in the configuration \(".*", as ".*\/config\/part"\)$/m);
  });

  it('that holds a plugin, which is not even loaded', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await mkdir(profile.syncFolder);
    const settings = join(profile.configFolder, 'tidemark.conf');
    await writeFile(profile.at('plugin.js'), 'console.log("the plugin runs"); export default {};');
    await writeFile(settings, `plugins = "${profile.at('plugin.js')}"\n`, { flag: 'a' });
    const text = await isRefused(profile, /it holds the plugin .*plugin\.js \(".*\/plugin\.js"\)$/m);
    expect(text).not.toContain('the plugin runs');
  });

  it('that holds the log or the trash', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    await profile.setConfig({ enable_logging: 'true', log_dir: profile.at('log') });
    await isRefused(profile, /it holds the log \('log_dir'\) \(".*\/sync\/log"\)$/m);
    await profile.setConfig({ use_recycle_bin: 'true', recycle_bin_path: join(profile.folder, 'bin') });
    await symlink(profile.at('bin'), join(profile.folder, 'bin'));
    await mkdir(profile.at('bin'), { recursive: true });
    await isRefused(profile, /it holds the trash \('recycle_bin_path'\) \(".*", as ".*\/sync\/bin"\)$/m);
  });
});
