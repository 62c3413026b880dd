/** Options that keep something out of the sync, through the built command on both sides. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openProfile, type TestProfile } from '../profile.ts';

const tree = [
  { path: '/Work/report.txt', content: 'report' },
  { path: '/Deep/Work/notes.txt', content: 'notes' },
  { path: '/large.bin', content: { sizeBytes: 2 * 2 ** 20, seed: 1 } },
  { path: '/small.txt', content: 'small' },
];
const files = async (profile: TestProfile): Promise<readonly string[]> =>
  Object.entries(await profile.local())
    .flatMap(([path, hash]) => (hash === 'folder' ? [] : [path]))
    .toSorted();

it.each([
  ['skip_dir', { skip_dir: 'Work' }, ['/large.bin', '/small.txt']],
  [
    'skip_dir_strict_match',
    { skip_dir: 'Work', skip_dir_strict_match: 'true' },
    ['/Deep/Work/notes.txt', '/large.bin', '/small.txt'],
  ],
  ['skip_file', { skip_file: '~*|.~*|*.tmp|*.swp|*.partial|*.txt' }, ['/large.bin']],
  ['skip_size', { skip_size: '2' }, ['/Deep/Work/notes.txt', '/Work/report.txt', '/small.txt']],
])('%s of the config file', async (_name, config, expected) => {
  const profile = await openProfile({ tree, config });
  await profile.sync();
  expect(await files(profile)).toEqual(expected);
});

it.each([
  [
    ['--skip-dir', 'Work', '--skip-dir-strict-match'],
    ['/Deep/Work/notes.txt', '/large.bin', '/small.txt'],
  ],
  [['--skip-file', '*.txt'], ['/large.bin']],
  [
    ['--skip-size', '2'],
    ['/Deep/Work/notes.txt', '/Work/report.txt', '/small.txt'],
  ],
])('%j on the command line', async (args, expected) => {
  const profile = await openProfile({ tree });
  await profile.sync(...args);
  expect(await files(profile)).toEqual(expected);
});

it('rules match names in whatever form Unicode writes them, and bring only what they cover', async () => {
  const [composed, decomposed] = ['Caf\u00e9', 'Cafe\u0301'];
  const profile = await openProfile({
    tree: [
      { path: `/${decomposed}/menu/list.txt`, content: 'list' },
      { path: `/${decomposed}/beside.txt`, content: 'beside' },
      { path: `/${decomposed}/menu/${decomposed}.txt`, content: 'skipped' },
    ],
    config: { skip_file: `~*|.~*|*.tmp|*.swp|*.partial|${composed}.txt` },
  });
  const rules = `/${composed}/*/list.txt\n/${composed}/*/${composed}.txt\n`;
  await writeFile(join(profile.configFolder, 'sync_list'), rules);
  const { exitCode, text } = await profile.onedrive(['--sync']);
  expect(exitCode, text).toBe(0);
  expect(await files(profile)).toEqual([`/${decomposed}/menu/list.txt`]);
});

it('skip_dotfiles and --skip-dot-files leave names with a dot on either side', async () => {
  const dotted = [...tree, { path: '/.hidden/a.txt', content: 'a' }];
  const profile = await openProfile({ tree: dotted });
  await profile.write('.local', 'local');
  await profile.sync('--skip-dot-files');
  expect(profile.remote()).not.toHaveProperty(['/.local']);
  expect(await profile.local()).not.toHaveProperty(['/.hidden']);
  await profile.setConfig({ skip_dotfiles: 'true' });
  await profile.sync();
  expect(await profile.local()).not.toHaveProperty(['/.hidden']);
});

describe('check_nosync and --check-for-nosync', () => {
  it.each([
    [{ check_nosync: 'true' }, []],
    [{}, ['--check-for-nosync']],
  ])('skip a directory with the marker (%j %j)', async (config, args) => {
    const profile = await openProfile({ config });
    await profile.write('kept/.nosync', '');
    await profile.write('kept/private.txt', 'private');
    await profile.write('open.txt', 'open');
    await profile.sync(...args);
    expect(Object.keys(profile.remote())).toEqual(['/open.txt']);
  });
});

describe('check_nomount and --check-for-nomount', () => {
  it.each([
    [{ check_nomount: 'true' }, []],
    [{}, ['--check-for-nomount']],
  ])('stop while the root has the marker (%j %j)', async (config, args) => {
    const profile = await openProfile({ tree, config });
    await profile.write('.nosync', '');
    const { exitCode, text, counters } = await profile.onedrive(['--sync', ...args]);
    expect(exitCode).toBe(1);
    expect(text).toContain('.nosync file found in directory mount point');
    expect(counters.byKind.deltaRead).toBe(0);
  });
});

it.each([
  [{ sync_root_files: 'true' }, []],
  [{}, ['--sync-root-files']],
])('sync_root_files and --sync-root-files let in the files of the root (%j %j)', async (config, args) => {
  const profile = await openProfile({ tree, config });
  await writeFile(join(profile.configFolder, 'sync_list'), '/Work\n');
  await profile.sync(...args);
  expect(await files(profile)).toEqual(['/Work/report.txt', '/large.bin', '/small.txt']);
});

describe('--force-sync', () => {
  it('asks, and after a yes syncs a directory that skip_dir leaves out', async () => {
    const profile = await openProfile({ tree, config: { skip_dir: 'Work' } });
    const args = ['--sync', '--single-directory', 'Work', '--force-sync'];
    const no = await profile.onedrive(args, { input: 'n\n' });
    expect(no.exitCode).toBe(1);
    expect(no.stdout).toContain('WARNING: Overriding application configuration to use application defaults');
    expect(await files(profile).catch(() => [])).toEqual([]);
    const yes = await profile.onedrive(args, { input: 'Y\n' });
    expect(yes.exitCode, yes.text).toBe(0);
    expect(await files(profile)).toEqual(['/Work/report.txt']);
  });
});
