import { Failure } from '@tidemark/contracts';
import type { Notice } from '@tidemark/plugin-sdk';
import { expect, test } from 'vitest';
import { createTrashPruning, type TrashPruning, type TrashPruningOptions } from './trash-pruning.ts';

const nothing = { paths: [], sizeBytes: 0, obstacle: null };

function pruningOf(pruneTrash: TrashPruningOptions['disk']['pruneTrash']): {
  pruning: TrashPruning;
  told: Notice[];
  pass: (ms: number) => void;
  interrupt: () => void;
} {
  let now = 0;
  const told: Notice[] = [];
  const interruption = new AbortController();
  const pruning = createTrashPruning({
    disk: { pruneTrash },
    clock: { monotonic: () => now },
    days: 3,
    signal: interruption.signal,
    tell: async (notice) => void told.push(notice),
  });
  return { pruning, told, pass: (ms) => void (now += ms), interrupt: () => interruption.abort() };
}

test('the trash is looked at when all is at rest, once an hour at most, and nothing is said while nothing goes', async () => {
  const asked: unknown[] = [];
  const { pruning, told, pass } = pruningOf(async ({ keepMs, filesMax }) => {
    asked.push([keepMs, filesMax]);
    return nothing;
  });
  await pruning.atRest();
  pass(3_599_000);
  await pruning.atRest();
  expect(asked).toEqual([[259_200_000, 1000]]);
  pass(1_000);
  await pruning.atRest();
  expect(asked).toHaveLength(2);
  expect(told).toEqual([]);
});

test('what went is told, and so is what is in the way; a trash that cannot be read ends nothing', async () => {
  const pruned = { paths: ['2026-11-28/0123456789abcdef/x'], sizeBytes: 5, obstacle: 'EIO' };
  const one = pruningOf(async () => pruned);
  await one.pruning.atRest();
  expect(one.told).toEqual([{ type: 'trashPruned', days: 3, ...pruned }]);
  const other = pruningOf(() =>
    Promise.reject(new Failure({ code: 'diskFault', detail: 'Cannot prune the trash' })),
  );
  await other.pruning.atRest();
  expect(other.told).toEqual([
    { type: 'trashPruned', days: 3, ...nothing, obstacle: 'Cannot prune the trash' },
  ]);
});

test.each(['interrupted', 'closed'])(
  'a run that is %s stops it in the middle, and nothing begins after it',
  async (how) => {
    let looks = 0;
    const { pruning, interrupt, pass } = pruningOf(
      ({ signal }) =>
        new Promise((resolve) => {
          looks += 1;
          signal?.addEventListener('abort', () => resolve(nothing));
        }),
    );
    const looking = pruning.atRest();
    await Promise.resolve();
    if (how === 'interrupted') interrupt();
    else await pruning.close();
    await looking;
    pass(3_600_000);
    await pruning.atRest();
    expect(looks).toBe(1);
  },
);
