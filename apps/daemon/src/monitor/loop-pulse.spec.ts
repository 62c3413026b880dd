import { createManualClock } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { createLoopPulse } from './loop-pulse.ts';

test('a loop that comes round is alive, and one that does not come in time is not', async () => {
  const clock = createManualClock();
  const rounds = [Promise.resolve(), new Promise<void>(() => {})];
  const pulse = createLoopPulse({
    clock,
    handle: () => ({ pulse: () => rounds.shift() ?? Promise.resolve() }),
  });
  expect(await pulse.isAlive()).toBe(true);
  const late = pulse.isAlive();
  await clock.advance(10_000);
  expect(await late).toBe(false);
});

test('a loop that is held up is asked for no round, and who has asked already is let go', async () => {
  const clock = createManualClock();
  const pulse = createLoopPulse({ clock, handle: () => ({ pulse: () => new Promise<void>(() => {}) }) });
  const asked = pulse.next();
  pulse.holdUp(true);
  await asked;
  expect([pulse.next(), await pulse.isAlive()]).toEqual([null, true]);
  pulse.holdUp(false);
  expect(pulse.next()).not.toBeNull();
});

test('between two runs there is nothing to ask', () => {
  expect(createLoopPulse({ clock: createManualClock(), handle: () => null }).next()).toBeNull();
});
