/** What cannot be synced is said once; then it rests, and a run that finds nothing else ends well. */
import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openProfile } from './profile.ts';
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

it('a deletion that the drive refuses fails the run that meets it, and no later one', async () => {
  const profile = await openProfile({ tree: [{ path: '/held.txt', content: 'h' }, { path: '/a.txt' }] });
  await profile.sync();
  const body = JSON.stringify({ error: { code: 'accessDenied', message: 'The item is on hold.' } });
  profile.simulator.addFault({ route: '^DELETE ', effect: { type: 'status', status: 403, body } });
  await rm(profile.at('held.txt'));
  expect((await profile.onedrive(['--sync'])).exitCode).toBe(1);
  const { stdout, counters } = await profile.sync();
  expect(counters.byKind.delete).toBe(1);
  expect(stdout).toContain('Skipping item - refused as in an earlier run');
  expect(stdout).not.toContain('failed to sync.');
  profile.simulator.clearFaults();
  await profile.sync();
  expect(profile.drive.stat('/held.txt')).toBeUndefined();
});

const notFound = {
  type: 'status',
  status: 404,
  body: JSON.stringify({ error: { code: 'itemNotFound', message: 'The resource could not be found.' } }),
} as const;
