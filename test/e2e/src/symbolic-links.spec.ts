/** A known folder or file is replaced by a symbolic link, or new links are made. Nothing is deleted for that. */
import { existsSync, lstatSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDaemon } from './daemon.ts';
import { mount, run, unmountInUse } from './mount.ts';
import { everythingIn, openProfile, type ProfileOptions, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

const names = Array.from({ length: 30 }, (_, file) => `picture ${file}.txt`);

/** A folder with thirty files, and a file beside it, on both sides. */
async function agreed(options: ProfileOptions = {}): Promise<TestProfile> {
  const tree = names.map((name) => ({ path: `/photos/2020/${name}`, content: name }));
  const profile = await openProfile({ ...options, tree: [...tree, { path: '/list.txt', content: 'list' }] });
  await profile.sync();
  return profile;
}

const idsOf = ({ drive }: TestProfile): Record<string, string> =>
  Object.fromEntries(drive.dump().map(({ path, id }) => [path, id]));

/** Twice, and with a full scan each time. @returns what the first run said */
async function syncsNothing(profile: TestProfile): Promise<string> {
  const before = idsOf(profile);
  const { text } = await syncsNothingOnce(profile);
  await syncsNothingOnce(profile);
  expect(idsOf(profile)).toEqual(before);
  expect(profile.drive.recycled()).toEqual([]);
  return text;
}

async function syncsNothingOnce(profile: TestProfile): Promise<{ readonly text: string }> {
  const ended = await profile.sync('--verbose');
  expect(mutations(ended.counters) + transfers(ended.counters), ended.text).toBe(0);
  return ended;
}

describe('a symbolic link in the place of what was synced (C5)', () => {
  it.each(['photos', 'photos/2020', 'list.txt'])(
    'that leads to it, moved away, changes nothing: %s',
    async (path) => {
      const profile = await agreed();
      const moved = join(profile.folder, 'moved');
      renameSync(profile.at(path), moved);
      symlinkSync(moved, profile.at(path));
      expect(await syncsNothing(profile)).not.toMatch(/Skipping item/);
      // It is the same item, and goes on as one.
      const changed = path === 'list.txt' ? path : `photos/2020/${names[0] ?? ''}`;
      const id = idsOf(profile)[`/${changed}`];
      await profile.write(changed, 'changed');
      await profile.sync();
      expect(profile.drive.read(`/${changed}`).toString()).toBe('changed');
      expect(idsOf(profile)[`/${changed}`]).toBe(id);
      expect(lstatSync(profile.at(path)).isSymbolicLink()).toBe(true);
    },
  );

  it('that leads to a copy of it on another disk changes nothing', async () => {
    const profile = await agreed();
    const other = join(profile.folder, 'other');
    await mkdir(other);
    mount(other, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
    run('cp', '-a', profile.at('photos'), other);
    rmSync(profile.at('photos'), { recursive: true });
    symlinkSync(join(other, 'photos'), profile.at('photos'));
    expect(await syncsNothing(profile)).not.toMatch(/Skipping item/);
    await unmountInUse(other);
    await syncsNothing(profile);
  });

  it.each([
    ['photos', 'gone', /invalid symbolic link: \.\/photos/],
    ['photos', '/gone', /invalid symbolic link: \.\/photos/],
    [
      'photos/2020',
      '.',
      /symbolic link is not followed: \.\/photos\/2020 \(the link leads to ".*", which is in/,
    ],
    ['photos', 'photos', /invalid symbolic link: \.\/photos/],
    [
      'photos',
      '..',
      /symbolic link is not followed: \.\/photos \(the link leads to ".*", which the sync folder is in/,
    ],
    [
      'photos',
      '/',
      /symbolic link is not followed: \.\/photos \(the link leads to "\/", which the sync folder is in/,
    ],
    ['list.txt', '/', /symbolic link is not followed: \.\/list\.txt/],
    ['list.txt', '/gone', /invalid symbolic link: \.\/list\.txt/],
    ['list.txt', '/dev/null', /invalid symbolic link: \.\/list\.txt/],
    [
      'list.txt',
      'photos/2020',
      /symbolic link is not followed: \.\/list\.txt .* which is in the sync folder/,
    ],
  ])('takes nothing away from the drive when it cannot be followed: %s to %s', async (path, target, said) => {
    const profile = await agreed();
    rmSync(profile.at(path), { recursive: true });
    symlinkSync(target, profile.at(path));
    const text = await syncsNothing(profile);
    expect(text.match(new RegExp(said, 'g'))).toHaveLength(1);
    expect(readlinkSync(profile.at(path))).toBe(target);
    const { stdout } = await profile.tidemark(['explain', path]);
    expect(stdout).toMatch(/the link leads (nowhere|to)/);
  });

  it('takes nothing away with skip_symlinks', async () => {
    const profile = await agreed({ config: { skip_symlinks: 'true' } });
    for (const path of ['photos', 'list.txt']) {
      const moved = join(profile.folder, `moved ${path}`);
      renameSync(profile.at(path), moved);
      symlinkSync(moved, profile.at(path));
    }
    const text = await syncsNothing(profile);
    expect(text).toMatch(/Skipping item - skip symbolic links configured: \.\/photos/);
    expect(text).toMatch(/Skipping item - skip symbolic links configured: \.\/list\.txt/);
  });
});

describe('what a symbolic link leads to', () => {
  async function linked(): Promise<{ readonly profile: TestProfile; readonly outside: string }> {
    const profile = await openProfile({ tree: [{ path: '/list.txt', content: 'list' }] });
    const outside = join(profile.folder, 'outside');
    await mkdir(join(outside, 'pictures/2020'), { recursive: true });
    await writeFile(join(outside, 'pictures/a.txt'), 'a');
    await writeFile(join(outside, 'pictures/2020/b.txt'), 'b');
    await writeFile(join(outside, 'letter.txt'), 'dear');
    await mkdir(profile.syncFolder, { recursive: true });
    symlinkSync('../outside/pictures', profile.at('photos'));
    symlinkSync(join(outside, 'letter.txt'), profile.at('letter.txt'));
    await profile.sync();
    expect(Object.keys(profile.remote()).sort()).toEqual([
      '/letter.txt',
      '/list.txt',
      '/photos',
      '/photos/2020',
      '/photos/2020/b.txt',
      '/photos/a.txt',
    ]);
    return { profile, outside };
  }

  it('is synced both ways, and the links stay links', async () => {
    const { profile, outside } = await linked();
    await syncsNothing(profile);
    profile.drive.modify('/letter.txt', 'dear you');
    profile.drive.modify('/photos/a.txt', 'a, from the drive');
    profile.drive.seed([{ path: '/photos/2021/c.txt', content: 'c' }]);
    await writeFile(join(outside, 'pictures/2020/b.txt'), 'b, from the disk');
    await profile.sync();
    expect(readFileSync(join(outside, 'letter.txt'), 'utf8')).toBe('dear you');
    expect(readFileSync(join(outside, 'pictures/a.txt'), 'utf8')).toBe('a, from the drive');
    expect(readFileSync(join(outside, 'pictures/2021/c.txt'), 'utf8')).toBe('c');
    expect(profile.drive.read('/photos/2020/b.txt').toString()).toBe('b, from the disk');
    for (const path of ['photos', 'letter.txt'])
      expect(lstatSync(profile.at(path)).isSymbolicLink(), path).toBe(true);
    expect(Object.values(await everythingIn(profile.trashFolder)).sort()).toContain('dear');
    await syncsNothing(profile);
  });

  it('stays where it is when it is deleted online: the links go', async () => {
    const { profile, outside } = await linked();
    for (const path of ['/photos', '/letter.txt']) profile.drive.remove(path);
    await profile.sync();
    for (const path of ['photos', 'letter.txt']) expect(existsSync(profile.at(path)), path).toBe(false);
    expect(readFileSync(join(outside, 'pictures/2020/b.txt'), 'utf8')).toBe('b');
    expect(readFileSync(join(outside, 'letter.txt'), 'utf8')).toBe('dear');
    await syncsNothingOnce(profile);
    expect(Object.keys(profile.remote())).toEqual(['/list.txt']);
  });

  it('is synced once when two links lead to it', async () => {
    const { profile, outside } = await linked();
    symlinkSync(join(outside, 'pictures/2020'), profile.at('again'));
    const text = await syncsNothing(profile);
    expect(text).toMatch(/symbolic link is not followed: \.\/again .* through the link "photos"/);
  });

  it('is watched by the daemon, and a link that is made meanwhile is followed', async () => {
    const { profile, outside } = await linked();
    await mkdir(join(outside, 'more'));
    await writeFile(join(outside, 'more/m.txt'), 'm');
    const daemon = await startDaemon(profile);
    await daemon.atRest();
    symlinkSync(join(outside, 'more'), profile.at('more'));
    const onDrive = (path: string) =>
      expect.poll(() => profile.drive.stat(path) !== undefined && profile.drive.read(path).toString(), {
        timeout: 30_000,
      });
    await onDrive('/more/m.txt').toBe('m');
    await writeFile(join(outside, 'more/n.txt'), 'n');
    await onDrive('/more/n.txt').toBe('n');
    await writeFile(join(outside, 'pictures/2020/b.txt'), 'b, saved again');
    await onDrive('/photos/2020/b.txt').toBe('b, saved again');
    await writeFile(join(outside, 'letter.txt'), 'dear all');
    await onDrive('/letter.txt').toBe('dear all');
    await daemon.atRest();
    await daemon.stop();
    await syncsNothing(profile);
  });

  it('is unknown while its file system is not mounted', async () => {
    const { profile, outside } = await linked();
    const other = join(outside, 'other');
    await mkdir(other);
    mount(other, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
    await writeFile(join(other, 'x.txt'), 'x');
    symlinkSync(other, profile.at('other'));
    await profile.sync();
    expect(profile.remote()).toHaveProperty(['/other/x.txt']);
    await unmountInUse(other);
    await syncsNothing(profile);
  });
});
