/** `--single-directory`: of what is not there, or not as it was written, a run never says that all is well. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { openProfile } from './profile.ts';

const tree = [
  { path: '/Work/report.txt', content: 'report' },
  { path: '/Work/Deep/notes.txt', content: 'notes' },
  { path: '/a.txt', content: 'a' },
];
const missing = 'WARNING: The requested path for --single-directory does not exist locally. ';

it.each([
  ['"Work"', '/Work/report.txt'],
  ['./Work/', '/Work/report.txt'],
  ['/Work/Deep', '/Work/Deep/notes.txt'],
])('%j is the folder that it names', async (written, path) => {
  const profile = await openProfile({ tree });
  const { stderr } = await profile.sync('--single-directory', written);
  expect(stderr).toContain(`${missing}Creating requested path within ${profile.syncFolder}`);
  expect(await profile.local()).toHaveProperty([path]);
  expect(await profile.local()).not.toHaveProperty(['/a.txt']);
  expect((await profile.sync('--single-directory', written)).stderr).toBe('');
});

it('so is the path of a folder in sync_dir', async () => {
  const profile = await openProfile({ tree });
  await profile.sync('--single-directory', profile.at('Work'));
  expect(await profile.local()).toHaveProperty(['/Work/report.txt']);
});

describe.each(['--sync', '--monitor'])('%s', (mode) => {
  it.each([
    ['../x', /takes a folder below sync_dir, as in .*; "\.\.\/x" leads out of it/],
    ['', /is sync_dir itself. Leave the switch out/],
    ['Wo"rk', /can be no folder of the drive \(contains '"'\)/],
    ['a.txt', /takes a folder, and "a\.txt" is a file online\. Name the folder/],
    ['a.txt/b', /"a\.txt" is a file online/],
    ['work', /names "work", and the folder online is called "Work"\. Write it as it is called/],
    ['Work/deep', /names "Work\/deep", and the folder online is called "Deep"/],
  ])('refuses %j', async (written, says) => {
    const profile = await openProfile({ tree });
    const { exitCode, stderr, counters } = await profile.onedrive([mode, '--single-directory', written]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(says);
    expect(counters.byKind.createFolder).toBe(0);
    expect(
      await stat(profile.syncFolder).then(
        () => profile.local(),
        () => ({}),
      ),
    ).toEqual({});
  });
});

it('refuses a file on disk, and a folder on disk with another letter case', async () => {
  const profile = await openProfile();
  await profile.write('notes', 'a file');
  await mkdir(profile.at('Photos'));
  const file = await profile.onedrive(['--sync', '--single-directory', 'notes']);
  expect(file).toMatchObject({ exitCode: 1 });
  expect(file.stderr).toContain('"notes" is a file on disk');
  const other = await profile.onedrive(['--sync', '--single-directory', 'PHOTOS']);
  expect(other).toMatchObject({ exitCode: 1 });
  expect(other.stderr).toContain('the folder on disk is called "Photos"');
  expect((await profile.tidemark(['sync', '--single-directory', 'PHOTOS'])).exitCode).toBe(2);
  await mkdir(profile.at('Cafe\u0301'));
  const form = await profile.onedrive(['--sync', '--single-directory', 'Caf\u00e9']);
  expect(form).toMatchObject({ exitCode: 1 });
  expect(form.stderr).toContain('has that name in another form of Unicode. Copy it from a listing');
});

it('one that exists nowhere is made on both sides, and a warning says so', async () => {
  const profile = await openProfile({ tree });
  const dry = await profile.onedrive(['--sync', '--dry-run', '--single-directory', 'Wrok/new']);
  expect(dry.exitCode, dry.text).toBe(0);
  expect(dry.text).toContain(missing);
  expect(dry.text).toContain('DRY-RUN: Not creating it: Wrok/new');
  expect(profile.remote()).not.toHaveProperty(['/Wrok']);

  const { stderr } = await profile.sync('--single-directory', 'Wrok/new');
  expect(stderr).toContain(
    "The OneDrive Client was asked to search for this directory online and create it if it's not located: Wrok/new",
  );
  expect(stderr).toContain(`${missing}Creating requested path within ${profile.syncFolder}`);
  expect(await profile.local()).toEqual({ '/Wrok': 'folder', '/Wrok/new': 'folder' });
  expect(profile.remote()).toHaveProperty(['/Wrok/new']);
});

it('with --download-only, one that is not online is not made there', async () => {
  const profile = await openProfile({ tree });
  const { stderr } = await profile.sync('--download-only', '--single-directory', 'Wrok');
  expect(stderr).toContain('WARNING: "Wrok" does not exist online, so there is nothing to download');
  expect(profile.remote()).not.toHaveProperty(['/Wrok']);
});

it('one that was synced and is gone from the disk is not made anew', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  await rm(profile.at('Work/Deep'), { recursive: true });
  const { stderr } = await profile.sync('--single-directory', 'Work/Deep');
  expect(stderr).toContain(`${missing}It was synced before, so it counts as deleted here`);
  expect(profile.remote()).not.toHaveProperty(['/Work/Deep']);
});

it('one that the settings leave out is told', async () => {
  const profile = await openProfile({ tree, config: { skip_dir: 'Work' } });
  const { stderr } = await profile.sync('--single-directory', 'Work/Deep');
  expect(stderr).toContain('WARNING: The settings leave out the folder of --single-directory');
});

it('a monitor syncs it, and stays in it', async () => {
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile, ['--single-directory', 'Work']);
  await daemon.atRest();
  await daemon.stop();
  expect(await profile.local()).toHaveProperty(['/Work/report.txt']);
  expect(await profile.local()).not.toHaveProperty(['/a.txt']);
  expect(daemon.text()).toContain(missing);
});
