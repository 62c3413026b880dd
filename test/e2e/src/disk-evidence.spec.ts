/**
 * What a disk shows, and what it proves: coarse times, few dates and no birth times on a real file system of that kind (ext4 with
 * inodes of 128 bytes), files with several names, files without bytes.
 */
import { renameSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDaemon } from './daemon.ts';
import { makeImage, mount, run, unmount } from './mount.ts';
import { expectEqualSides, openProfile, type ProfileOptions, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

/** Whole seconds from 1901 to 2038, and no birth times. */
async function mountOld(image: string, folder: string): Promise<void> {
  makeImage(image, ['-I', '128']);
  mount(folder, ['-oloop', image], onTestFinished);
  await rm(join(folder, 'lost+found'), { recursive: true });
}

/** The sync folder is such a file system. */
async function openOldProfile(options: ProfileOptions = {}): Promise<TestProfile> {
  const profile = await openProfile({ ...options, config: { space_reservation: '1' } });
  await mkdir(profile.syncFolder);
  await mountOld(join(profile.folder, 'disk'), profile.syncFolder);
  return profile;
}

async function syncsNothing(profile: TestProfile): Promise<void> {
  const { counters, text } = await profile.sync();
  expect(mutations(counters) + transfers(counters), text).toBe(0);
}

const idsOf = ({ drive }: TestProfile): Record<string, string> =>
  Object.fromEntries(drive.dump().map(({ path, id }) => [path, id]));

/** Three folders with four files each. */
const folders = [0, 1, 2].flatMap((folder) =>
  [0, 1, 2, 3].map((file) => ({ path: `/d${folder}/f${file}.txt`, content: `${folder}.${file}` })),
);

describe('time stamps of a second (C6)', () => {
  it('hide no save that follows a download of the same size within the same second', async () => {
    const profile = await openOldProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
    const daemon = await startDaemon(profile);
    for (let attempt = 0; ; attempt++) {
      const name = `${attempt}.txt`;
      profile.drive.create(`/${name}`, 'drive', new Date(Math.floor(Date.now() / 1000) * 1000).toISOString());
      await daemon.ask('POST', '/v1/look');
      await daemon.says(`Downloading file: ${name} ... done`);
      const before = statSync(profile.at(name));
      writeFileSync(profile.at(name), 'saved');
      utimesSync(profile.at(name), before.mtime, before.mtime);
      if (statSync(profile.at(name)).ctimeMs !== before.ctimeMs) continue;
      await expect.poll(() => profile.drive.read(`/${name}`).toString(), { timeout: 60_000 }).toBe('saved');
      break;
    }
    await daemon.atRest();
    expect((await daemon.status()).inSync).toBe(true);
    await daemon.stop();
    await expectEqualSides(profile);
  });
});

describe('dates that a disk cannot hold (C6)', () => {
  const dates = {
    'far.txt': '9999-12-31T23:59:59.000Z',
    'later.txt': '2050-01-01T00:00:00.000Z',
    'old.txt': '1890-06-01T00:00:00.000Z',
    'before 1970.txt': '1950-06-01T12:00:00.000Z',
  };
  const tree = Object.entries(dates).map(([name, modifiedAt]) => ({
    path: `/${name}`,
    content: name,
    modifiedAt,
  }));
  const expectKeptOnDrive = ({ drive }: TestProfile): void => {
    for (const [name, date] of Object.entries(dates))
      expect(drive.stat(`/${name}`)?.modifiedAt, name).toBe(date);
  };

  it('are clamped once, never go back to the drive, and are left alone from then on', async () => {
    const profile = await openOldProfile({ tree });
    await profile.sync();
    await expectEqualSides(profile);
    const dated = (name: string): Date => statSync(profile.at(name)).mtime;
    for (const name of ['far.txt', 'later.txt']) expect(dated(name).getUTCFullYear()).toBe(2038);
    expect(dated('old.txt').getUTCFullYear()).toBe(1901);
    expect(dated('before 1970.txt')).toEqual(new Date(dates['before 1970.txt']));
    for (let time = 0; time < 2; time++) await syncsNothing(profile);
    expectKeptOnDrive(profile);
  });

  it('are clamped once when the drive sets them later, too', async () => {
    const profile = await openOldProfile({
      tree: tree.map(({ path, content }) => ({ path, content, modifiedAt: '2020-01-01T00:00:00Z' })),
    });
    await profile.sync();
    for (const [name, date] of Object.entries(dates)) profile.drive.setModifiedAt(`/${name}`, date);
    for (let time = 0; time < 3; time++) await syncsNothing(profile);
    expectKeptOnDrive(profile);
    expect(statSync(profile.at('later.txt')).mtime.getUTCFullYear()).toBe(2038);
  });
});

it('dates before 1970 are kept, whichever side they come from (C6)', async () => {
  const theirs = '1961-04-12T06:07:00.000Z';
  const ours = '1957-10-04T19:28:34.000Z';
  const profile = await openProfile({ tree: [{ path: '/theirs.txt', content: 't', modifiedAt: theirs }] });
  await profile.write('ours.txt', 'o');
  utimesSync(profile.at('ours.txt'), new Date(ours), new Date(ours));
  await profile.sync();
  expect(statSync(profile.at('theirs.txt')).mtime.toISOString()).toBe(theirs);
  expect(profile.drive.stat('/ours.txt')?.modifiedAt).toBe(ours);
  await syncsNothing(profile);
});

describe('inode numbers without birth times (C7)', () => {
  it('cost nothing when the tree was copied to another disk in another order', async () => {
    const profile = await openOldProfile({ tree: folders });
    await profile.sync();
    const [before, ids] = [statSync(profile.at('d0/f0.txt')), idsOf(profile)];
    expect(before.birthtimeMs, 'this file system keeps no birth time').toBe(0);
    const other = join(profile.folder, 'other');
    await mkdir(other);
    await mountOld(join(profile.folder, 'other disk'), other);
    for (const name of (await readdir(profile.syncFolder)).toSorted().toReversed())
      run('cp', '-a', profile.at(name), other);
    unmount(other);
    unmount(profile.syncFolder);
    mount(profile.syncFolder, ['-oloop', join(profile.folder, 'other disk')], onTestFinished);
    expect(statSync(profile.at('d0/f0.txt')).ino).not.toBe(before.ino);
    await syncsNothing(profile);
    await syncsNothing(profile);
    expect(idsOf(profile)).toEqual(ids);
  });

  it.each(['file', 'folder'] as const)(
    'never give a new %s the id of the deleted one whose number it got',
    async (kind) => {
      const profile = await openOldProfile({ tree: folders });
      await profile.sync();
      const ids = Object.values(idsOf(profile));
      const [gone, fresh] = kind === 'file' ? ['d1/f1.txt', 'd1/new.txt'] : ['d1', 'new'];
      const { ino } = statSync(profile.at(gone));
      rmSync(profile.at(gone), { recursive: true });
      const made: string[] = [];
      for (let attempt = 0; ; attempt++) {
        const path = attempt === 0 ? fresh : `${fresh} ${attempt}`;
        if (kind === 'folder') await profile.write(`${path}/f1.txt`, 'a stranger');
        else await profile.write(path, `stranger ${attempt}`);
        made.push(path);
        if (statSync(profile.at(path)).ino === ino) break;
        expect(attempt, 'the number is used again').toBeLessThan(50);
      }
      await profile.sync('--force');
      await expectEqualSides(profile);
      for (const path of made) expect(ids).not.toContain(idsOf(profile)[`/${path}`]);
    },
  );
});

it('a tree that has a hard-linked backup moves like every other: ids kept, nothing sent (C7)', async () => {
  const profile = await openProfile({ tree: folders });
  await profile.sync();
  const ids = idsOf(profile);
  run('cp', '-al', profile.syncFolder, join(dirname(profile.syncFolder), 'backup'));
  await syncsNothing(profile);
  renameSync(profile.at('d0/f0.txt'), profile.at('d1/moved.txt'));
  renameSync(profile.at('d2'), profile.at('d0/within'));
  const { counters, text } = await profile.sync();
  expect(counters.byKind, text).toMatchObject({ patch: 2, delete: 0, createFolder: 0 });
  expect(transfers(counters)).toBe(0);
  const now = idsOf(profile);
  expect(now['/d1/moved.txt']).toBe(ids['/d0/f0.txt']);
  expect(now['/d0/within/f3.txt']).toBe(ids['/d2/f3.txt']);
  await expectEqualSides(profile);
});

describe('a file without bytes (C8)', () => {
  it('that has its old time comes back from the drive, and the empty one is kept beside it and named', async () => {
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'content' }] });
    await profile.sync();
    const { mtime } = statSync(profile.at('a.txt'));
    truncateSync(profile.at('a.txt'));
    utimesSync(profile.at('a.txt'), mtime, mtime);
    const { text } = await profile.sync();
    expect(await profile.read('a.txt')).toBe('content');
    expect(profile.drive.read('/a.txt').toString()).toBe('content');
    const kept = (await readdir(profile.syncFolder)).find((name) => name.includes('safeBackup'));
    expect(kept).toBeDefined();
    expect(text).toContain(kept);
    expect(statSync(profile.at(kept ?? '')).size).toBe(0);
  });

  it('that was emptied by its user is empty on the drive too', async () => {
    const modifiedAt = '2020-02-02T02:02:02Z';
    const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'content', modifiedAt }] });
    await profile.sync();
    truncateSync(profile.at('a.txt'));
    await profile.sync();
    expect(profile.drive.stat('/a.txt')).toHaveProperty('sizeBytes', 0);
    await expectEqualSides(profile);
  });
});
