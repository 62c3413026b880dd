/** What every clock must do. */
import { describe, expect, test } from 'vitest';
import type { Clock } from '@tidemark/contracts';

export interface ClockHarness {
  readonly name: string;
  /** `pass` returns when that much time has passed, and whoever slept no longer has been woken. */
  readonly create: () => { readonly clock: Clock; pass(forMs: number): Promise<void> };
}

export function clockConformance({ name, create }: ClockHarness): void {
  describe(`clock: ${name}`, () => {
    test('tells a time after 2020, and one that never goes back', async () => {
      const { clock, pass } = create();
      expect(clock.now()).toBeGreaterThan(1_577_836_800_000);
      const before = [clock.now(), clock.monotonic()] as const;
      await pass(20);
      expect(clock.monotonic() - before[1]).toBeGreaterThan(15);
      expect(clock.now() - before[0]).toBeGreaterThan(15);
    });

    test('wakes sleepers when their time has come, the shorter sleep first', async () => {
      const { clock, pass } = create();
      const woken: string[] = [];
      // Far apart: a machine may do something else between two of these calls.
      void clock.sleep(80).then(() => woken.push('long'));
      void clock.sleep(40).then(() => woken.push('short'));
      void clock.sleep(0).then(() => woken.push('none'));
      expect(woken).toEqual([]);
      await pass(160);
      expect(woken).toEqual(['none', 'short', 'long']);
    });

    test('ends a sleep when it is aborted, before or meanwhile, without throwing', async () => {
      const { clock, pass } = create();
      const hour = 3_600_000;
      const controller = new AbortController();
      const nap = clock.sleep(hour, controller.signal);
      await pass(2);
      controller.abort();
      await nap;
      await clock.sleep(hour, controller.signal);
      const other = new AbortController();
      await Promise.all([clock.sleep(1, other.signal), pass(30)]);
      other.abort();
    });

    test('takes delays that are negative or longer than any timer', async () => {
      const { clock, pass } = create();
      const controller = new AbortController();
      let woken = false;
      const long = clock.sleep(2 ** 40, controller.signal).then(() => (woken = true));
      await Promise.all([clock.sleep(-5), pass(10)]);
      expect(woken).toBe(false);
      controller.abort();
      await long;
    });
  });
}
