/** Options on which way changes flow, and on the folder, through the built command. */
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectEqualSides, openProfile } from '../profile.ts';

const tree = [
  { path: '/Work/report.txt', content: 'report' },
  { path: '/a.txt', content: 'a' },
];

describe.each([
  [{ download_only: 'true' }, [], false],
  [{}, ['--download-only', '--cleanup-local-files'], true],
])('cleanup_local_files (%j %j)', (config, args, cleansUp) => {
  it(`what is not online ${cleansUp ? 'goes to the trash' : 'stays here'}`, async () => {
    const profile = await openProfile({ tree, config });
    await profile.sync(...args);
    await profile.write('Work/extra.txt', 'extra');
    await profile.write('Mine/Deep/own.tmp', 'left out');
    await profile.write('a.txt', 'changed here');
    profile.drive.remove('/a.txt');
    const { stdout } = await profile.sync(...args);
    expect(Object.keys(await profile.local()).toSorted()).toEqual(
      cleansUp
        ? [
            ...['/Mine', '/Mine/Deep', '/Mine/Deep/own.tmp', '/Work', '/Work/report.txt'],
            expect.stringMatching(/^\/a-.*-safeBackup-0001\.txt$/),
          ]
        : expect.arrayContaining(['/Work/extra.txt', '/a.txt']),
    );
    expect(stdout.includes('Removing local file: Work/extra.txt')).toBe(cleansUp);
    expect(await profile.whereIs('extra')).toEqual([
      expect.stringMatching(cleansUp ? /^trash:/ : /^folder:/),
    ]);
    expect(profile.remote()).not.toHaveProperty(['/Work/extra.txt']);
  });
});

it('cleanup_local_files takes only from folders that sync_list lets in, and leaves what sync_list leaves out, online or not', async () => {
  const online = ['kept/in.txt', 'out/online.txt'].map((path) => ({ path: `/${path}`, content: path }));
  const profile = await openProfile({ tree: online });
  await profile.sync();
  await writeFile(join(profile.configFolder, 'sync_list'), '/kept\nproject\n');
  for (const path of ['kept/extra.txt', 'out/here.txt', 'new/project/one.txt', 'new/two.txt'])
    await profile.write(path, path);
  const cleanup = ['--download-only', '--cleanup-local-files'];
  await profile.sync('--resync', '--resync-auth', ...cleanup);
  const files = Object.keys(await profile.local()).filter((path) => path.endsWith('.txt'));
  expect(files.toSorted()).toEqual([
    ...['/kept/in.txt', '/new/project/one.txt', '/new/two.txt'],
    ...['/out/here.txt', '/out/online.txt'],
  ]);
  expect(await profile.whereIs('kept/extra.txt')).toEqual([expect.stringMatching(/^trash:/)]);
});

describe('mirror_local_state', () => {
  const config = { local_first: 'true', mirror_local_state: 'true' };

  it('deletes online what was never here, and downloads none of it', async () => {
    const profile = await openProfile({ tree: [...tree, { path: '/Theirs/b.txt', content: 'b' }], config });
    await profile.write('Work/report.txt', 'report');
    await profile.write('mine.txt', 'mine');
    const { stdout } = await profile.sync();
    await expectEqualSides(profile);
    expect(Object.keys(profile.remote())).toEqual(['/Work', '/Work/report.txt', '/mine.txt']);
    expect(stdout).toContain('due to --local-first & --mirror-local-state: 2');
    expect(stdout).toContain('Deleting online file from Microsoft OneDrive: a.txt');
    expect(stdout).toContain('Deleting online folder from Microsoft OneDrive: Theirs');
    expect(await profile.whereIs('a')).toEqual(['recycle bin:/a.txt']);
  });

  it('waits for a confirmation when there is nothing here at all', async () => {
    const profile = await openProfile({ tree, config });
    const { stderr, stdout } = await profile.onedrive(['--sync']);
    expect(stdout + stderr).toContain('An attempt to remove a large volume of data');
    expect(Object.keys(profile.remote())).toEqual(['/Work', '/Work/report.txt', '/a.txt']);
  });
});

describe('remove_source_files', () => {
  const config = { upload_only: 'true', remove_source_files: 'true' };

  it('moves to the trash what is online, which stays there; a later run deletes nothing', async () => {
    const profile = await openProfile({ tree, config });
    await profile.write('Work/new.txt', 'new');
    // It is online already, with the same bytes.
    await profile.write('a.txt', 'a');
    const { stdout } = await profile.sync();
    expect(stdout).toContain(
      'Attempting removal of local file as --upload-only & --remove-source-files configured',
    );
    expect(stdout).toContain('Removed local file:  Work/new.txt');
    expect(Object.keys(await profile.local())).toEqual(['/Work']);
    expect(await profile.whereIs('new')).toEqual([
      'drive:/Work/new.txt',
      expect.stringMatching(/^trash:.*new\.txt$/),
    ]);
    const online = profile.remote();
    const { counters } = await profile.sync();
    expect(counters.byKind.delete).toBe(0);
    expect(profile.remote()).toEqual(online);
  });

  it('remove_source_folders takes the folders that this empties, and no other', async () => {
    const profile = await openProfile({ tree, config: { ...config, remove_source_folders: 'true' } });
    await profile.write('Work/Deep/new.txt', 'new');
    await mkdir(profile.at('Empty'));
    const { stdout } = await profile.sync();
    expect(stdout).toContain('Removed parental path:  Work/Deep');
    expect(Object.keys(await profile.local())).toEqual(['/Empty']);
    expect(Object.keys(profile.remote())).toEqual(expect.arrayContaining(['/Empty', '/Work/Deep/new.txt']));
  });
});

it('a version that a conflict has kept already is not kept once more', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  for (const time of ['2098-01-01T00:00:00Z', '2099-01-01T00:00:00Z']) {
    await profile.write('a.txt', 'changed here');
    profile.drive.modify('/a.txt', `changed online for ${time}`, time);
    await profile.sync();
  }
  const backups = Object.keys(await profile.local()).filter((path) => path.includes('safeBackup'));
  expect(backups).toEqual([expect.stringMatching(/-safeBackup-0001\.txt$/)]);
  expect(await profile.read(backups[0] ?? '')).toBe('changed here');
  expect(await profile.read('a.txt')).toBe('changed online for 2099-01-01T00:00:00Z');
  await expectEqualSides(profile);
});

it('bypass_data_preservation makes no safe backup; what was displaced is in the trash', async () => {
  const profile = await openProfile({ tree, config: { bypass_data_preservation: 'true' } });
  await profile.sync();
  await profile.write('a.txt', 'changed here');
  profile.drive.modify('/a.txt', 'changed online', '2099-01-01T00:00:00Z');
  await profile.sync();
  expect(Object.keys(await profile.local()).filter((path) => path.includes('safeBackup'))).toEqual([]);
  expect(await profile.whereIs('changed here')).toEqual([expect.stringMatching(/^trash:/)]);
});

it('sync_dir_permissions is the mode of directories that the client makes', async () => {
  const profile = await openProfile({ tree, config: { sync_dir_permissions: '755' } });
  await profile.sync();
  expect((await stat(profile.at('Work'))).mode & 0o777).toBe(0o755);
  await mkdir(profile.at('Mine'));
  await chmod(profile.at('Mine'), 0o711);
  await profile.sync();
  expect((await stat(profile.at('Mine'))).mode & 0o777).toBe(0o711);
});
