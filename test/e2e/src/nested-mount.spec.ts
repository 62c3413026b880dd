import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { complete, startDaemon } from './daemon.ts';
import { makeImage, mount, unmountInUse } from './mount.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { mutations, transfers } from './requests.ts';

interface Mounted {
  readonly profile: TestProfile;
  readonly point: string;
  readonly again: () => void;
}

/** Something is mounted on `mnt` in the sync folder, with files in it that are on both sides. */
async function mounted(kind: 'loop' | 'bind'): Promise<Mounted> {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'a' }],
    config: { space_reservation: '1' },
  });
  const point = profile.at('mnt');
  await mkdir(point, { recursive: true });
  const source = join(profile.folder, 'source');
  if (kind === 'bind') await mkdir(source);
  else makeImage(source);
  const again = (): void => mount(point, [kind === 'bind' ? '--bind' : '-oloop', source], onTestFinished);
  again();
  await mkdir(join(point, 'folder'));
  for (const name of ['one.txt', 'two.txt', 'folder/three.txt']) await writeFile(join(point, name), name);
  await profile.sync();
  expect(profile.remote()).toHaveProperty(['/mnt/folder/three.txt']);
  return { profile, point, again };
}

/** Nothing at all, whatever is or is not there. */
async function syncsNothing(profile: TestProfile): Promise<string> {
  const before = profile.remote();
  const { text, counters } = await profile.onedrive(['--sync', '--verbose']);
  expect(mutations(counters) + transfers(counters), text).toBe(0);
  expect(profile.remote()).toEqual(before);
  return text;
}

describe.each(['loop', 'bind'] as const)('a %s mount inside the sync folder', (kind) => {
  it('that is gone at the next start is no deletion, takes nothing in, and comes back with its changes only', async () => {
    const { profile, point, again } = await mounted(kind);
    const ids = profile.drive.dump().filter(({ path }) => path.startsWith('/mnt'));
    await unmountInUse(point);
    expect(await syncsNothing(profile)).toMatch(/the file system that was mounted here is missing/);
    const { stdout } = await profile.tidemark(['explain', 'mnt/two.txt']);
    expect(stdout).toMatch(
      /unknown, the disk cannot tell of it, because of "mnt": the file system that was mounted here is missing \(since event \d+\)/,
    );
    expect(stdout).toMatch(/A look \(\d+\/\d+\) found that the disk cannot tell of it/);
    expect(stdout).toMatch(/nothing is decided because of it/);
    profile.drive.create('/mnt/from the drive.txt', 'from the drive');
    const { counters } = await profile.onedrive(['--sync', '--verbose']);
    expect(mutations(counters)).toBe(0);
    expect(readdirSync(point), 'the bare mount point').toEqual([]);

    mount(point, ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
    await writeFile(join(point, 'other.txt'), 'of another disk');
    const other = await profile.onedrive(['--sync', '--verbose']);
    expect(mutations(other.counters)).toBe(0);
    expect(readdirSync(point)).toEqual(['other.txt']);
    await unmountInUse(point);

    again();
    await writeFile(join(point, 'two.txt'), 'changed meanwhile');
    const back = await profile.sync();
    expect(back.counters.byKind).toMatchObject({ delete: 0, createFolder: 0 });
    expect(await profile.local()).toEqual(profile.remote());
    expect(await profile.read('mnt/from the drive.txt')).toBe('from the drive');
    const now = new Map(profile.drive.dump().map(({ path, id }) => [path, id]));
    for (const { path, id } of ids) expect(now.get(path), path).toBe(id);
  });

  it('can be unmounted while the daemon runs; a reload changes nothing, and back again it goes on', async () => {
    const { profile, point, again } = await mounted(kind);
    const daemon = await startDaemon(profile);
    await daemon.atRest();
    profile.simulator.resetCounters();
    const before = profile.remote();
    await writeFile(join(point, 'new.txt'), 'new');
    await daemon.says(/Uploading.*new\.txt.*done/);
    await unmountInUse(point);
    await daemon.says(/the file system that was mounted here is missing/);
    await profile.setConfig({ space_reservation: '1', skip_file: '~*|.~*|*.tmp|*.bak' });
    daemon.signal('SIGHUP');
    await daemon.says(complete);
    await daemon.atRest();
    expect(profile.simulator.counters().byKind.delete).toBe(0);
    expect(readdirSync(point)).toEqual([]);
    again();
    await writeFile(join(point, 'later.txt'), 'later');
    await daemon.says(/Uploading.*later\.txt.*done/);
    await daemon.atRest();
    expect(profile.remote()).toMatchObject(before);
    expect(profile.simulator.counters().byKind).toMatchObject({ delete: 0, contentDownload: 0 });
    expect((await daemon.stop()).exitCode).toBe(0);
  });
});

it('a mount point that is renamed or deleted online stays on disk: said once, and what is saved in it goes up', async () => {
  const { profile, point } = await mounted('bind');
  const inIt = readdirSync(point);
  profile.drive.move('/mnt', '/renamed');
  const first = await profile.onedrive(['--sync']);
  expect(first.exitCode).toBe(1);
  expect(first.text).toMatch(/mnt.*EBUSY/);
  for (let run = 0; run < 2; run++) {
    const { text, counters } = await profile.sync();
    expect([mutations(counters), transfers(counters)]).toEqual([0, 0]);
    expect(text).not.toContain('mnt');
    expect(readdirSync(point)).toEqual(inIt);
  }
  await writeFile(join(point, 'new.txt'), 'new');
  await profile.sync();
  expect(profile.remote()).toHaveProperty(['/renamed/new.txt']);

  profile.drive.remove('/renamed');
  expect((await profile.onedrive(['--sync'])).exitCode).toBe(1);
  for (let run = 0; run < 2; run++) expect(mutations((await profile.sync()).counters)).toBe(0);
  expect(readdirSync(point), 'what was in it went to the trash there').toEqual(['.tidemark-staging']);
  await writeFile(join(point, 'after.txt'), 'after');
  await profile.sync();
  expect(Object.keys(profile.remote()).toSorted()).toEqual(['/a.txt', '/mnt', '/mnt/after.txt']);
});

it('a file system that is mounted over a folder with files hides them, and is not merged', async () => {
  const profile = await openProfile({ tree: [{ path: '/full/a.txt', content: 'a' }] });
  await profile.sync();
  mount(profile.at('full'), ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs'], onTestFinished);
  await profile.write('full/other.txt', 'other');
  await syncsNothing(profile);
  await unmountInUse(profile.at('full'));
  await syncsNothing(profile);
  expect(await profile.local()).toEqual(profile.remote());
});
