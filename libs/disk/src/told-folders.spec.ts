import { expect, test } from 'vitest';
import { createToldFolders } from './told-folders.ts';

/** Time in the hands of the test: work that is due now, and work that is due later. */
function createWorld() {
  const told: (readonly string[] | null)[] = [];
  let due: { readonly delayMs: number; readonly work: () => void }[] = [];
  const folders = createToldFolders({
    told: (where) => void told.push(where),
    later: (delayMs, work) => void due.push({ delayMs, work }),
  });
  const run = (): readonly number[] => {
    const now = due;
    due = [];
    for (const { work } of now) work();
    return now.map(({ delayMs }) => delayMs);
  };
  return { folders, told, run };
}

test('the first word goes out at the end of its turn, each folder once', () => {
  const { folders, told, run } = createWorld();
  for (const folder of ['a', 'b', 'a']) folders.add(folder);
  expect(told).toEqual([]);
  expect(run()).toEqual([0]);
  expect(told).toEqual([['a', 'b']]);
});

test('what follows is gathered for twenty milliseconds', () => {
  const { folders, told, run } = createWorld();
  folders.add('a');
  run();
  folders.add('a');
  folders.add('c');
  expect(told).toHaveLength(1);
  expect(run()).toEqual([20]);
  expect(told[1]).toEqual(['a', 'c']);
  expect(run()).toEqual([20]);
  expect(run()).toEqual([]);
  folders.add('d');
  expect(run()).toEqual([0]);
  expect(told[2]).toEqual(['d']);
});

test('anywhere swallows folders, and very many folders are anywhere', () => {
  const { folders, told, run } = createWorld();
  folders.add('a');
  folders.add(null);
  folders.add('b');
  run();
  for (let index = 0; index < 6_000; index++) folders.add(`f${index}`);
  run();
  folders.add('after');
  run();
  expect(told).toEqual([null, null, ['after']]);
});
