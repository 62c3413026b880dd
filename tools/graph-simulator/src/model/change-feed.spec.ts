import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createChangeFeed } from './change-feed.ts';
import { DriveModel } from './drive-model.ts';
import type { SimulatedItem } from './simulated-item.ts';

function items(count: number): SimulatedItem[] {
  const drive = new DriveModel({ flavour: 'business', seed: 1, now: () => 0, quotaTotalBytes: 1, name: 'd' });
  return Array.from({ length: count }, (_, index) => ({
    ...drive.createFolder(drive.root, `f${index}`),
    changeSeq: 0,
  }));
}

it('shows every item once, in the order of its last change, whatever the page size', () => {
  const touches = fc.array(fc.nat(19), { minLength: 1, maxLength: 4000 });
  fc.assert(
    fc.property(touches, fc.integer({ min: 1, max: 50 }), (indexes, limit) => {
      const pool = items(20);
      const feed = createChangeFeed(() => 0);
      for (const index of indexes) {
        const item = pool[index];
        if (item !== undefined) feed.touch(item);
      }
      const seen: SimulatedItem[] = [];
      let position = 0;
      for (;;) {
        const slice = feed.read(position, feed.head(), limit);
        seen.push(...slice.items);
        position = slice.position;
        if (slice.end === 'reached') break;
      }
      const expected = [...new Set(indexes.toReversed())].toReversed().map((index) => pool[index]);
      expect(seen).toEqual(expected);
      expect(position).toBe(feed.head());
    }),
    { numRuns: 50 },
  );
});

it('keeps positions valid when it drops stale places', () => {
  const [first, second] = items(2);
  if (first === undefined || second === undefined) throw new Error('two items were made');
  const feed = createChangeFeed(() => 0);
  feed.touch(first);
  const before = feed.head();
  for (let count = 0; count < 5000; count += 1) feed.touch(second);
  expect(feed.read(before, feed.head(), 10).items).toEqual([second]);
  expect(feed.read(0, feed.head(), 10).items).toEqual([first, second]);
});
