import { Failure } from '@tidemark/contracts';
import type { Pruned, PruningOptions } from '@tidemark/disk';
import type { Notice } from '@tidemark/plugin-sdk';
import { expect, test } from 'vitest';
import { createTrashPruning, type RecordPruning, type TrashPruning } from './trash-pruning.ts';

const nothing: Pruned = { files: 0, sizeBytes: 0, left: 0, obstacle: null };
const x = { trash: '2026-11-28/0123456789abcdef/x', sizeBytes: 5, pathKey: null, why: 'full' } as const;
const mebibyte = 2 ** 20;
const minuteMs = 60_000;

interface World {
  readonly pruning: TrashPruning;
  readonly told: Notice[];
  /** Each look, by whether it was for space as well. */
  readonly looks: boolean[];
  readonly pass: (ms: number) => void;
  readonly interrupt: () => void;
  readonly comesIn: (files: number, sizeBytes: number) => void;
  readonly spaceIs: (how: 'short' | 'enough') => void;
  /** A download found too little space. */
  readonly wants: (bytes: number) => void;
}

function worldOf(
  pruneTrash: (options: PruningOptions) => Promise<Pruned>,
  record: RecordPruning = async () => {},
): World {
  let now = 0;
  let isShort = false;
  let wantedBytes = 0;
  const trashed = { files: 0, sizeBytes: 0 };
  const told: Notice[] = [];
  const looks: boolean[] = [];
  const interruption = new AbortController();
  const pruning = createTrashPruning({
    disk: {
      pruneTrash(options) {
        looks.push(options.forSpace);
        return pruneTrash(options);
      },
      trashed: () => ({ ...trashed }),
      isSpaceShort: () => isShort,
      wantedBytes: () => wantedBytes,
    },
    clock: { monotonic: () => now },
    days: 3,
    sizeMax: 8 * mebibyte,
    signal: interruption.signal,
    record,
    underWay: () => ['under/way'],
    tell: async (notice) => void told.push(notice),
  });
  return {
    ...{ pruning, told, looks },
    pass: (ms) => void (now += ms),
    interrupt: () => interruption.abort(),
    comesIn(files, sizeBytes) {
      trashed.files += files;
      trashed.sizeBytes += sizeBytes;
    },
    spaceIs: (how) => void (isShort = how === 'short'),
    wants(bytes) {
      wantedBytes = bytes;
      isShort = bytes > 0;
    },
  };
}

test('the trash is looked at when all is at rest, once an hour at most, and nothing is said while nothing goes', async () => {
  const asked: unknown[] = [];
  const { pruning, told, pass } = worldOf(async ({ keepMs, sizeMax, underWay }) => {
    asked.push([keepMs, sizeMax, underWay()]);
    return nothing;
  });
  await pruning.atRest();
  pass(3_599_000);
  await pruning.atRest();
  expect(asked).toEqual([[259_200_000, 8 * mebibyte, ['under/way']]]);
  pass(1_000);
  await pruning.atRest();
  expect(asked).toHaveLength(2);
  expect(told).toEqual([]);
});

test('in the middle of the work it is looked at when much came into it, by number or by size', async () => {
  const { pruning, looks, comesIn } = worldOf(async () => ({ ...nothing, left: 16_000 }));
  const look = async (): Promise<number> => {
    pruning.recorded();
    await new Promise(setImmediate);
    return looks.length;
  };
  comesIn(999, mebibyte - 1);
  expect(await look()).toBe(0);
  comesIn(1, 0);
  expect(await look()).toBe(1);
  // Each look reads 16,000 files by now: it waits for an eighth of them.
  comesIn(1999, 0);
  expect(await look()).toBe(1);
  comesIn(1, 0);
  expect(await look()).toBe(2);
  comesIn(1, mebibyte);
  expect(await look()).toBe(3);
});

test('short space is a reason to look, once a minute, until looking has proved to be in vain', async () => {
  const { pruning, looks, spaceIs, pass } = worldOf(async ({ forSpace }) => ({
    ...nothing,
    sizeBytes: forSpace ? 1000 : 0,
  }));
  await pruning.atRest();
  spaceIs('short');
  for (let second = 0; second < 600; second++) {
    pruning.recorded();
    await pruning.atRest();
    pass(1000);
  }
  expect(looks).toEqual([false, true, true, true]);
  pass(24 * 60 * minuteMs);
  await pruning.atRest();
  expect(looks.at(-1)).toBe(true);
  spaceIs('enough');
  pass(60 * minuteMs);
  await pruning.atRest();
  expect(looks.at(-1)).toBe(false);
});

test('a download that found too little space is a reason to look at once, and again when a larger one does or an hour has passed', async () => {
  const { pruning, looks, wants, pass } = worldOf(async () => nothing);
  await pruning.atRest();
  const forSpace = async (): Promise<number> => {
    pruning.recorded();
    await new Promise(setImmediate);
    return looks.filter((isForSpace) => isForSpace).length;
  };
  expect(await forSpace()).toBe(0);
  wants(2_000);
  expect(await forSpace()).toBe(1);
  pass(59 * minuteMs);
  expect(await forSpace()).toBe(1);
  wants(3_000);
  expect(await forSpace()).toBe(2);
  pass(60 * minuteMs);
  expect(await forSpace()).toBe(3);
});

test('what goes is recorded before it goes, and nothing goes when the run is over', async () => {
  const order: string[] = [];
  const prune = async ({ record }: PruningOptions): Promise<Pruned> => {
    await record([x]);
    order.push('gone');
    return { ...nothing, files: 1 };
  };
  const one = worldOf(prune, async ({ files }) => void order.push(...files.map(({ trash }) => trash)));
  await one.pruning.atRest();
  expect(order).toEqual([x.trash, 'gone']);

  const over = worldOf(prune, () => Promise.reject(new Error('the run has ended')));
  await over.pruning.atRest();
  const waiting = worldOf(prune, () => new Promise(() => {}));
  const looking = waiting.pruning.atRest();
  await waiting.pruning.close();
  await looking;
  expect(order).toEqual([x.trash, 'gone']);
  expect([...over.told, ...waiting.told]).toEqual([]);
});

test('at the end a look that waits for the loop is recorded without it, and one more follows', async () => {
  const recorded: number[] = [];
  const { pruning, looks } = worldOf(
    async ({ record }) => {
      await record([x]);
      return nothing;
    },
    () => new Promise(() => {}),
  );
  const looking = pruning.atRest();
  await pruning.atEnd(async ({ files }) => void recorded.push(files.length));
  await looking;
  expect(recorded).toEqual([1, 1]);
  expect(looks).toHaveLength(2);
});

test('what is in the way is told; a trash that cannot be read ends nothing', async () => {
  const one = worldOf(async () => ({ ...nothing, obstacle: 'EIO' }));
  await one.pruning.atRest();
  expect(one.told).toEqual([{ type: 'pruningObstructed', detail: 'EIO' }]);
  const other = worldOf(() =>
    Promise.reject(new Failure({ code: 'diskFault', detail: 'Cannot prune the trash' })),
  );
  await other.pruning.atRest();
  expect(other.told).toEqual([{ type: 'pruningObstructed', detail: 'Cannot prune the trash' }]);
});

test.each(['interrupted', 'closed'])(
  'a run that is %s stops it in the middle, and nothing begins after it',
  async (how) => {
    const { pruning, looks, interrupt, pass } = worldOf(
      ({ signal }) =>
        new Promise((resolve) => {
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
    expect(looks).toHaveLength(1);
  },
);
