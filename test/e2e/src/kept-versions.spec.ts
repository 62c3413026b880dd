/** What becomes of two versions of a file, in the situations of the peer's own tests of its safe backups. */
import { rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';
import { mutations } from './requests.ts';

const first = '2019-01-01T00:00:00Z';
const early = '2020-01-01T00:00:00Z';
const late = '2021-01-01T00:00:00Z';

it('a sync keeps each version that lost its name once; a time alone is no conflict', async () => {
  const profile = await withFiles(
    'replaced',
    'newer',
    'moved',
    'dated',
    'deleted',
    'edited',
    'back',
    'gone/a',
    'gone/b',
  );
  await writeAt(profile, 'replaced.txt', 'replaced here', early);
  profile.drive.modify('/replaced.txt', 'replaced online', late);
  await writeAt(profile, 'newer.txt', 'newer here', late);
  profile.drive.modify('/newer.txt', 'older online', early);
  await writeAt(profile, 'taken.txt', 'took the name', early);
  profile.drive.rename('/moved.txt', 'taken.txt');
  await utimes(profile.at('dated.txt'), new Date(late), new Date(late));
  await writeAt(profile, 'deleted.txt', 'changed here, deleted online', late);
  profile.drive.remove('/deleted.txt');
  await writeAt(profile, 'gone/a.txt', 'changed in a folder that was deleted online', late);
  await utimes(profile.at('gone/b.txt'), new Date(late), new Date(late));
  profile.drive.remove('/gone');
  await writeAt(profile, 'edited.txt', 'edited, with a time before', '2018-01-01T00:00:00Z');
  await rm(profile.at('back.txt'));
  profile.drive.modify('/back.txt', 'changed online, deleted here', late);
  // Of these nothing was agreed before.
  await writeAt(profile, 'met same.txt', 'same', early);
  profile.drive.create('/met same.txt', 'same', late);
  await writeAt(profile, 'met early.txt', 'early here', early);
  profile.drive.create('/met early.txt', 'late online', late);
  await writeAt(profile, 'met late.txt', 'late here', late);
  profile.drive.create('/met late.txt', 'early online', early);
  await profile.sync();

  expect(await contents(profile)).toEqual({
    'replaced.txt': 'replaced online',
    [backupOf('replaced')]: 'replaced here',
    'newer.txt': 'newer here',
    [backupOf('newer')]: 'older online',
    'taken.txt': 'first moved',
    [backupOf('taken')]: 'took the name',
    'dated.txt': 'first dated',
    [backupOf('deleted')]: 'changed here, deleted online',
    [backupOf('gone/a')]: 'changed in a folder that was deleted online',
    'edited.txt': 'edited, with a time before',
    'back.txt': 'changed online, deleted here',
    'met same.txt': 'same',
    'met early.txt': 'late online',
    [backupOf('met early')]: 'early here',
    'met late.txt': 'late here',
    [backupOf('met late')]: 'early online',
  });
  await expectEqualSides(profile);
  // Both names of what was deleted online tell where its version is.
  for (const name of ['deleted.txt', backupOf('deleted')]) {
    const { stdout } = await profile.tidemark(['explain', name]);
    expect(stdout).toContain(`"deleted.txt" to "${backupOf('deleted')}"`);
    expect(stdout).toContain('kept under the name of a safe backup');
  }
});

it('a resync compares by content: equal files stay as they are, and of two versions both stay', async () => {
  const profile = await withFiles('same', 'other');
  await writeAt(profile, 'other.txt', 'changed here', early);
  profile.drive.modify('/other.txt', 'changed online', late);
  await profile.sync('--resync', '--resync-auth');
  const expected = {
    'same.txt': 'first same',
    'other.txt': 'changed online',
    [backupOf('other')]: 'changed here',
  };
  expect(await contents(profile)).toEqual(expected);
  await profile.sync('--resync', '--resync-auth');
  expect(await contents(profile)).toEqual(expected);
  await expectEqualSides(profile);
});

it('--upload-only keeps a newer version online and uploads the local one beside it, once', async () => {
  const profile = await withFiles('known', 'newer');
  await writeAt(profile, 'newer.txt', 'newer here', late);
  profile.drive.modify('/newer.txt', 'older online', early);
  await writeAt(profile, 'known.txt', 'known here', early);
  profile.drive.modify('/known.txt', 'known online', late);
  await writeAt(profile, 'new.txt', 'new here', early);
  profile.drive.create('/new.txt', 'new online', late);
  await profile.sync('--upload-only');

  const here = {
    'known.txt': 'known here',
    [backupOf('known')]: 'known here',
    'new.txt': 'new here',
    [backupOf('new')]: 'new here',
    'newer.txt': 'newer here',
    [backupOf('newer')]: 'older online',
  };
  const online = { ...here, 'known.txt': 'known online', 'new.txt': 'new online' };
  expect(await contents(profile)).toEqual(here);
  expect(onDrive(profile)).toEqual(online);
  expect(mutations((await profile.sync('--upload-only')).counters)).toBe(0);
  const { stdout } = await profile.tidemark(['explain', 'known.txt']);
  expect(stdout).toContain(`and the copy is "${backupOf('known')}"`);
  expect(stdout).not.toContain('tidemark conflicts');
  expect(await contents(profile)).toEqual(here);
  await profile.sync();
  expect(await contents(profile)).toEqual(online);
  await expectEqualSides(profile);
});

/** Synced, and older than whatever is saved afterwards. */
async function withFiles(...names: readonly string[]): Promise<TestProfile> {
  const profile = await openProfile({
    tree: names.map((name) => ({ path: `/${name}.txt`, content: `first ${name}`, modifiedAt: first })),
  });
  await profile.sync();
  return profile;
}

async function writeAt(profile: TestProfile, path: string, content: string, time: string): Promise<void> {
  await writeFile(profile.at(path), content);
  await utimes(profile.at(path), new Date(time), new Date(time));
}

const onDrive = ({ drive }: TestProfile): Record<string, string> =>
  Object.fromEntries(
    drive
      .dump()
      .filter(({ kind }) => kind === 'file')
      .map(({ path }) => [path.slice(1), drive.read(path).toString()]),
  );

const backupOf = (name: string): string => `${name}-${hostname()}-safeBackup-0001.txt`;

async function contents(profile: TestProfile): Promise<Record<string, string>> {
  const files = Object.entries(await profile.local()).filter(([, summary]) => summary !== 'folder');
  const paths = files.map(([path]) => path.slice(1));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await profile.read(path)] as const)),
  );
}
