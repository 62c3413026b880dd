/** What cannot be synced is said once; then it rests, and a run that finds nothing else ends well. */
import { execFileSync } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { statusOf } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';
import { mutations } from './requests.ts';

it('what was moved out of scope online stays on disk as it is, and no run fails for it', async () => {
  const tree = [
    { path: '/a.txt', content: 'a' },
    { path: '/Folder/b.txt', content: 'b' },
    { path: '/Out/c.txt', content: 'c' },
  ];
  const profile = await openProfile({ tree, config: { skip_dir: 'Out' } });
  await profile.sync();
  const folder = await profile.local();
  profile.drive.move('/a.txt', '/Out/a.txt');
  profile.drive.move('/Folder', '/Out/Folder');
  const drive = profile.remote();
  for (let run = 0; run < 2; run++) {
    const { stdout, counters } = await profile.sync('--verbose');
    expect(stdout).toContain('moved on the drive into "Out", which is out of scope: ./a.txt');
    expect(mutations(counters)).toBe(0);
    expect(await profile.local()).toEqual(folder);
    expect(profile.remote()).toEqual(drive);
  }
});

it('a ghost that a listing shows, and that answers 404 to everything, is gone after one attempt', async () => {
  const profile = await openProfile({ tree: [{ path: '/ghost.txt', content: 'g' }] });
  const id = profile.drive.stat('/ghost.txt')?.id ?? '';
  profile.simulator.addFault({ route: `items/${id}|download\\.aspx`, effect: notFound });
  const attempts = [];
  for (let run = 0; run < 2; run++) attempts.push((await profile.sync()).counters.byKind.contentDownload);
  expect(attempts).toEqual([expect.any(Number), 0]);
});

it('a ghost whose content alone answers 404 fails the run that meets it, and no later one', async () => {
  const profile = await openProfile({ tree: [{ path: '/ghost.txt', content: 'g' }] });
  profile.simulator.addFault({ route: 'download\\.aspx|/content', effect: notFound });
  expect((await profile.onedrive(['--sync'])).exitCode).toBe(1);
  await profile.sync();
  profile.simulator.clearFaults();
  await profile.sync();
  expect(await profile.read('ghost.txt')).toBe('g');
});

it('what is moved online to a path longer than the system takes arrives there, and stops nothing (C11)', async () => {
  const deep = ['一', '二', '三', '四'].map((name) => name.repeat(80)).join('/');
  const tree = [
    { path: `/${deep}`, kind: 'folder' as const },
    { path: '/a.txt', content: 'moved' },
  ];
  const profile = await openProfile({ tree });
  const root = join(profile.folder, 'r', ...Array.from({ length: 17 }, () => 'n'.repeat(200)));
  await mkdir(root, { recursive: true });
  onTestFinished(() => void execFileSync('rm', ['-rf', 'r'], { cwd: profile.folder }));
  await profile.setConfig({ sync_dir: root });
  await profile.sync();
  profile.drive.move('/a.txt', `/${deep}/a.txt`);
  profile.drive.create('/b.txt', 'another');
  for (let run = 0; run < 2; run++) await profile.sync();
  const contentOf = (path: string): string => execFileSync('cat', [path], { cwd: root, encoding: 'utf8' });
  expect(contentOf(`${deep}/a.txt`)).toBe('moved');
  expect(contentOf('b.txt')).toBe('another');
});

it('what is new in a folder whose name the drive cannot hold is left out with it, and no run fails for it', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  await profile.write('CON/new.txt', 'new');
  await profile.write('CON/deeper/new.txt', 'new');
  await profile.sync();
  const left = (await statusOf(profile)).notAtRest.map(({ path, standing }) => `${path} ${standing}`);
  expect(left).toEqual(
    ['CON', 'CON/deeper', 'CON/deeper/new.txt', 'CON/new.txt'].map((path) => `${path} ignored`),
  );
  expect(profile.drive.stat('/CON')).toBeUndefined();
});

describe('a deletion that the drive refuses (B11)', () => {
  it('is named by the run that meets it, and rests until something new is seen of the item', async () => {
    const profile = await openProfile({ tree: [{ path: '/held.txt', content: 'h' }, { path: '/a.txt' }] });
    await profile.sync();
    profile.simulator.addFault({ route: '^DELETE ', effect: { type: 'status', status: 403 } });
    await rm(profile.at('held.txt'));
    const first = await profile.onedrive(['--sync']);
    expect(first.exitCode).toBe(1);
    expect(first.text).toContain('ERROR: Failed to delete item from Microsoft OneDrive: held.txt');
    for (let run = 0; run < 2; run++) {
      const { text, counters } = await profile.sync();
      expect(mutations(counters)).toBe(0);
      expect(text).not.toContain('held.txt');
    }
    const status = await statusOf(profile);
    expect(status).toMatchObject({
      inSync: false,
      notAtRest: [{ path: 'held.txt', standing: 'blocked' }],
    });
    expect(status.notAtRest[0]).toHaveProperty(
      'detail',
      expect.stringMatching(/^refused as in an earlier run: /),
    );
    profile.simulator.clearFaults();
    profile.drive.bumpTag('/held.txt');
    await profile.sync();
    expect(profile.drive.stat('/held.txt')).toBeUndefined();
  });

  it('for a folder with content goes leaf by leaf, and the folders last', async () => {
    const profile = await openProfile({ tree: held, settings: { retention: 'held' } });
    await profile.sync();
    await rm(profile.at('Held'), { recursive: true });
    await profile.sync();
    await expectEqualSides(profile);
    expect(profile.drive.stat('/Held')).toBeUndefined();
  });

  it('for one leaf alone keeps that leaf and the folders above it, and nothing else', async () => {
    const profile = await openProfile({ tree: held, settings: { retention: 'held' } });
    await profile.sync();
    const route = `^DELETE .*/items/${profile.drive.stat('/Held/deep/b.txt')?.id}`;
    profile.simulator.addFault({ route, effect: { type: 'status', status: 403 } });
    await rm(profile.at('Held'), { recursive: true });
    expect((await profile.onedrive(['--sync'])).exitCode).toBe(1);
    const left = ['/Held', '/Held/deep', '/Held/deep/b.txt', '/z.txt'];
    expect(Object.keys(profile.remote()).toSorted()).toEqual(left);
    const { counters } = await profile.sync();
    expect(mutations(counters)).toBe(0);
    expect(Object.keys(await profile.local())).toEqual(['/z.txt']);
  });
});

const held = [
  { path: '/Held/a.txt', content: 'a' },
  { path: '/Held/deep/b.txt', content: 'b' },
  { path: '/Held/deep/c.txt', content: 'c' },
  { path: '/z.txt', content: 'z' },
];

const notFound = {
  type: 'status',
  status: 404,
  body: JSON.stringify({ error: { code: 'itemNotFound', message: 'The resource could not be found.' } }),
} as const;
