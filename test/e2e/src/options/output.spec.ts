/** Options on what is printed, through the built command. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complete, launchDaemon } from '../daemon.ts';
import { openProfile } from '../profile.ts';

const tree = [{ path: '/a.txt', content: 'a' }];

describe('display_running_config', () => {
  it.each([
    [{ display_running_config: 'true' }, ['--sync']],
    [{}, ['--sync', '--display-running-config']],
    [{}, ['--sync', '--verbose', '--verbose']],
    [{}, ['--display-sync-status', '--display-running-config']],
  ])('prints the settings in use at the start (%j %j)', async (config, args) => {
    const profile = await openProfile({ tree, config: { ...config, skip_dir: 'Private' } });
    await writeFile(join(profile.configFolder, 'sync_list'), '/a.txt\n');
    const { exitCode, stdout, text } = await profile.onedrive(args);
    expect(exitCode, text).toBe(0);
    expect(stdout).toContain('--------------- Application Runtime Configuration ---------------\n');
    expect(stdout).toMatch(/^Config option 'skip_dir'\s*= Private$/m);
    expect(stdout).toMatch(/^Config option 'download_only'\s*= false$/m);
    expect(stdout).toMatch(/^Selective sync 'sync_list' configured\s*= true$/m);
    expect(stdout).toMatch(/^-+'sync_list'-+\n\/a\.txt\n-{71}$/m);
    expect(stdout.split('Application Runtime Configuration')).toHaveLength(2);
  });

  it('is not printed unless it is asked for', async () => {
    const profile = await openProfile({ tree });
    expect((await profile.sync()).stdout).not.toContain('Config option');
  });
});

it('--display-config prints the settings and contacts nobody', async () => {
  const profile = await openProfile({ config: { threads: '3' } });
  const { exitCode, stdout, requests } = await profile.onedrive(['--display-config', '--skip-size', '7']);
  expect(exitCode).toBe(0);
  expect(requests).toEqual([]);
  expect(stdout).toMatch(/^Config option 'threads'\s*= 3$/m);
  expect(stdout).toMatch(/^Config option 'skip_size'\s*= 7$/m);
});

it.each(['onedrive', 'tidemark'] as const)(
  '%s --version prints which it is, and contacts nobody',
  async (name) => {
    const profile = await openProfile();
    const { exitCode, stdout, requests } = await profile[name](['--version']);
    expect([exitCode, requests]).toEqual([0, []]);
    expect(stdout).toMatch(new RegExp(`^${name} v\\d+\\.\\d+\\.\\d+\\n$`));
  },
);

it('monitor_log_frequency prints a quiet interval once in so many, and --verbose each', async () => {
  const count = async (frequency: string, ...args: readonly string[]): Promise<number> => {
    const profile = await openProfile({
      tree,
      config: { monitor_max_loop: '4', disable_websocket_support: 'true' },
    });
    const daemon = launchDaemon(profile, ['--monitor', '--monitor-log-frequency', frequency, ...args]);
    await daemon.says(complete);
    for (let look = 0; look < 4; look += 1) {
      await daemon.ask('POST', '/v1/look').catch(() => undefined);
      await daemon.atRest().catch(() => undefined);
    }
    const { text } = await daemon.ended;
    return text.split(complete).length - 1;
  };
  const seldom = await count('3');
  // What happens meanwhile may be an interval more.
  expect(await count('1')).toBeGreaterThan(seldom);
  expect(await count('3', '--verbose')).toBeGreaterThan(seldom);
});
