/** What cannot be synced is said once; then it rests, and a run that finds nothing else ends well. */
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

const notFound = {
  type: 'status',
  status: 404,
  body: JSON.stringify({ error: { code: 'itemNotFound', message: 'The resource could not be found.' } }),
} as const;
