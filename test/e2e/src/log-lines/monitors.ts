/** Monitors whose output grows with each change. */
import { mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { complete, type Daemon, launchDaemon } from '../daemon.ts';
import { openProfile, type TestProfile } from '../profile.ts';
import type { Account, Printed, Step } from './scenarios.ts';

export async function runMonitor(account: Account, printed: Printed): Promise<void> {
  const names = [
    'changed',
    'renamed',
    'touched',
    'both',
    'saved',
    'deleted',
    'burst changed',
    'burst deleted',
  ];
  const profile = await openProfile({
    flavour: account,
    tree: [
      ...names.map((name) => ({ path: `/${name}.txt`, content: name })),
      { path: '/folder/inside.txt', content: 'inside' },
    ],
    settings: { notificationDelayMs: 0, socketPingIntervalMs: 500 },
  });
  const daemon = launchDaemon(profile, ['--monitor', '--verbose', '--verbose']);
  await daemon.says(complete);
  await daemon.says('Socket.IO ping received');
  printed.set('monitor: start' satisfies Step, daemon.text());
  const grows = growth(daemon, printed);
  const at = profile.at;

  await grows('monitor: a file is made', /^Uploading new file: new\.txt \.\.\. done/m, () =>
    profile.write('new.txt', 'new'),
  );
  await grows('monitor: a file is changed', /^Uploading modified file: changed\.txt/m, () =>
    profile.write('changed.txt', 'changed here'),
  );
  await grows('monitor: a file is renamed', /^Moving renamed\.txt to other name\.txt \.\.\. done/m, () =>
    rename(at('renamed.txt'), at('other name.txt')),
  );
  await mkdir(at('place'));
  await daemon.says('Successfully created the remote directory place');
  await grows('monitor: a folder is moved', /^Moving folder to place\/folder \.\.\. done/m, () =>
    rename(at('folder'), at('place/folder')),
  );
  await grows('monitor: a file is touched', /correcting online timestamp/, () =>
    utimes(at('touched.txt'), new Date(), new Date(Date.now() + 60_000)),
  );
  await grows(
    'monitor: renamed and changed',
    /^Uploading (?:new|modified) file: both anew\.txt \.\.\. done/m,
    async () => {
      await rename(at('both.txt'), at('both anew.txt'));
      await writeFile(at('both anew.txt'), 'renamed and changed');
    },
  );
  await grows(
    'monitor: saved by replacing',
    /^Uploading (?:new|modified) file: saved\.txt \.\.\. done/m,
    async () => {
      await writeFile(at('.saved.swp'), 'saved anew');
      await rename(at('.saved.swp'), at('saved.txt'));
    },
  );
  await grows(
    'monitor: a file is deleted',
    /^Successfully deleted item from Microsoft OneDrive: deleted\.txt/m,
    () => rm(at('deleted.txt')),
  );
  await grows(
    'monitor: made, then deleted',
    /^Successfully deleted item from Microsoft OneDrive: brief\.txt/m,
    async () => {
      await profile.write('brief.txt', 'brief');
      await daemon.says(/^Uploading new file: brief\.txt \.\.\. done/);
      await rm(at('brief.txt'));
    },
  );
  await grows(
    'monitor: three changes at once',
    [
      /^Uploading new file: burst new\.txt \.\.\. done/m,
      /^Uploading modified file: burst changed\.txt \.\.\. done/m,
      /^Successfully deleted item .*burst deleted\.txt/m,
    ],
    async () => {
      await Promise.all([
        writeFile(at('burst new.txt'), 'new'),
        writeFile(at('burst changed.txt'), 'changed in a burst'),
        rm(at('burst deleted.txt')),
      ]);
    },
  );
  await grows('monitor: changed online', /^Downloading file: from afar\.txt \.\.\. done/m, () =>
    profile.drive.create('/from afar.txt', 'afar'),
  );
  await daemon.stop();
}

/** What is not online is removed only with the looks at everything, of which the first is the start. */
export async function runMonitorWithCleanup(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({
    flavour: account,
    tree: [{ path: '/a.txt', content: 'a' }],
    settings: { notificationDelayMs: 0 },
    config: {
      download_only: 'true',
      cleanup_local_files: 'true',
      monitor_authoritative_sync: 'monitor_fullscan_frequency',
    },
  });
  const daemon = launchDaemon(profile, ['--monitor', '--verbose', '--verbose']);
  await daemon.says(complete);
  printed.set('monitor with cleanup: start' satisfies Step, daemon.text());
  await growth(daemon, printed)('monitor with cleanup: changed online', /^Downloading file: b\.txt/m, () =>
    profile.drive.create('/b.txt', 'b'),
  );
  await daemon.stop();
}

/** The peer writes `./P` where a `sync_list` is in use. */
export async function runMonitorWithSyncList(account: Account, printed: Printed): Promise<void> {
  const profile = await withSyncList(account);
  const daemon = launchDaemon(profile, ['--monitor', '--verbose']);
  await daemon.says(complete);
  const grows = growth(daemon, printed);
  const at = profile.at;
  await grows('monitor with sync_list: moved', /^Moving kept\/a to kept\/b\/a \.\.\. done/m, () =>
    rename(at('kept/a'), at('kept/b/a')),
  );
  await grows('monitor with sync_list: changed', /^Uploading modified file: \.\/kept\/c\.txt/m, () =>
    profile.write('kept/c.txt', 'changed here'),
  );
  await grows('monitor with sync_list: deleted', /^Successfully deleted item from Microsoft OneDrive/m, () =>
    rm(at('kept/d.txt')),
  );
  await daemon.stop();
}

async function withSyncList(account: Account): Promise<TestProfile> {
  const profile = await openProfile({
    flavour: account,
    tree: [
      { path: '/kept/a/in.txt', content: 'in' },
      { path: '/kept/b/in.txt', content: 'in b' },
      { path: '/kept/c.txt', content: 'c' },
      { path: '/kept/d.txt', content: 'd' },
    ],
    config: { disable_websocket_support: 'true' },
  });
  await writeFile(join(profile.configFolder, 'sync_list'), '/kept\n');
  return profile;
}

/** Does something, and keeps what was printed from then to the end of the pass that said the last of the patterns. */
function growth(daemon: Daemon, printed: Printed) {
  return async (name: Step, patterns: RegExp | readonly RegExp[], act: () => unknown): Promise<void> => {
    const before = daemon.text().length;
    await act();
    const said = (): boolean => isSaid(daemon.text().slice(before), [patterns].flat());
    await expect.poll(said, { timeout: 100_000, message: name }).toBe(true);
    printed.set(name, daemon.text().slice(before));
  };
}

function isSaid(text: string, patterns: readonly RegExp[]): boolean {
  const ends = patterns.map((pattern) => text.search(pattern));
  return !ends.includes(-1) && text.includes(complete, Math.max(...ends));
}
