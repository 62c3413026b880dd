import { createWorld, readRecordedLog, runPlugin, type RunningPlugin } from '@tidemark/plugin-testkit';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import plugin from './gitignore.ts';

async function begin(disk: Record<string, string | null>, config = {}): Promise<RunningPlugin> {
  const run = await runPlugin(plugin, createWorld({ disk }), config);
  await run.until(() => run.observations[0]);
  return run;
}

/** Tells the plugin that the disk was seen to hold this, as the log would. */
async function see(run: RunningPlugin, seq: number, path: string): Promise<void> {
  const reports = run.observations.length;
  const row = await run.world.disk.disk.stat(path);
  const recorded = {
    schema: 1,
    seq,
    at: 0,
    source: 'watcher',
    items: [],
    event: { type: 'LocalSeen', rows: [row] },
  };
  await run.show(readRecordedLog(JSON.stringify(recorded)));
  await run.world.clock.advance(1_000);
  await run.until(() => run.observations[reports]);
}

const texts: Record<string, string> = {
  '.gitignore':
    '# a comment\n*.log\n!keep.log\nbuild/\n/top.txt\ndocs/*.pdf\n**/deep/*.tmp\nspace\\ \nTrail   \n\\#hash\n\\!bang\n[ab].c\nq?.d\n*.d/\nvendor/**\n!vendor/kept/\n',
  'src/.gitignore': '!build/\n/own.txt\nlocal\nmore/*.js\n',
  'src/build/.gitignore': '*.o\n!important.o\n',
  'build/.gitignore': '!*\n',
  'odd [x] *!/.gitignore': '*.odd\n/here\n!keep.odd\n',
};
const paths = [
  ...[
    'a.log',
    'keep.log',
    'x/a.log',
    'x/keep.log',
    'top.txt',
    'x/top.txt',
    'docs/a.pdf',
    'docs/x/a.pdf',
    'x/docs/a.pdf',
  ],
  ...[
    'build/a',
    'x/build/a',
    'x/build/y/a',
    'build',
    'a/build/keep.log',
    'src/build/a.c',
    'src/build/a.o',
    'src/build/important.o',
  ],
  ...[
    'src/build/y/a.o',
    'src/own.txt',
    'src/x/own.txt',
    'src/local/a',
    'src/x/local',
    'src/more/a.js',
    'src/x/more/a.js',
  ],
  ...[
    'deep/a.tmp',
    'x/deep/a.tmp',
    'x/deep/y/a.tmp',
    'space ',
    'Trail',
    'trail',
    '#hash',
    '!bang',
    'a.c',
    'x/b.c',
    'c.c',
  ],
  ...[
    'q1.d',
    'q12.d',
    'x.d/inside',
    'vendor/a',
    'vendor/kept/b',
    'vendor/x/y',
    'odd [x] *!/a.odd',
    'odd [x] *!/keep.odd',
  ],
  ...['odd [x] *!/here', 'odd [x] *!/y/here', 'odd [x] *!/y/z.odd', 'odd x y!/a.odd', 'A.LOG', 'ünï/ä.log'],
];

test('it says what git says, path by path', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gitignore-'));
  try {
    execFileSync('git', ['init', '--quiet', folder]);
    // What is a folder in one path is no file in another.
    const files = paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
    const contents = Object.fromEntries([...files.map((path) => [path, '']), ...Object.entries(texts)]);
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), String(text));
    }
    let said = '';
    try {
      said = execFileSync('git', ['-C', folder, 'check-ignore', '--no-index', '-z', '--stdin'], {
        input: files.join('\0'),
        encoding: 'utf8',
      });
    } catch (error) {
      assert.fail(String(error));
    }
    await using run = await begin(texts);
    const ours = files.filter((path) => run.ignores(path) !== null);
    assert.deepEqual(ours, said.split('\0').slice(0, -1));
    assert.ok(ours.length > 20 && ours.length < files.length - 15);
    assert.equal(run.ignores('x/a.log'), 'a pattern in .gitignore names it');
    assert.notEqual(run.ignores('build', { kind: 'folder' }), null);
    assert.equal(run.ignores('src/build', { kind: 'folder' }), null);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('it reports all texts when a run begins, and again when one has changed, moved or gone', async () => {
  await using run = await begin({ '.gitignore': '*.a', 'x/.gitignore': '*.b', 'x/one.b': '', 'y/two': '' });
  assert.deepEqual(run.observations, [
    {
      ...{ type: 'FactsReported', report: 0, complete: true },
      facts: [
        { key: '.gitignore', value: '*.a' },
        { key: 'x/.gitignore', value: '*.b' },
      ],
    },
  ]);
  const { user } = run.world.disk;
  user.write('.gitignore', new TextEncoder().encode('*.c'));
  await see(run, 1, '.gitignore');
  assert.deepEqual(
    [run.ignores('one.a'), run.ignores('x/one.b')].map((one) => one !== null),
    [false, true],
  );
  user.rename('x', 'z');
  await see(run, 2, 'z');
  assert.deepEqual(
    [run.ignores('x/one.b'), run.ignores('z/one.b')].map((one) => one !== null),
    [false, true],
  );
  // A file that is neither one of them nor on the way to one is no reason to read.
  user.rename('y', 'w');
  const w = await run.world.disk.disk.stat('w');
  const seen = { type: 'LocalSeen', rows: [w] };
  await run.show(
    readRecordedLog(JSON.stringify({ schema: 1, seq: 3, at: 0, source: 'watcher', items: [], event: seen })),
  );
  await run.world.clock.advance(1_000);
  assert.equal(run.observations.length, 3);
});

test('a text that no fact can hold is named and not used, and others are', async () => {
  await using run = await begin({ '.gitignore': 'x'.repeat(9_000), 'a/.gitignore': '*.b' });
  assert.notEqual(run.ignores('a/one.b'), null);
  assert.deepEqual(
    run.notices.map((notice) => 'text' in notice && notice.text),
    ['Cannot use .gitignore: more than 8192 bytes, or too long a path'],
  );
});

test('another name will do', async () => {
  await using run = await begin({ '.syncignore': '*.a', '.gitignore': '*.b' }, { name: '.syncignore' });
  assert.deepEqual([run.ignores('one.a') !== null, run.ignores('one.b') !== null], [true, false]);
});
