/** Commands that change the drive, or fetch one file: as another device would, with a sync of this profile before, beside and after. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const tree = [
  { path: '/Work/report.txt', content: 'report' },
  { path: '/Work/Deep/notes.txt', content: 'notes' },
  { path: '/a.txt', content: 'a' },
];

describe('--create-directory', () => {
  it('makes a directory online with those above it, and says so', async () => {
    const profile = await openProfile({ tree });
    const { exitCode, stdout } = await profile.onedrive(['--create-directory', 'Work/New/Inner']);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain(
      'OneDrive Client requested to create this directory online: Work/New/Inner\n' +
        'Successfully created the remote directory Work/New on Microsoft OneDrive\n' +
        'Successfully created the remote directory Work/New/Inner on Microsoft OneDrive\n',
    );
    expect(profile.remote()).toHaveProperty(['/Work/New/Inner'], 'folder');
    const again = await profile.onedrive(['--create-directory', 'Work/New/Inner']);
    expect(again.exitCode).toBe(0);
    expect(again.stdout).toContain('was found on OneDrive - skipping creating the directory: Work/New/Inner');
    expect(mutations(again.counters)).toBe(0);
    await profile.sync();
    await expectEqualSides(profile);
  });

  it.each([
    ['a.txt', '"a.txt" is a file online'],
    ['a.txt/b', '"a.txt" is a file online'],
    [
      'WORK/x',
      `has a 'case-insensitive match' to an existing directory on Microsoft OneDrive online: "Work"`,
    ],
    ['../x', 'leads out of it'],
  ])('refuses %j', async (path, says) => {
    const profile = await openProfile({ tree });
    const before = profile.remote();
    const { exitCode, stderr } = await profile.onedrive(['--create-directory', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(says);
    expect(profile.remote()).toEqual(before);
  });

  it('fails with the words of the service for a name that the drive refuses', async () => {
    const profile = await openProfile({ tree });
    const { exitCode, stderr } = await profile.onedrive(['--create-directory', 'a?b']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERROR: Cannot create the folder "a?b"');
  });
});

describe('--remove-directory', () => {
  it('deletes a directory online, into the recycle bin; the next sync follows', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    const { exitCode, stdout } = await profile.onedrive(['--remove-directory', 'Work/Deep']);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain(
      'Attempting to delete the requested path within Microsoft OneDrive\n' +
        'The requested directory to delete was found on OneDrive - attempting deletion\n' +
        'The requested directory to delete online has been deleted\n',
    );
    expect(profile.remote()).not.toHaveProperty(['/Work/Deep']);
    await profile.sync();
    await expectEqualSides(profile);
    expect(await profile.whereIs('notes')).toEqual([expect.stringMatching(/^trash:/)]);
    expect(profile.drive.recycled().map(({ path }) => path)).toEqual(['/Work/Deep']);
  });

  it('of what is not there says so, and ends well', async () => {
    const profile = await openProfile({ tree });
    const { exitCode, stdout } = await profile.onedrive(['--remove-directory', 'Nowhere']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      'The requested directory to delete was not found on OneDrive - skipping removing the remote directory online as it does not exist',
    );
  });

  it.each([
    ['a.txt', 'is a file online'],
    ['work', 'case-insensitive match'],
    ['.', 'is sync_dir itself'],
  ])('refuses %j', async (path, says) => {
    const profile = await openProfile({ tree });
    const before = profile.remote();
    const { exitCode, stderr } = await profile.onedrive(['--remove-directory', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(says);
    expect(profile.remote()).toEqual(before);
  });
});

describe('--source-directory with --destination-directory', () => {
  it('moves and renames online; the next sync moves on disk without a transfer', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    const args = ['--source-directory', 'Work/Deep', '--destination-directory', 'Deeper'];
    const { exitCode, stdout } = await profile.onedrive(args);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain('Moving Work/Deep to Deeper\n');
    const { counters } = await profile.sync();
    expect(transfers(counters)).toBe(0);
    expect(await profile.read('Deeper/notes.txt')).toBe('notes');
    await expectEqualSides(profile);
  });

  it('gives a directory another letter case', async () => {
    const profile = await openProfile({ tree });
    await profile.onedrive(['--source-directory', 'Work', '--destination-directory', 'WORK']);
    expect(profile.remote()).toHaveProperty(['/WORK/report.txt']);
  });

  it.each([
    ['Nowhere', 'Other', 'The source directory "Nowhere" does not exist online'],
    ['Work/Deep', 'a.txt', 'exists online - unable to move|rename to a path that already exists online'],
    ['Work', 'Work/Deep/Work', '"Work" cannot be moved into itself'],
    ['Work', 'None/Work', 'The directory "None" to move into does not exist online'],
    ['a.txt', 'b.txt', 'is a file online'],
  ])('refuses to move %j to %j', async (source, destination, says) => {
    const profile = await openProfile({ tree });
    const before = profile.remote();
    const args = ['--source-directory', source, '--destination-directory', destination];
    const { exitCode, stderr } = await profile.onedrive(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(says);
    expect(profile.remote()).toEqual(before);
  });
});

describe('--create-share-link', () => {
  it('prints a link to read, or to write with a caution; no log has it', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    const logFolder = join(profile.folder, 'logs');
    await profile.setConfig({ enable_logging: 'true', log_dir: logFolder });
    const read = await profile.onedrive(['--create-share-link', 'a.txt']);
    expect(read.exitCode, read.text).toBe(0);
    const link = /^File Shareable Link: (https:\/\/\S+)$/m.exec(read.stdout)?.[1] ?? '';
    expect(link).toContain('/view/');
    const write = await profile.onedrive(['--create-share-link', 'a.txt', '--with-editing-perms']);
    expect(write.stdout).toMatch(
      /^File Shareable Link: https:\/\/\S+\/edit\/\S+\nShareable Link has read-write permissions - use and provide with caution$/m,
    );
    expect(await readFile(join(logFolder, 'root.onedrive.log'), 'utf8')).not.toContain(link);
  });

  it('protects it with a password where the account can', async () => {
    const personal = await openProfile({ tree, flavour: 'personal' });
    await personal.sync();
    const args = ['--create-share-link', 'a.txt', '--share-password', 'hunter2'];
    const open = await personal.onedrive(args.slice(0, 2));
    const { exitCode, stdout, text } = await personal.onedrive([...args, '--verbose', '--verbose']);
    expect(exitCode, text).toBe(0);
    expect(stdout).not.toContain(/Link: (\S+)/.exec(open.stdout)?.[1]);
    expect(text).not.toContain('hunter2');

    const business = await openProfile({ tree });
    await business.sync();
    const refused = await business.onedrive(args);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('A password is not supported for this account');
    expect(refused.text).not.toContain('hunter2');
  });

  it('says why where the organisation forbids it, and of a file that is not synced', async () => {
    const profile = await openProfile({ tree, settings: { anonymousLinks: 'forbidden' } });
    await profile.sync();
    const refused = await profile.onedrive(['--create-share-link', 'a.txt']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('Sharing links for anonymous users are disabled');
    await profile.write('new.txt', 'new');
    const unsynced = await profile.onedrive(['--create-share-link', 'new.txt']);
    expect(unsynced.exitCode).toBe(0);
    expect(unsynced.stderr).toContain('Selected path has not been synced with Microsoft OneDrive: new.txt');
  });
});

describe('--download-file', () => {
  it('fetches that file, and nothing else', async () => {
    const profile = await openProfile({ tree });
    await profile.write('mine.txt', 'mine');
    const { exitCode, text, counters } = await profile.onedrive(['--download-file', 'Work/Deep/notes.txt']);
    expect(exitCode, text).toBe(0);
    expect(text).toContain('Downloading file: Work/Deep/notes.txt ... done');
    expect(mutations(counters)).toBe(0);
    expect(Object.keys(await profile.local()).toSorted()).toEqual([
      ...['/Work', '/Work/Deep', '/Work/Deep/notes.txt', '/mine.txt'],
    ]);
    await profile.sync();
    await expectEqualSides(profile);
  });

  it('keeps what is in its place on disk', async () => {
    const profile = await openProfile({ tree });
    await profile.write('a.txt', 'other bytes');
    const { exitCode, text } = await profile.onedrive(['--download-file', 'a.txt']);
    expect(exitCode, text).toBe(0);
    expect(await profile.read('a.txt')).toBe('a');
    expect(await profile.whereIs('other bytes')).toHaveLength(1);
  });

  it('fetches one that the settings leave out; the next sync leaves it where it is', async () => {
    const profile = await openProfile({ tree, config: { skip_dir: 'Work', skip_file: '*.txt' } });
    const { exitCode, text } = await profile.onedrive(['--download-file', 'Work/report.txt']);
    expect(exitCode, text).toBe(0);
    expect(await profile.read('Work/report.txt')).toBe('report');
    const before = profile.remote();
    await profile.sync();
    expect(await profile.read('Work/report.txt')).toBe('report');
    expect(profile.remote()).toEqual(before);
    expect(await profile.local()).not.toHaveProperty(['/a.txt']);
  });

  it('of a dry run writes nothing', async () => {
    const profile = await openProfile({ tree });
    const { exitCode, text } = await profile.onedrive(['--download-file', 'a.txt', '--dry-run']);
    expect(exitCode, text).toBe(0);
    expect(text).toContain("DRY-RUN Configured. Output below shows what 'would' have occurred.");
    await profile.write('other.txt', '');
    expect(Object.keys(await profile.local())).toEqual(['/other.txt']);
  });

  it('of a dry run needs no process but its own', async () => {
    const elsewhere = { bus: 'nats://127.0.0.1:1', bus_nkey_file: '/none', plugin_process: 'downloader' };
    const profile = await openProfile({ tree, tidemarkConfig: elsewhere });
    const { exitCode, text } = await profile.onedrive(['--download-file', 'a.txt', '--dry-run']);
    expect(exitCode, text).toBe(0);
  });

  it('gives plugins what they need', async () => {
    const profile = await openProfile({ tree, tidemarkConfig: { plugins: './sender.js' } });
    const plugin = "export default { name: 'sender', needs: { request: ['example.com'] } };\n";
    await writeFile(join(profile.configFolder, 'sender.js'), plugin);
    const { exitCode, text } = await profile.onedrive(['--download-file', 'a.txt']);
    expect(exitCode, text).toBe(0);
    expect(await profile.read('a.txt')).toBe('a');
  });

  it.each([
    ['Nowhere.txt', 'The file "Nowhere.txt" to download does not exist online'],
    ['Work', '"Work" is no file online. For a directory: --sync --download-only --single-directory'],
    ['A.txt', 'The file is called "a.txt" online'],
  ])('refuses %j', async (path, says) => {
    const profile = await openProfile({ tree });
    const { exitCode, stderr } = await profile.onedrive(['--download-file', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(says);
  });
});

it.each([
  ['--create-directory', 'New'],
  ['--remove-directory', 'Work'],
  ['--source-directory', 'Work', '--destination-directory', 'Moved'],
])('a dry run of %s changes nothing', async (...args) => {
  const profile = await openProfile({ tree });
  const { exitCode, stdout, counters } = await profile.onedrive([...args, '--dry-run']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('DRY-RUN: Would ');
  expect(mutations(counters)).toBe(0);
});

it('a monitor beside them takes up what they change, and a download is refused clearly', async () => {
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile);
  for (const args of [
    ['--create-directory', 'New'],
    ['--remove-directory', 'Work/Deep'],
    ['--source-directory', 'Work', '--destination-directory', 'New/Work'],
    ['--create-share-link', 'a.txt'],
  ]) {
    const { exitCode, text } = await profile.onedrive(args);
    expect(exitCode, text).toBe(0);
  }
  const refused = await profile.onedrive(['--download-file', 'a.txt']);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('while a sync or a monitor of the same profile runs');
  await daemon.ask('POST', '/v1/look');
  await expect.poll(async () => Object.keys(await profile.local())).toContain('/New/Work/report.txt');
  await daemon.atRest();
  await daemon.stop();
  await expectEqualSides(profile);
});
