import { itemId, seq, type Seq } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import type { Step } from './event-steps.ts';
import { stepThrough } from './step-through.ts';

const last = seq(9);

function stepAt(at: number, changes = 0): Step {
  return {
    recorded: {
      ...{ seq: seq(at), at: 0, source: 'spec', items: [] },
      event: { type: 'HintReceived', side: 'local', source: `hint ${at}` },
    },
    changes: Array.from({ length: changes }, (_, index) => ({
      ...{ item: itemId(index + 1), path: `${index}.txt`, before: null },
      after: { remote: null, local: null, synced: null },
    })),
  };
}

interface Stepped {
  /** Numbers of the events that were shown. */
  readonly shown: readonly number[];
  readonly screens: readonly (readonly string[])[];
  /** Where reading began anew. */
  readonly begins: readonly number[];
  /** Keys that were not asked for any more. */
  readonly left: readonly string[];
}

async function press(keys: readonly string[], changes = 0, rows = 24): Promise<Stepped> {
  const screens: (readonly string[])[] = [];
  const begins: number[] = [];
  const left = [...keys];
  await stepThrough({
    ...{ first: seq(3), last },
    stepsFrom: async function* (from: Seq) {
      begins.push(from);
      for (let at: number = from; at <= last; at += 1) yield stepAt(at, changes);
    },
    keys: (async function* () {
      for (let key = left.shift(); key !== undefined; key = left.shift()) yield key;
    })(),
    screen: { size: () => ({ rows, columns: 40 }), show: (lines) => void screens.push(lines) },
  });
  const shown = screens.map((lines) => Number(/^event (\d+) of 9 /.exec(lines.at(-1) ?? '')?.[1]));
  return { shown, screens, begins, left };
}

it('goes on and back by letters and arrows, and reads on without beginning anew', async () => {
  expect(await press(['n', 'j', '\u001b[B', 'k'])).toMatchObject({ shown: [3, 4, 5, 6, 5], begins: [3, 5] });
});

it('goes to both ends and not beyond them', async () => {
  expect((await press(['p', 'G', 'n', 'g'])).shown).toEqual([3, 9, 3]);
});

it('shows nothing anew for a key that means nothing, and ends with q', async () => {
  expect(await press(['x', 'q', 'n'])).toMatchObject({ shown: [3], left: ['n'] });
});

it('fills one screen at most, and says how many lines it left out', async () => {
  const { screens } = await press([], 50, 12);
  const lines = screens[0] ?? [];
  expect(lines).toHaveLength(11);
  expect(lines.at(-2)).toMatch(/^… \d+ more lines: --from 3 --json has all$/);
  expect(Math.max(...lines.slice(0, -2).map(({ length }) => length))).toBeLessThanOrEqual(40);
});
