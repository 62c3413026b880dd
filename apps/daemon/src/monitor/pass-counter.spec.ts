import { initialState, type State } from '@tidemark/engine';
import type { Settings } from '@tidemark/settings';
import { expect, test } from 'vitest';
import { createPassCounter } from './pass-counter.ts';

const mebibyte = 1024 ** 2;
const memory = (): NodeJS.MemoryUsage => ({
  rss: 123.4 * mebibyte,
  heapUsed: 45 * mebibyte,
  heapTotal: 60 * mebibyte,
  external: 8 * mebibyte,
  arrayBuffers: 0,
});

/** Rests after looks at these times. */
function restedAt(
  times: readonly (number | null)[],
  settings: Pick<Settings, 'monitor_max_loop' | 'display_memory'>,
): string[] {
  const told: string[] = [];
  const passes = createPassCounter({
    say: (line) => void told.push(line),
    onLast: () => void told.push('end'),
    memory,
  });
  for (const lastAt of times) {
    const state: State = initialState();
    state.remote.lastAt = lastAt;
    passes.rested(state, settings as Settings);
  }
  return told;
}

test('monitor_max_loop: a rest counts once for each look at the drive', () => {
  const settings = { monitor_max_loop: 2, display_memory: false };
  const line = 'Exiting after 2 loops due to developer set option';
  expect(restedAt([null, 1, 1, 1], settings)).toEqual([]);
  expect(restedAt([1, 1, 2, 2, 3], settings)).toEqual([line, 'end']);
  expect(restedAt([1, 2, 3, 4], { ...settings, monitor_max_loop: 0 })).toEqual([]);
});

test('display_memory: each loop tells what it uses', () => {
  const line = 'Memory in use: 123 MiB; JavaScript: 45 of 60 MiB; outside its heap: 8 MiB';
  expect(restedAt([1, 1, 2], { monitor_max_loop: 0, display_memory: true })).toEqual([line, line]);
});
