import { existsSync } from 'node:fs';
import { readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everythingIn, expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/Work/report.txt', content: 'report' },
  { path: '/Work/Deep/notes.txt', content: 'notes' },
  { path: '/Private/diary.txt', content: 'diary' },
  { path: '/empty' },
];

/** Every kind of change, waiting on both sides. */
async function withChanges(): Promise<TestProfile> {
  const profile = await openProfile({ tree });
  await profile.sync();
  await profile.write('mine.txt', 'mine');
  await profile.write('a.txt', 'changed here');
  await rm(profile.at('Work/Deep'), { recursive: true });
  profile.drive.create('/theirs.txt', 'theirs');
  profile.drive.modify('/Private/diary.txt', 'changed online');
  profile.drive.remove('/Work/report.txt');
  return profile;
}

describe('a dry run', () => {
  it('tells what would happen and writes nothing: not on the disk, not online, not in the profile', async () => {
    const profile = await withChanges();
    const [folder, drive] = [await everythingIn(profile.syncFolder), profile.remote()];
    const config = await everythingIn(profile.configFolder);

    const { exitCode, stdout, counters } = await profile.onedrive(['--sync', '--dry-run']);
    expect(exitCode).toBe(0);
    expect(
      stdout.match(/^DRY-RUN Configured\. Output below shows what 'would' have occurred\.$/gm),
    ).toHaveLength(1);
    for (const path of [
      'mine.txt',
      'a.txt',
      'Work/Deep',
      'theirs.txt',
      'Private/diary.txt',
      'Work/report.txt',
    ])
      expect(stdout).toContain(path);
    expect(mutations(counters) + transfers(counters)).toBe(0);
    expect(await everythingIn(profile.syncFolder)).toEqual(folder);
    expect(profile.remote()).toEqual(drive);
    expect(await changedIn(profile, config)).toEqual([]);
  });

  it('on a new profile does not even make the sync folder or log in anew', async () => {
    const profile = await openProfile({ tree, settings: { refreshRotation: 'revokesOld' } });
    const token = await readFile(join(profile.configFolder, 'refresh_token'), 'utf8');
    await profile.onedrive(['--sync', '--dry-run']);
    expect(existsSync(profile.syncFolder)).toBe(false);
    expect(await readFile(join(profile.configFolder, 'refresh_token'), 'utf8')).toBe(token);
  });

  it('names what would be left, instead of calling it agreement', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await profile.write('A.txt', 'differs from a.txt in case only');
    const plan = await profile.tidemark(['plan']);
    expect(plan.stdout).toMatch(
      /^left   problem +"(A|a)\.txt"\n +because .*\nNothing to do; 1 item is not in sync\n$/,
    );
    const { stdout } = await profile.onedrive(['--display-sync-status']);
    expect(stdout).toContain(
      'NOT IN SYNC: 0 changes to the disk, 0 to the drive, 1 that no change is planned for',
    );
  });

  it('is what `plan` lists, and what the sync then does', async () => {
    const profile = await withChanges();
    const { exitCode, stdout } = await profile.tidemark(['plan', '--json']);
    expect(exitCode).toBe(0);
    const { commands: planned } = JSON.parse(stdout) as {
      commands: readonly { type: string; path: string }[];
    };
    const { counters } = await profile.sync();
    await expectEqualSides(profile);
    const count = (type: string): number => planned.filter((command) => command.type === type).length;
    expect(count('UploadFile')).toBe(Object.keys(counters.commitsByItem).length);
    expect(count('DownloadFile')).toBe(counters.byKind.contentDownload);
    expect(count('DeleteRemote')).toBe(counters.byKind.delete);
    expect(planned.map(({ type, path }) => `${type} ${path}`).toSorted()).toEqual([
      'DeleteLocal Work/report.txt',
      'DeleteRemote Work/Deep',
      'DownloadFile Private/diary.txt',
      'DownloadFile theirs.txt',
      'UploadFile a.txt',
      'UploadFile mine.txt',
    ]);
  });
});

/** Files of the profile that are different now; LevelDB's own files change when they are opened, so what they hold counts. */
async function changedIn(profile: TestProfile, before: Record<string, string>): Promise<string[]> {
  const after = await everythingIn(profile.configFolder);
  const isLog = (path: string): boolean => path.startsWith(profile.logFolder);
  const paths = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...paths].filter((path) => !isLog(path) && before[path] !== after[path]);
}

describe('directions', () => {
  it('--download-only never changes anything online, and keeps what was changed here', async () => {
    const profile = await withChanges();
    const drive = profile.remote();
    const { counters } = await profile.sync('--download-only');
    expect(mutations(counters)).toBe(0);
    expect(profile.remote()).toEqual(drive);
    expect(await profile.read('theirs.txt')).toBe('theirs');
    expect(await profile.read('Private/diary.txt')).toBe('changed online');
    expect(await profile.whereIs('changed here')).toEqual([expect.stringMatching(/^folder:/)]);
    expect(await profile.whereIs('mine')).toEqual(['folder:/mine.txt']);
    expect(existsSync(profile.at('Work/report.txt')), 'online deletions stay online').toBe(true);
  });

  it('--upload-only brings everything online and changes nothing here', async () => {
    const profile = await withChanges();
    const folder = await everythingIn(profile.syncFolder);
    const { counters } = await profile.sync('--upload-only');
    expect(counters.byKind.contentDownload).toBe(0);
    expect(await everythingIn(profile.syncFolder)).toEqual(folder);
    expect(await profile.whereIs('mine')).toContain('drive:/mine.txt');
    expect(await profile.whereIs('changed here')).toContain('drive:/a.txt');
    expect(await profile.whereIs('changed online')).toContain('drive:/Private/diary.txt');
    expect(profile.drive.stat('/Work/Deep')).toBeUndefined();
  });

  it('--upload-only --no-remote-delete leaves online what was deleted here', async () => {
    const profile = await withChanges();
    const { counters } = await profile.sync('--upload-only', '--no-remote-delete');
    expect(counters.byKind.delete).toBe(0);
    expect(profile.drive.stat('/Work/Deep/notes.txt')).toBeDefined();
  });

  it('--local-first gives the name to the local version, and keeps the other', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await profile.write('a.txt', 'changed here');
    // Newer: without the option it would win.
    profile.drive.modify('/a.txt', 'changed online', '2099-01-01T00:00:00Z');
    await profile.sync('--local-first');
    await expectEqualSides(profile);
    expect(await profile.read('a.txt')).toBe('changed here');
    expect(await profile.whereIs('changed online')).toHaveLength(2);
  });

  it('a conflict without it gives the name to the newer version, and keeps the other', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await profile.write('a.txt', 'changed here');
    profile.drive.modify('/a.txt', 'changed online', '2099-01-01T00:00:00Z');
    await profile.sync();
    await expectEqualSides(profile);
    expect(await profile.read('a.txt')).toBe('changed online');
    expect(await profile.whereIs('changed here')).toEqual([
      expect.stringMatching(/^folder:\/a-.+-safeBackup-0001\.txt$/),
      expect.stringMatching(/^drive:\/a-.+-safeBackup-0001\.txt$/),
    ]);
  });
});

it('--single-directory touches nothing outside it', async () => {
  const profile = await openProfile({ tree });
  await profile.sync('--single-directory', 'Work');
  expect(Object.keys(await profile.local()).toSorted()).toEqual([
    '/Work',
    '/Work/Deep',
    '/Work/Deep/notes.txt',
    '/Work/report.txt',
  ]);
  await profile.write('Work/new.txt', 'new');
  await profile.write('outside.txt', 'outside');
  await profile.sync('--single-directory', 'Work');
  expect(await profile.whereIs('new')).toContain('drive:/Work/new.txt');
  expect(await profile.whereIs('outside')).toEqual(['folder:/outside.txt']);
  await profile.sync();
  await expectEqualSides(profile);
});

describe('--resync', () => {
  it('of two equal sides transfers nothing, changes nothing, and makes no safe backup', async () => {
    const profile = await openProfile({ tree });
    await profile.write('mine.txt', 'mine');
    await profile.sync();
    const before = profile.remote();
    const { counters } = await profile.sync('--resync', '--resync-auth');
    expect(mutations(counters) + transfers(counters)).toBe(0);
    expect(profile.remote()).toEqual(before);
    await expectEqualSides(profile);
  });

  it('deletes nothing, not even what was deleted on one side', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await unlink(profile.at('a.txt'));
    profile.drive.remove('/Private/diary.txt');
    await profile.sync('--resync', '--resync-auth');
    await expectEqualSides(profile);
    expect(await profile.read('a.txt')).toBe('a');
    expect(profile.drive.stat('/Private/diary.txt')).toBeDefined();
  });

  it('asks first, and takes nothing but y for a yes', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    const no = await profile.onedrive(['--sync', '--resync'], { input: 'n\n' });
    expect(no.exitCode).toBe(1);
    expect(no.stdout).toContain('Are you sure you wish to proceed with --resync? [Y/N]');
    expect(no.counters.total).toBe(0);
    expect((await profile.onedrive(['--sync', '--resync'], { input: '' })).exitCode).toBe(1);
    expect((await profile.onedrive(['--sync', '--resync'], { input: 'y\n' })).exitCode).toBe(0);
  });
});

describe('many deletions at once', () => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    path: `/many/${index}.txt`,
    content: `${index}`,
  }));

  it('wait until they are confirmed; everything else goes on', async () => {
    const profile = await openProfile({ tree: [...tree, ...many], config: { classify_as_big_delete: '20' } });
    await profile.sync();
    await rm(profile.at('many'), { recursive: true });
    await profile.write('mine.txt', 'mine');
    const held = await profile.onedrive(['--sync']);
    expect(held.exitCode).toBe(1);
    expect(held.text).toMatch(
      /ERROR: An attempt to remove a large volume of data from OneDrive has been detected\. Exiting client to preserve your data on Microsoft OneDrive\nERROR: The total number of items being deleted is: 31\nERROR: To delete a large volume of data use --force or increase the config value 'classify_as_big_delete' to a larger value/,
    );
    expect(held.counters.byKind.delete).toBe(0);
    expect(profile.drive.stat('/mine.txt')).toBeDefined();
    expect((await profile.tidemark(['plan'])).exitCode).toBe(7);

    const confirmed = await profile.sync('--force');
    expect(confirmed.counters.byKind.delete).toBe(1);
    expect(profile.drive.stat('/many')).toBeUndefined();
    await expectEqualSides(profile);
  });

  it('wait in the other direction as well', async () => {
    const profile = await openProfile({ tree: [...tree, ...many], config: { classify_as_big_delete: '20' } });
    await profile.sync();
    profile.drive.remove('/many');
    const held = await profile.onedrive(['--sync']);
    expect(held.exitCode).toBe(1);
    expect(existsSync(profile.at('many/7.txt'))).toBe(true);
    await profile.sync('--force');
    await expectEqualSides(profile);
    expect(await profile.whereIs('7')).toContainEqual(expect.stringMatching(/^trash:.*\/7\.txt$/));
  });
});

describe('filters', () => {
  it('skip_file and skip_dir hold in both directions', async () => {
    const profile = await openProfile({
      tree: [...tree, { path: '/Work/cache.tmp', content: 'tmp' }],
      config: { skip_file: '~*|*.tmp', skip_dir: 'Private' },
    });
    await profile.write('~lock.txt', 'lock');
    await profile.write('Private/here.txt', 'here');
    await profile.write('ordinary.txt', 'ordinary');
    await profile.sync();
    expect(Object.keys(await profile.local()).toSorted()).toEqual([
      '/Private',
      '/Private/here.txt',
      '/Work',
      '/Work/Deep',
      '/Work/Deep/notes.txt',
      '/Work/report.txt',
      '/a.txt',
      '/empty',
      '/ordinary.txt',
      '/~lock.txt',
    ]);
    expect(await profile.whereIs('lock')).toEqual(['folder:/~lock.txt']);
    expect(await profile.whereIs('here')).toEqual(['folder:/Private/here.txt']);
    expect(await profile.whereIs('ordinary')).toContain('drive:/ordinary.txt');
  });

  it('sync_list takes in what it names, and nothing else', async () => {
    const profile = await openProfile({ tree });
    await writeFile(join(profile.configFolder, 'sync_list'), '# what matters\n/Work/\n!/Work/Deep\n');
    await profile.write('Private/here.txt', 'here');
    await profile.sync();
    const local = Object.keys(await profile.local());
    expect(local).toContain('/Work/report.txt');
    expect(local).not.toContain('/a.txt');
    expect(profile.drive.stat('/Private/here.txt')).toBeUndefined();
  });

  it('sync_list makes the folders of what a rule for anywhere includes, and no empty ones', async () => {
    const profile = await openProfile({ tree });
    await writeFile(join(profile.configFolder, 'sync_list'), 'notes.txt\n');
    await profile.write('Mine/Old/notes.txt', 'mine');
    await profile.write('Mine/Films/a.mov', 'film');
    const { stdout } = await profile.sync('--verbose');
    expect(Object.keys(await profile.local()).toSorted()).toEqual([
      ...['/Mine', '/Mine/Films', '/Mine/Films/a.mov', '/Mine/Old', '/Mine/Old/notes.txt'],
      ...['/Work', '/Work/Deep', '/Work/Deep/notes.txt'],
    ]);
    const remote = Object.keys(profile.remote());
    expect(remote).toEqual(expect.arrayContaining(['/Mine/Old/notes.txt', '/empty']));
    expect(remote).not.toContain('/Mine/Films');
    expect(stdout).toContain('Skipping path - excluded by sync_list config: ./Mine/Films');
    expect((await profile.tidemark(['why-excluded', 'empty'])).stdout).toContain(
      '"empty" is not synced, because sync_list has no line that includes it, nor anything in it',
    );
    await rm(profile.at('Mine/Old'), { recursive: true });
    await profile.sync();
    expect(Object.keys(profile.remote())).not.toContain('/Mine/Old');
    expect(Object.keys(profile.remote())).toContain('/Mine');
  });

  it('a filter that comes later deletes nothing on either side', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    const [local, remote] = [await profile.local(), profile.remote()];
    await profile.setConfig({ skip_dir: 'Work' });
    const { stdout } = await profile.sync();
    expect(stdout).toContain(
      'An application configuration change has been detected where a --resync is required',
    );
    expect(await profile.local()).toEqual(local);
    expect(profile.remote()).toEqual(remote);
    await profile.setConfig({});
    await profile.sync();
    expect(await profile.local()).toEqual(local);
    expect(profile.remote()).toEqual(remote);
  });

  it('what skip_dir excludes may be removed to save space: included again, it comes back', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await profile.setConfig({ skip_dir: 'Work' });
    await profile.sync();
    await rm(profile.at('Work'), { recursive: true });
    await profile.sync();
    await profile.setConfig({});
    const { counters } = await profile.sync();
    expect(counters.byKind.delete ?? 0).toBe(0);
    expect(await profile.read('Work/report.txt')).toBe('report');
    await expectEqualSides(profile);
    const { stdout } = await profile.tidemark(['explain', 'Work/report.txt']);
    expect(stdout).toContain(
      'It left the scope of the sync (settings: Skipping file - file path is excluded by skip_dir config: ./Work/report.txt)',
    );
    expect(stdout).toContain('It is in the scope of the sync again');
  });

  it('the same with sync_list, when it is included again before anything ran without it', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await writeFile(join(profile.configFolder, 'sync_list'), '/a.txt\n/empty/\n');
    await profile.sync();
    await rm(profile.at('Work'), { recursive: true });
    profile.drive.remove('/Private/diary.txt');
    await rm(join(profile.configFolder, 'sync_list'));
    const { counters } = await profile.sync();
    expect(counters.byKind.delete ?? 0).toBe(0);
    expect(await profile.read('Work/Deep/notes.txt')).toBe('notes');
    // Removed online while it was out of scope: the copy here is the only one, and goes up.
    expect(await profile.whereIs('diary')).toContain('drive:/Private/diary.txt');
    await expectEqualSides(profile);
  });

  it('what is moved out of an excluded folder on disk stays where its user put it, and is moved online as well', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    await profile.setConfig({ skip_dir: 'Private' });
    await profile.sync();
    await rename(profile.at('Private/diary.txt'), profile.at('Work/diary.txt'));
    await profile.sync();
    expect(await profile.whereIs('diary')).toEqual(['folder:/Work/diary.txt', 'drive:/Work/diary.txt']);
    const { counters } = await profile.sync();
    expect(mutations(counters)).toBe(0);
  });
});
