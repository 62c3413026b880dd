import { Failure } from '@tidemark/contracts';
import type { Notice } from '@tidemark/plugin-sdk';
import { expect, test } from 'vitest';
import { createTrashKeeper, type TrashKeeper, type TrashKeeperOptions } from './trash-keeper.ts';

const nothing = { paths: [], sizeBytes: 0, obstacle: null };

function keeperOf(pruneTrash: TrashKeeperOptions['disk']['pruneTrash']): {
  keeper: TrashKeeper;
  told: Notice[];
  pass: (ms: number) => void;
  interrupt: () => void;
} {
  let now = 0;
  const told: Notice[] = [];
  const interruption = new AbortController();
  const keeper = createTrashKeeper({
    disk: { pruneTrash },
    clock: { monotonic: () => now },
    days: 3,
    signal: interruption.signal,
    tell: async (notice) => void told.push(notice),
  });
  return { keeper, told, pass: (ms) => void (now += ms), interrupt: () => interruption.abort() };
}

test('the trash is looked at when all is at rest, once an hour at most, and nothing is said while nothing goes', async () => {
  const asked: unknown[] = [];
  const { keeper, told, pass } = keeperOf(async ({ keepMs, filesMax }) => {
    asked.push([keepMs, filesMax]);
    return nothing;
  });
  await keeper.atRest();
  pass(3_599_000);
  await keeper.atRest();
  expect(asked).toEqual([[259_200_000, 1000]]);
  pass(1_000);
  await keeper.atRest();
  expect(asked).toHaveLength(2);
  expect(told).toEqual([]);
});

test('what went is told, and so is what is in the way; a trash that cannot be read ends nothing', async () => {
  const pruned = { paths: ['2026-11-28/0123456789abcdef/x'], sizeBytes: 5, obstacle: 'EIO' };
  const one = keeperOf(async () => pruned);
  await one.keeper.atRest();
  expect(one.told).toEqual([{ type: 'trashPruned', days: 3, ...pruned }]);
  const other = keeperOf(() =>
    Promise.reject(new Failure({ code: 'diskFault', detail: 'Cannot prune the trash' })),
  );
  await other.keeper.atRest();
  expect(other.told).toEqual([
    { type: 'trashPruned', days: 3, ...nothing, obstacle: 'Cannot prune the trash' },
  ]);
});

test.each(['interrupted', 'closed'])(
  'a run that is %s stops it in the middle, and nothing begins after it',
  async (how) => {
    let looks = 0;
    const { keeper, interrupt, pass } = keeperOf(
      ({ signal }) =>
        new Promise((resolve) => {
          looks += 1;
          signal?.addEventListener('abort', () => resolve(nothing));
        }),
    );
    const looking = keeper.atRest();
    await Promise.resolve();
    if (how === 'interrupted') interrupt();
    else await keeper.close();
    await looking;
    pass(3_600_000);
    await keeper.atRest();
    expect(looks).toBe(1);
  },
);
