/** A log is looked at again: what would have been decided otherwise, and when. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { hashOf, openProfile, type TestProfile } from './profile.ts';
import { binaryPath } from './run-binary.ts';

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

  await writeFile(profile.at('../list'), '/here.bak\n');
  const listed = await profile.tidemark(['what-if', '--sync-list', profile.at('../list')]);
  expect(listed.stdout).toMatch(/would be: {2}nothing for "plan\.txt": ignored, settings: .*sync_list/);
  expect(listed.stdout).not.toMatch(/here\.bak/);

  for (const [args, problem] of [
    [['--sync-list', profile.at('../none')], /There is no file .*none/],
    [['--policy', 'log_dir=/tmp'], /"log_dir" steers no decision/],
    [['--without', '1'], /Event 1 is Started, which is no observation/],
  ] as const) {
    const refused = await profile.tidemark(['what-if', ...args]);
    expect(refused.exitCode, refused.text).toBe(2);
    expect(refused.stderr).toMatch(problem);
  }
});

it('finds since when a file is gone, stops before its deletion, and goes through the events by keys', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/plan.txt', content: 'plan' },
      { path: '/notes.txt', content: 'notes' },
    ],
  });
  await profile.sync();
  await rm(profile.at('plan.txt'));
  await profile.sync();

  const gone = await profile.tidemark(['bisect', '--absent', 'plan.txt', '--on', 'disk', '--json']);
  expect(gone.exitCode, gone.text).toBe(0);
  expect(gone.counters.total, 'no drive is asked').toBe(0);
  const found = JSON.parse(gone.stdout);
  expect(found).toMatchObject({
    isFirst: true,
    changes: [{ path: 'plan.txt', before: { local: { name: 'plan.txt' } }, after: { local: null } }],
  });
  const there = await profile.tidemark(['bisect', '--hash', `plan.txt=${hashOf('plan')}`]);
  expect(there.exitCode, there.text).toBe(0);
  expect(there.stdout).toMatch(/^Event \d+ is the first after which "plan\.txt" has the hash /);
  expect((await profile.tidemark(['bisect', '--absent', 'notes.txt'])).exitCode).toBe(1);
  expect((await profile.tidemark(['bisect', '--law', 'plans'])).stdout).toMatch(
    /^There is no event from 1 to /,
  );

  const until = await profile.tidemark(['replay', '--until', 'deletion']);
  expect(until.exitCode, until.text).toBe(0);
  const [, decided] = /^ *(\d+) .* DeleteRemote "plan\.txt"/.exec(until.stdout) ?? [];
  expect(Number(decided)).toBeGreaterThan(found.seq);
  expect(until.stdout).toContain(`After event ${Number(decided) - 1}, recorded `);
  const next = await profile.tidemark(['replay', '--until', 'deletion', '--from', `${Number(decided) + 1}`]);
  expect(next.exitCode, 'there is one deletion').toBe(1);

  const steps = await profile.tidemark([
    'replay',
    '--step',
    '--from',
    `${found.seq}`,
    '--to',
    `${found.seq}`,
  ]);
  expect(steps.stdout).toMatch(/~ plan\.txt \(item \d+\)\n {4}disk {4}file "plan\.txt", .* → nothing\n$/);
  const typed = await inTerminal(profile, ['replay', '--step'], 'nnpq');
  expect([...typed.matchAll(/event (\d+) of \d+/g)].map(([, at]) => at)).toEqual(['1', '2', '3', '2']);
});

/** What a terminal shows while the keys are pressed. */
async function inTerminal(profile: TestProfile, args: readonly string[], keys: string): Promise<string> {
  const words = [binaryPath('tidemark'), ...args, '--confdir', profile.configFolder].join(' ');
  const out = join(profile.folder, 'typescript');
  const terminal = spawn('script', ['--quiet', '--flush', '--return', '--command', words, out], {
    env: { PATH: '/usr/bin:/bin', HOME: profile.folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let text = '';
  terminal.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  terminal.stdin.write(keys);
  const [exitCode] = await once(terminal, 'close');
  expect(exitCode, text).toBe(0);
  return text;
}

it('writes an incident into one file without a name in it, which replays on another machine', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/Zyxwvut/Quarterly.docx', content: 'first quarter' },
      { path: '/Zyxwvut/old.secretly', content: 'b' },
    ],
    config: { skip_file: '~*|*.secretly' },
  });
  await profile.sync();
  profile.drive.modify('/Zyxwvut/Quarterly.docx', 'changed online');
  await profile.write('Zyxwvut/Quarterly.docx', 'changed here');
  await profile.sync();
  const file = profile.at('../incident.gz');
  const path = 'Zyxwvut/Quarterly.docx';
  const made = await profile.tidemark(['incident', 'create', '--around', path, '--output', file]);
  expect(made.exitCode, made.text).toBe(0);
  expect(made.stdout).toMatch(/both sides changed: the version of the drive keeps the name/);
  const text = gunzipSync(await readFile(file)).toString();
  expect(text).not.toMatch(/zyxw|quarterly|secretly/i);

  const other = await openProfile({ tree: [] });
  const replayed = await other.tidemark(['replay', file]);
  expect(replayed.exitCode, replayed.text).toBe(0);
  expect(replayed.stdout).toMatch(/ 0 divergences/);
  expect(replayed.stdout).toMatch(/What is known at the end is what was known where the bundle was made/);
  expect(replayed.counters.total, 'no drive is asked').toBe(0);
  const log = await other.tidemark(['log', file, '--type', 'Planned']);
  const pseudonym =
    /DownloadFile "([a-pA-P]+\/[a-pA-P]+\.docx)": both sides changed/.exec(log.stdout)?.[1] ?? '';
  const explained = await other.tidemark(['explain', pseudonym, file]);
  expect(explained.stdout).toMatch(/Rule conflict-remote-keeps-name/);
});
