/** Few runs of the built command that print many of the lines, each with a name that the table refers to. */
import { cp, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openProfile, type TestProfile } from '../profile.ts';
import { runBackups } from './backups.ts';
import { runLogins } from './logins.ts';
import { runInterrupted } from './interrupted.ts';
import { runUnreached } from './unreached.ts';
import { runMonitor, runMonitorWithCleanup, runMonitorWithSyncList } from './monitors.ts';

/** What a step printed, by its name. */
export type Printed = Map<string, string>;
export type Account = 'personal' | 'business';

/** The switches of a step, as the table shows them. */
export const steps = {
  'first sync': '--display-running-config --sync --verbose --resync --resync-auth',
  'nothing to do': '--sync',
  'changes on disk': '--sync --verbose',
  'only a time': '--sync --verbose',
  'renamed online while it is fetched': '--sync --verbose',
  'after a move into skip_dir': '--sync --verbose, skip_dir',
  sync_list: '--sync --verbose --resync --resync-auth, sync_list',
  sync_root_files: '--sync --verbose --sync-root-files --resync --resync-auth, sync_list',
  cleanup: '--sync --verbose --download-only --cleanup-local-files',
  'cleanup with a name in sync_list':
    '--sync --verbose --download-only --cleanup-local-files --resync --resync-auth, sync_list',
  'running config of it': '--display-running-config, download_only, cleanup_local_files, sync_list',
  'running config of an upload': '--display-running-config, upload_only, sync_list',
  'a large removal': '--sync --verbose, classify_as_big_delete',
  'a large removal that is wanted': '--sync --verbose --force, classify_as_big_delete',
  'a mirror of the disk': '--sync --verbose --local-first --mirror-local-state',
  'transfers that fail': '--sync --verbose',
  '.nosync in the root': '--sync --verbose --check-for-nomount',
  'monitor: start': '--monitor --verbose --verbose',
  'monitor: a file is made': '--monitor --verbose --verbose',
  'monitor: a file is changed': '--monitor --verbose --verbose',
  'monitor: a file is renamed': '--monitor --verbose --verbose',
  'monitor: a folder is moved': '--monitor --verbose --verbose',
  'monitor: a file is touched': '--monitor --verbose --verbose',
  'monitor: renamed and changed': '--monitor --verbose --verbose',
  'monitor: saved by replacing': '--monitor --verbose --verbose',
  'monitor: a file is deleted': '--monitor --verbose --verbose',
  'monitor: three changes at once': '--monitor --verbose --verbose',
  'monitor: changed online': '--monitor --verbose --verbose',
  'monitor with sync_list: moved': '--monitor --verbose, sync_list',
  'monitor with sync_list: changed': '--monitor --verbose, sync_list',
  'monitor with sync_list: deleted': '--monitor --verbose, sync_list',
  'monitor with cleanup: start': '--monitor --verbose --verbose, monitor_authoritative_sync',
  'monitor with cleanup: changed online': '--monitor --verbose --verbose, monitor_authoritative_sync',
  'monitor: made, then deleted': '--monitor --verbose --verbose',
  'an upload that goes on': '--sync --verbose',
  'a download that is interrupted': '--sync --verbose, SIGINT',
  'a download that goes on': '--sync --verbose',
  'no name left for a backup': '--sync --verbose',
  'a version that is kept already': '--sync --verbose',
  'a run that cannot begin': '--sync --verbose',
  'an upload that succeeds later': '--sync --verbose',
  'a library': '--sync --verbose, drive_id',
  'login by a pasted address': '--sync',
  'login in a browser': '--sync, at a terminal of a graphical session',
  'login by a code': '--sync, use_device_auth',
} as const satisfies Readonly<Record<string, string>>;
export type Step = keyof typeof steps;

export async function runScenarios(account: Account, printed: Printed): Promise<void> {
  await runSyncs(account, printed);
  await runFilters(account, printed);
  await runMirror(account, printed);
  await runFailures(account, printed);
  // It waits for the service, and the monitor for the disk.
  await Promise.all([runMonitor(account, printed), runUnreached(account, printed)]);
  await Promise.all([runMonitorWithSyncList(account, printed), runMonitorWithCleanup(account, printed)]);
  await runInterrupted(account, printed);
  await runBackups(account, printed);
  await runLogins(account, printed);
}

/** One run, which ends with `exitCode`. */
export async function step(
  profile: TestProfile,
  printed: Printed,
  name: Step,
  args: readonly string[],
  exitCode = 0,
): Promise<void> {
  const ended = await profile.onedrive(args);
  expect(ended.exitCode, `${name}\n${ended.text}`).toBe(exitCode);
  printed.set(name, ended.text);
}

const verbose = ['--sync', '--verbose'];
const anew = ['--resync', '--resync-auth'];
const modifiedAt = '2024-05-06T07:08:09Z';
/** That OneDrive takes none of. */
const refusedNames = ['a:b.txt', ...[...'"*<>?|'].map((character) => `a${character}b.txt`)].concat(
  ['con', 'PRN', 'aux', 'nul', 'com1', 'LPT9'],
  ['dot.', 'blank '],
);

async function runSyncs(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({
    flavour: account,
    tree: [
      { path: '/down/a.txt', content: 'a' },
      { path: '/down/big.bin', content: { sizeBytes: 6_000_000, seed: 1 } },
      { path: '/down/empty.txt', content: '' },
      { path: '/copied, then removed/in.txt', content: 'in' },
      ...['changed', 'gone', 'touched', 'moved'].map((name) => ({
        ...{ path: `/${name}.txt`, content: name, modifiedAt },
      })),
    ],
    config: { display_transfer_metrics: 'true' },
  });
  await step(profile, printed, 'first sync', ['--display-running-config', ...verbose, ...anew]);
  await step(profile, printed, 'nothing to do', ['--sync']);

  await profile.write('up/new.txt', 'new');
  await profile.write('changed.txt', 'changed here');
  await rm(profile.at('gone.txt'));
  for (const name of [...refusedNames, 'tab\there.txt']) await profile.write(`names/${name}`, 'x');
  await writeFile(Buffer.concat([Buffer.from(profile.at('names/')), Buffer.from([0x78, 0xff])]), 'x');
  await symlink('nowhere', profile.at('dangling'));
  await step(profile, printed, 'changes on disk', verbose);
  await utimes(profile.at('touched.txt'), new Date(), new Date('2024-06-01T00:00:00Z'));
  await step(profile, printed, 'only a time', verbose);

  profile.drive.create('/parent/late.bin', { sizeBytes: 5_000_000, seed: 2 });
  let isRenamed = false;
  profile.simulator.onRequest(({ kind }) => {
    if (kind !== 'contentDownload' || isRenamed) return;
    isRenamed = true;
    profile.drive.rename('/parent', 'parent renamed');
  });
  await step(profile, printed, 'renamed online while it is fetched', verbose);
  profile.simulator.onRequest(() => undefined);

  await mkdir(profile.at('Left'));
  await rename(profile.at('moved.txt'), profile.at('Left/moved.txt'));
  // Another folder by its inode, and so no rename.
  await cp(profile.at('copied, then removed'), profile.at('copy'), { recursive: true });
  await rm(profile.at('copied, then removed'), { recursive: true });
  await profile.setConfig({ skip_dir: 'Left' });
  await step(profile, printed, 'after a move into skip_dir', verbose);
}

async function runFilters(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({
    flavour: account,
    tree: [
      { path: '/kept/in.txt', content: 'in' },
      { path: '/out/no.txt', content: 'no' },
      { path: '/loose.txt', content: 'loose' },
    ],
  });
  const list = (text: string): Promise<void> => writeFile(join(profile.configFolder, 'sync_list'), text);
  await list('/kept\n');
  await profile.write('kept/sub/here.txt', 'here');
  await profile.write('outside/no.txt', 'no');
  await step(profile, printed, 'sync_list', [...verbose, ...anew]);
  await step(profile, printed, 'sync_root_files', [...verbose, '--sync-root-files', ...anew]);
  profile.drive.remove('/kept/sub');
  await step(profile, printed, 'cleanup', [...verbose, '--download-only', '--cleanup-local-files']);
  const runningConfig = ['--display-running-config', '--display-sync-status'];
  await step(profile, printed, 'running config of it', [
    ...[...runningConfig, '--download-only', '--cleanup-local-files'],
  ]);
  await step(profile, printed, 'running config of an upload', [...runningConfig, '--upload-only']);
  await list('/kept\nproject\n');
  for (const name of ['one', 'two']) await profile.write(`new/project/${name}.txt`, name);
  await step(profile, printed, 'cleanup with a name in sync_list', [
    ...[...verbose, ...anew],
    ...['--download-only', '--cleanup-local-files'],
  ]);
  await rm(join(profile.configFolder, 'sync_list'));
  for (let index = 0; index < 6; index += 1) await profile.write(`many/${index}.txt`, String(index));
  await profile.sync(...anew);
  await profile.setConfig({ classify_as_big_delete: '5' });
  await rm(profile.at('many'), { recursive: true });
  await step(profile, printed, 'a large removal', verbose, 1);
  await step(profile, printed, 'a large removal that is wanted', [...verbose, '--force']);
}

async function runMirror(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({
    flavour: account,
    tree: [
      { path: '/online.txt', content: 'online' },
      { path: '/online/in.txt', content: 'in' },
    ],
  });
  await profile.write('here.txt', 'here');
  await step(profile, printed, 'a mirror of the disk', [...verbose, '--local-first', '--mirror-local-state']);
}

async function runFailures(account: Account, printed: Printed): Promise<void> {
  const profile = await openProfile({ flavour: account, tree: [{ path: '/down.txt', content: 'down' }] });
  await profile.write('up.txt', 'up');
  const refused = { type: 'status', status: 403, code: 'accessDenied' } as const;
  for (const kind of ['simpleUpload', 'sessionCreate', 'contentRedirect', 'contentDownload'] as const)
    profile.simulator.addFault({ kind, effect: refused });
  await step(profile, printed, 'transfers that fail', verbose, 1);
  profile.simulator.clearFaults();
  await profile.write('.nosync', '');
  await step(profile, printed, '.nosync in the root', [...verbose, '--check-for-nomount'], 1);
}
