import { createWorld, runPlugin, type RunningPlugin, type World } from '@tidemark/plugin-testkit';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyOf } from './any-of.ts';
import { placeOf, superfluous } from './thinning.ts';
import plugin from './versions.ts';

const day = 86_400_000;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const contents = ({ kept }: World): string[] => [...kept.values()].map(text);

async function save(run: RunningPlugin, path: string, content: string): Promise<void> {
  run.world.disk.user.write(path, new TextEncoder().encode(content));
  await run.world.clock.advance(5_000);
  await run.happen('UploadFile', path);
  await run.world.clock.advance(5_000);
}

test('it keeps what was uploaded and what was downloaded, with the time in its name', async () => {
  const world = createWorld({ disk: { 'notes/a.txt': 'one' }, drive: { 'b.tar.gz': 'theirs', notes: null } });
  await using run = await runPlugin(plugin, world, { folder: '/kept' });
  await save(run, 'notes/a.txt', 'two');
  world.putOnDisk({ 'b.tar.gz': 'theirs' });
  const local = await world.disk.disk.stat('b.tar.gz');
  assert.ok(local);
  await run.happen('DownloadFile', 'b.tar.gz', { facts: { local } });
  await world.clock.advance(5_000);
  const places = [...world.kept.keys()];
  assert.match(places[0] ?? '', /^\/kept\/notes\/a\.txt\/2023-11-14T22-13-\d\d\.\d{3}Z\.txt$/);
  assert.match(places[1] ?? '', /^\/kept\/b\.tar\.gz\/2023-11-14T22-13-\d\d\.\d{3}Z\.gz$/);
  assert.deepEqual(contents(world), ['two', 'theirs']);
  assert.deepEqual(run.faults, []);
});

test('it keeps the files that were chosen, up to a size, and none that failed or has changed since', async () => {
  const names = ['a.odt', 'deep/b.odt', 'c.txt', 'secret/d.odt', 'large.odt'];
  const world = createWorld({
    disk: Object.fromEntries(names.map((name) => [name, ''])),
    drive: { deep: null, secret: null },
  });
  const chosen = { paths: ['*.odt'], except: ['secret/**'], largestMegabytes: 0.001 };
  await using run = await runPlugin(plugin, world, { folder: '/kept', ...chosen });
  for (const name of names) await save(run, name, name === 'large.odt' ? 'x'.repeat(2_000) : name);
  await run.happen('UploadFile', 'a.odt', { failure: { code: 'offline', detail: 'away' } });
  await world.clock.advance(5_000);
  assert.deepEqual(contents(world), ['a.odt', 'deep/b.odt']);

  // At once, while it is read, and when all of it was read.
  for (const moment of [1, 2, 3]) {
    let reads = 0;
    const isNow = (operation: string): boolean => operation === 'read' && (reads += 1) === moment;
    world.disk.failNext(1, 'changedMeanwhile', isNow);
    await save(run, 'a.odt', `newer ${moment}`);
    assert.equal(reads, moment);
    assert.deepEqual(contents(world), ['a.odt', 'deep/b.odt']);
  }
  assert.ok(run.notices.every((notice) => notice.type === 'said' && notice.level === 'debug'));
});

test('globs choose as those of a shell', () => {
  const matches = (glob: string, ...paths: readonly string[]): boolean[] => paths.map(anyOf([glob]));
  assert.deepEqual(matches('docs/**', 'docs/a', 'docs/b/c', 'x/docs/a', 'docs'), [true, true, false, false]);
  assert.deepEqual(matches('*.o?t', 'a.odt', 'x/y/a.ott', 'a.odts', 'a.o/t'), [true, true, false, false]);
  assert.deepEqual(matches('/a (1)/**/x+y', 'a (1)/x+y', 'a (1)/b/c/x+y', 'b/a (1)/x+y'), [
    true,
    true,
    false,
  ]);
});

test('versions grow fewer with age: the newest, then one of a day, then one of a month, then none', () => {
  const now = Date.UTC(2026, 10, 30, 12);
  const hour = day / 24;
  // Four a day for three years.
  const all = Array.from({ length: 3 * 365 * 4 }, (_, index) => placeOf('a.txt', now - index * 6 * hour));
  const rules = { newest: 5, days: 30, months: 12 };
  const gone = new Set(superfluous(all, now, rules));
  const left = all.filter((place) => !gone.has(place));
  assert.deepEqual(left.slice(0, 5), all.slice(0, 5));
  assert.ok(left.length > 5 + 28 + 11 && left.length < 5 + 32 + 13);
  const months = left.map((place) => place.slice('a.txt/'.length, 'a.txt/2026-11'.length));
  assert.deepEqual([months.at(-1), new Set(months).size], ['2025-11', 13]);
  // Again a second later: nothing more goes but what has aged.
  assert.deepEqual(superfluous(left, now + 1_000, rules), []);
});

test('the oldest of all go when there is too much, and never the one that was just kept', async () => {
  const world = createWorld({ disk: { 'a.bin': '', 'b.bin': '' } });
  const settings = { folder: '/kept', allMegabytes: 0.001, newest: 9 };
  await using run = await runPlugin(plugin, world, settings);
  for (const [path, letter] of [
    ['a.bin', '1'],
    ['b.bin', '2'],
    ['a.bin', '3'],
  ] as const)
    await save(run, path, letter.repeat(450));
  assert.deepEqual(
    contents(world).map((content) => content[0]),
    ['2', '3'],
  );
  await save(run, 'b.bin', '4'.repeat(5_000));
  assert.deepEqual(
    contents(world).map((content) => content[0]),
    ['4'],
  );
  // What another run has kept counts as well, and what others have put there stays.
  await world.files('other', '/kept').write('mine.txt', [new Uint8Array(9)]);
  await using again = await runPlugin(plugin, world, settings);
  await save(again, 'a.bin', '5');
  assert.deepEqual(
    contents(world).map((content) => content[0] ?? ''),
    ['\0', '5'],
  );
});
