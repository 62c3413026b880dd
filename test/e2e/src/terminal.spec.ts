/** What a person sees who runs the command on a terminal, and what is left when there is none. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openProfile, type TestProfile } from './profile.ts';

const onTerminal = fileURLToPath(new URL('run-on-terminal.py', import.meta.url));
const big = { sizeBytes: 6_000_000, seed: 1 };
// oxlint-disable-next-line no-control-regex -- it takes a terminal's own characters apart
const rewritten = /\r\u001b\[K([^\r\n\u001b]*)/g;

/** What stands on the terminal after each time the line is rewritten, and everything. */
async function look(profile: TestProfile, columns: number, environment: Readonly<Record<string, string>>) {
  const { stdout, exitCode } = await profile.onedrive(['--sync'], {
    before: ['python3', onTerminal, String(columns)],
    environment: { TERM: 'xterm', ...environment },
  });
  expect(exitCode, stdout).toBe(0);
  const statuses = [...stdout.matchAll(rewritten)].flatMap(([, text = '']) =>
    /^\d+ of \d+ file/.test(text) ? [text] : [],
  );
  return { text: stdout, statuses };
}

it('a terminal shows one line of progress below the others, no wider than itself; a dumb one, and none, get lines', async () => {
  const profile = await openProfile({ tree: [{ path: '/Größe 東京.bin', content: big }] });
  const wide = await look(profile, 110, { LC_ALL: 'C.UTF-8', NO_COLOR: '1' });
  expect(wide.statuses).toContainEqual(
    expect.stringMatching(/^0 of 1 file \| .* of 5\.7 MB \| .*\/s \| ETA [-:\d]+/),
  );
  expect(wide.statuses.filter((status) => status.length > 109)).toEqual([]);
  // It is gone when nothing is transferred any more, and nothing is coloured.
  expect(wide.text).toContain('\r\u001b[KPerforming a last examination');
  // oxlint-disable-next-line no-control-regex -- the escape that colours begins with one
  expect(wide.text).not.toMatch(/\u001b\[[\d;]*m/);
  expect(wide.text).not.toMatch(/\d%/);

  profile.drive.create('/Größe 2 東京.bin', big);
  const narrow = await look(profile, 40, { LC_ALL: 'C' });
  expect(narrow.statuses.length).toBeGreaterThan(0);
  // oxlint-disable-next-line no-control-regex -- all that a terminal without UTF-8 can show
  for (const status of narrow.statuses) expect(status).toMatch(/^[\u0020-\u007e]{1,39}$/);

  profile.drive.create('/c.bin', big);
  const dumb = await look(profile, 110, { TERM: 'dumb' });
  expect(dumb.text).not.toContain('\u001b');
  expect(dumb.text).toMatch(/^Downloading: c\.bin \.\.\. +\d+% \| /m);

  profile.drive.create('/d.bin', big);
  expect((await profile.sync()).stdout).toMatch(/^Downloading: d\.bin \.\.\. +\d+% \| /m);
});

it('a run ends with a summary, and tells once by reason what it left alone; our own command is quiet when nothing happens', async () => {
  const profile = await openProfile({
    tree: [{ path: '/a.txt', content: 'aa' }],
    config: { skip_dir: 'Private' },
  });
  await profile.write('Private/deep/one.txt', 'x');
  await profile.write('Private/deep/two.txt', 'x');
  await profile.write('one.tmp', 'x');
  await profile.write('no:name', 'x');
  await profile.write('new.txt', 'new');
  const { stdout } = await profile.sync();
  expect(stdout.split('\n').filter((line) => line.startsWith('Skip'))).toEqual([
    'Skipped 1 item - excluded by skip_dir config: ./Private',
    'Skipped 1 item - invalid name (Microsoft Naming Convention): ./no:name',
    'Skipped 1 item - excluded by skip_file config: ./one.tmp',
  ]);
  expect(stdout).toMatch(/^Summary: 1 up \(3 B\), 1 down \(2 B\), 3 skipped, \d+\.\d seconds\n$/m);

  const again = await profile.tidemark(['sync']);
  expect(again.stdout).toMatch(/^Summary: nothing changed, 3 skipped, \d+\.\d seconds\n$/);
  expect(again.stderr).toBe('');

  // The whole story for those who ask, folders for what is inside.
  const verbose = await profile.sync('--verbose');
  expect(verbose.stdout.split('\n').filter((line) => line.startsWith('Skipping'))).toEqual([
    'Skipping path - excluded by skip_dir config: ./Private',
    'Skipping item - invalid name (Microsoft Naming Convention): ./no:name',
    'Skipping file - excluded by skip_file config: ./one.tmp',
  ]);

  // Another rule makes news of what is left alone.
  await profile.setConfig({ skip_dir: 'Private|Other' });
  expect((await profile.sync()).stdout).toContain('Skipped 1 item - excluded by skip_dir config: ./Private');
});
