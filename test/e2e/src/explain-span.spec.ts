import { rename, rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openProfile } from './profile.ts';

it('tells within a screen what a run did and why, deletions first, and how to take it back', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/plan.txt', content: 'first' },
      { path: '/gone online.txt', content: 'a' },
      { path: '/folder/gone here 1.txt', content: 'b' },
      { path: '/folder/gone here 2.txt', content: 'c' },
      { path: '/old name.txt', content: 'd' },
    ],
  });
  const before = await profile.tidemark(['explain', '--run', 'last']);
  expect(before.exitCode).toBe(1);
  expect(before.stderr).toMatch(/There is no event log/);
  await profile.sync();
  await profile.write('plan.txt', 'changed here');
  profile.drive.modify('/plan.txt', 'changed online');
  profile.drive.remove('/gone online.txt');
  await rm(profile.at('folder'), { recursive: true });
  await rename(profile.at('old name.txt'), profile.at('new name.txt'));
  for (let index = 0; index < 40; index += 1) await profile.write(`many/${index}.txt`, `${index}`);
  await profile.write('x.tmp', 'x');
  await profile.sync();

  const { exitCode, stdout, counters } = await profile.tidemark(['explain', '--run', 'last']);
  expect(exitCode).toBe(0);
  expect(counters.total).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length, stdout).toBeLessThanOrEqual(24);
  expect(lines[0]).toMatch(/^Run \d+, .*Z to .*Z:$/);
  expect(lines[1]).toBe(
    'Deleted on disk, because it was deleted on the drive and had not changed on disk since the last agreement:',
  );
  expect(lines[2]).toMatch(
    /^ {2}#\d+ "gone online\.txt": Done, and the trash has it as ".*gone online\.txt"$/,
  );
  expect(stdout).toMatch(
    /^Deleted on the drive, because it was deleted on disk .*:\n {2}#\d+ "folder" with 2 in it: Done, and the recycle bin has it/m,
  );
  expect(stdout).toMatch(/^Both versions kept, because both sides changed: .*:\n {2}#\d+ "plan\.txt": Done/m);
  expect(stdout).toMatch(
    /^Moved, because it was renamed or moved on disk:\n {2}#\d+ move "old name\.txt" to "new name\.txt" on the drive: Done/m,
  );
  expect(stdout).toMatch(/^ {2}and \d+ more: --verbose tells all$/m);
  expect(stdout).toMatch(/^Left alone:\n {2}"x\.tmp": settings: /m);
  expect(lines.slice(-2)).toEqual([
    'Of one item: tidemark explain PATH',
    'To take it back: tidemark undo --run last --dry-run shows what that takes',
  ]);

  const everything = await profile.tidemark(['explain', '--run', 'last', '--verbose']);
  expect(everything.stdout.match(/"many\/\d+\.txt": Done/g)).toHaveLength(40);
  const { stdout: json } = await profile.tidemark(['explain', '--since', '1h', '--json']);
  const story = JSON.parse(json) as { groups: { kind: string; entries: object[] }[] };
  expect(story.groups.find(({ kind }) => kind === 'deletedOnDisk')?.entries).toMatchObject([
    { path: 'gone online.txt', failure: null },
  ]);
  const wrong = await profile.tidemark(['explain', '--since', 'yesterday']);
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toMatch(/Cannot read --since "yesterday": give a time like/);
});
