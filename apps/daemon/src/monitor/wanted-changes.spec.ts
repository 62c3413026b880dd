import type { WantedChanges } from '@tidemark/control';
import { expect, test } from 'vitest';
import { createChangesBetweenRuns, type Sides } from './wanted-changes.ts';

const wanted: WantedChanges = { source: 'undo', asked: 'undo of run 1', changes: [], settled: [] };
const left: number[] = [];
const run = { leave: ({ graceMs }: { readonly graceMs: number }) => void left.push(graceMs) };

test('a run ends for them, and a second wish waits for the first', async () => {
  const changes = createChangesBetweenRuns(() => run);
  const first = changes.ask(wanted);
  expect(left).toEqual([20_000]);
  await expect(changes.ask(wanted)).rejects.toThrow('Other changes are being made');
  changes.close();
  await expect(first).rejects.toThrow('The monitor stops; nothing was changed');
});

test('between two runs there is no run to end, and nothing is made that was not asked for', async () => {
  const changes = createChangesBetweenRuns(() => null);
  await expect(changes.ask(wanted)).rejects.toThrow('No run is on at the moment');
  expect(await changes.make({} as Sides)).toBeNull();
});

test('what no run can make is refused, and the next wish is taken', async () => {
  const changes = createChangesBetweenRuns(() => run);
  const first = changes.ask(wanted);
  expect(changes.isAsked()).toBe(true);
  changes.refuse('It cannot be reached');
  await expect(first).rejects.toThrow('It cannot be reached');
  const second = changes.ask(wanted);
  changes.close();
  await expect(second).rejects.toThrow('The monitor stops');
});
