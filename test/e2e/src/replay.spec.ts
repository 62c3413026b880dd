/** A log is looked at again: what would have been decided otherwise, and when. */
import { expect, it } from 'vitest';
import { openProfile } from './profile.ts';

it('tells what other settings would have decided, and that nothing differs when nothing is changed', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/plan.txt', content: 'plan' },
      { path: '/notes.bak', content: 'notes' },
    ],
  });
  await profile.write('here.bak', 'here');
  await profile.sync();

  const same = await profile.tidemark(['what-if']);
  expect(same.exitCode, same.text).toBe(0);
  expect(same.stdout).toMatch(/^0 decisions differ, at \d+ moments of \d+ events\n$/);
  expect(same.counters.total, 'it asks no drive').toBe(0);

  const other = await profile.tidemark(['what-if', '--policy', 'skip_file=*.bak']);
  expect(other.stdout.match(/^#\d+ .*$/gm)?.map((line) => line.replace(/^#\d+ +/, ''))).toEqual([
    '"here.bak"',
    '"notes.bak"',
  ]);
  expect(other.stdout).toMatch(/was: {7}upload "here\.bak" as a new file: it is new on disk/);
  expect(other.stdout).toMatch(/would be: {2}nothing for "here\.bak": ignored, settings: .*skip_file/);

  for (const [args, problem] of [
    [['--policy', 'log_dir=/tmp'], /"log_dir" steers no decision/],
    [['--without', '1'], /Event 1 is Started, which is no observation/],
  ] as const) {
    const refused = await profile.tidemark(['what-if', ...args]);
    expect(refused.exitCode, refused.text).toBe(2);
    expect(refused.stderr).toMatch(problem);
  }
});
