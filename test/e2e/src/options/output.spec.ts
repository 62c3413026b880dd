/** Options on what is printed, through the built command. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RecordedEvent, seq, type Started } from '@tidemark/contracts';
import { openEventLog } from '@tidemark/event-log';
import { describe, expect, it } from 'vitest';
import { complete, launchDaemon } from '../daemon.ts';
import { openProfile, type TestProfile } from '../profile.ts';

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

it('disable_version_check leaves out whether a newer version of Tidemark has used the profile', async () => {
  const profile = await openProfile({ tree });
  const { stdout } = await profile.sync('--verbose');
  const line = 'Checking Application Version ...';
  expect(stdout).toContain(line);
  expect(stdout).not.toContain('used this profile last');

  await useByNewerVersion(profile);
  await profile.setConfig({ disable_version_check: 'true' });
  const unchecked = await profile.sync('--verbose');
  expect(unchecked.text).not.toContain(line);
  expect(unchecked.text).not.toContain('used this profile last');

  await useByNewerVersion(profile);
  await profile.setConfig({});
  expect((await profile.sync()).stdout).toMatch(
    /^WARNING: Tidemark 99\.0\.0 used this profile last, and this is \d+\.\d+\.\d+: /m,
  );
});

/** A run that it began and ended. */
async function useByNewerVersion({ logFolder }: TestProfile): Promise<void> {
  const log = await openEventLog({ folder: logFolder, clock: { now: Date.now } });
  const recorded: RecordedEvent[] = [];
  for await (const batch of log.read()) recorded.push(...batch);
  const last = (type: 'Started' | 'Stopped'): RecordedEvent | undefined =>
    recorded.findLast(({ event }) => event.type === type);
  const [started, stopped] = [last('Started'), last('Stopped')];
  if (started === undefined || stopped === undefined) throw new Error('no run has ended');
  await log.append([
    { ...started, seq: seq(log.head + 1), event: { ...started.event, version: '99.0.0' } as Started },
    { ...stopped, seq: seq(log.head + 2) },
  ]);
  await log.close();
}

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
