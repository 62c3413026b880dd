/** Who may read a file is its user's business: a new version from the drive changes none of it. */
import { chmod, chown, stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';

const tree = [{ path: '/page.html', content: 'first' }];
const isRoot = process.geteuid?.() === 0;

async function withNewVersion(config: Readonly<Record<string, string>>): Promise<TestProfile> {
  const profile = await openProfile({ tree, config });
  await profile.sync();
  await chmod(profile.at('page.html'), 0o644);
  if (isRoot) await chown(profile.at('page.html'), 33, 34);
  await profile.sync();
  profile.drive.modify('/page.html', 'second');
  await profile.sync();
  expect(await profile.read('page.html')).toBe('second');
  return profile;
}

async function accessOf(profile: TestProfile): Promise<readonly unknown[]> {
  const { mode, uid, gid } = await stat(profile.at('page.html'));
  return [(mode & 0o7777).toString(8), ...(isRoot ? [uid, gid] : [])];
}
const owner = isRoot ? [33, 34] : [];

it('keeps mode, owner and group', async () => {
  expect(await accessOf(await withNewVersion({}))).toEqual(['644', ...owner]);
});

it('sets the mode of sync_file_permissions where that is set', async () => {
  expect(await accessOf(await withNewVersion({ sync_file_permissions: '640' }))).toEqual(['640', ...owner]);
});

it('also where it is set to its default', async () => {
  expect(await accessOf(await withNewVersion({ sync_file_permissions: '600' }))).toEqual(['600', ...owner]);
});

it('disable_permission_set leaves the mode of what is new to the umask, and that of what is there to the user', async () => {
  const profile = await withNewVersion({
    disable_permission_set: 'true',
    sync_file_permissions: '640',
    sync_dir_permissions: '750',
  });
  expect(await accessOf(profile)).toEqual(['644', ...owner]);
  profile.drive.create('/folder/new.txt', 'new');
  await profile.sync();
  const modeOf = async (path: string): Promise<number> => (await stat(profile.at(path))).mode & 0o777;
  const open = 0o777 & ~process.umask();
  expect([await modeOf('folder'), await modeOf('folder/new.txt')]).toEqual([open, open & 0o666]);
});
