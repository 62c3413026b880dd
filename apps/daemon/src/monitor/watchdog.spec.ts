import { expect, test } from 'vitest';
import { createWatchdog } from './watchdog.ts';

function world(watchdogMs: number | null = 30_000) {
  let nowMs = 1_000;
  let loop: 'between runs' | 'comes round' | 'hangs' = 'comes round';
  let given = 0;
  const watchdog = createWatchdog({
    clock: { monotonic: () => nowMs },
    watchdogMs,
    pulse: () =>
      loop === 'between runs' ? null : loop === 'hangs' ? new Promise(() => undefined) : Promise.resolve(),
    betweenRunsMaxMs: 60_000,
    give: () => (given += 1),
  });
  return {
    watchdog,
    given: () => given,
    set: (next: typeof loop) => (loop = next),
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 5_000) {
        nowMs += 5_000;
        void watchdog.beat();
        await Promise.resolve();
        await Promise.resolve();
      }
    },
  };
}

test('a loop that comes round gives three signs in the time of the watchdog', async () => {
  const { given, pass } = world();
  await pass(60_000);
  expect(given()).toBe(6);
});

test('a loop that hangs gives none, although the process is alive', async () => {
  const { given, pass, set } = world();
  await pass(10_000);
  const before = given();
  set('hangs');
  await pass(600_000);
  expect(given()).toBe(before);
});

test('between runs signs are given for a while, and for longer when attempts are made', async () => {
  const { watchdog, given, pass, set } = world();
  await pass(10_000);
  set('between runs');
  await pass(60_000);
  const afterAWhile = given();
  expect(afterAWhile).toBeGreaterThan(4);
  await pass(60_000);
  expect(given() - afterAWhile).toBeLessThanOrEqual(1);
  watchdog.turned();
  const before = given();
  await pass(30_000);
  expect(given()).toBeGreaterThan(before);
});

test('without a watchdog nobody is asked', async () => {
  const { given, pass } = world(null);
  await pass(60_000);
  expect(given()).toBe(0);
});
