import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filesStore } from './files-store.ts';
import { openLevelStore } from './level-store.ts';
import { openFiles } from './open-files.ts';
import type { KeyRange, Pair, Store } from './store.ts';
import { scratchFolder } from './testing/sample-log.ts';

async function textOf(store: Store, range: KeyRange): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of store.range(range))
    for (const { key, value } of page) found.push(`${key.toString()} ${value.length} ${value.at(0)}`);
  return found;
}

const keyOf = (number: number): Buffer => Buffer.from(`key ${String(number).padStart(4, '0')}`);

/** Values that do not compress, so that a few of them fill a table. */
function noise(length: number, seed: number): Buffer {
  let state = seed + 1;
  return Buffer.from(Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff));
}
const values = Array.from({ length: 40 }, (_, seed) => noise(seed % 5 === 0 ? 60_000 : 900, seed));

test('shows in place, in both directions and in every range, exactly what LevelDB itself holds', async () => {
  const folder = await scratchFolder();
  const level = await openLevelStore(folder, true);
  let tables = 0;
  let seed = 0;
  for (let round = 0; round < 60; round += 1) {
    const written: Pair[] = Array.from({ length: 30 }, () => {
      seed += 1;
      return { key: keyOf((seed * 7919) % 700), value: values[seed % values.length] ?? Buffer.alloc(0) };
    });
    await level.commit(written);
    if (round % 4 === 0)
      await level.remove({ from: keyOf((round * 11) % 700), to: keyOf(((round * 11) % 700) + 20) });
    if (round % 10 !== 9) continue;
    const store = filesStore(await openFiles(folder));
    tables += (await readdir(folder)).filter((name) => name.endsWith('.ldb')).length;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(720),
        fc.nat(720),
        fc.boolean(),
        fc.constantFrom(-1, 1, 2, 50),
        async (from, length, reverse, limit) => {
          const range = { from: keyOf(from), to: keyOf(from + length), reverse, limit };
          expect(await textOf(store, range)).toEqual(await textOf(level, range));
        },
      ),
      {
        numRuns: 40,
        examples: [
          [0, 720, false, -1],
          [0, 720, true, -1],
        ],
      },
    );
    for (const number of [0, 3, 350, 699, 710])
      expect(await store.get(keyOf(number))).toEqual(await level.get(keyOf(number)));
    await store.close();
  }
  await level.close();
  expect(tables, 'tables were written and merged meanwhile').toBeGreaterThan(5);
});

test('shows what was there when it was opened, also when its files are removed, as LevelDB does with those it has merged', async () => {
  const folder = join(await scratchFolder(), 'level');
  const all = { from: Buffer.from('key'), to: Buffer.from('kez') };
  for (const round of [1, 2, 3]) {
    const level = await openLevelStore(folder, true);
    await level.commit(
      Array.from({ length: 40 }, (_, number) => ({ key: keyOf(number * round), value: noise(3000, round) })),
    );
    await level.close();
  }
  const files = await openFiles(folder);
  expect(files.tables.length).toBeGreaterThan(0);
  expect(files.writeAhead.some((content) => content.length > 0)).toBe(true);
  const store = filesStore(files);
  await rm(folder, { recursive: true });
  const found = await textOf(store, all);
  const numbers = [1, 2, 3].flatMap((round) => Array.from({ length: 40 }, (_, number) => number * round));
  expect(found).toHaveLength(new Set(numbers).size);
  expect(found[39]).toBe(`${keyOf(39)} 3000 ${noise(1, 3)[0]}`);
  await store.close();
});

test('writes nothing: neither into the folder nor to the files in it', async () => {
  const folder = await scratchFolder();
  const level = await openLevelStore(folder, true);
  await level.commit([{ key: keyOf(1), value: Buffer.from('one') }]);
  await level.close();
  const contents = async (): Promise<readonly string[]> =>
    Promise.all(
      (await readdir(folder)).map(async (name) => `${name} ${await readFile(join(folder, name), 'latin1')}`),
    );
  const before = await contents();
  const store = filesStore(await openFiles(folder));
  expect((await store.get(keyOf(1)))?.toString()).toBe('one');
  await expect(store.commit([])).rejects.toThrow('opened to be read');
  await store.close();
  expect(await contents()).toEqual(before);
});
