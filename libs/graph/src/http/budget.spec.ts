import { createManualClock } from '@tidemark/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget, type Budget, type Refusal } from './budget.ts';
import { parseRetryAfter, pauseMaxMs } from './retry-after.ts';

function budgetAt(options: { start?: number; max?: number } = {}) {
  const clock = createManualClock();
  const budget = createBudget({
    clock,
    concurrencyStart: options.start ?? 4,
    concurrencyMax: options.max ?? 16,
  });
  return { clock, budget };
}

/** Enters and notes what came of it. */
function visit(
  budget: Budget,
  share: 'call' | 'content' = 'call',
  waitMaxMs = 120_000,
  signal?: AbortSignal,
) {
  const visitor: { state: 'waiting' | 'inside' | Refusal } = { state: 'waiting' };
  const place = budget.enter(share, waitMaxMs, signal);
  if (place === null) visitor.state = 'inside';
  else void place.then((refused) => (visitor.state = refused ?? 'inside'));
  return visitor;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the request budget', () => {
  it('lets no more in than its limit and admits the next when one leaves', async () => {
    const { budget } = budgetAt({ start: 2 });
    const visitors = [visit(budget), visit(budget), visit(budget)];
    expect(visitors.map((visitor) => visitor.state)).toEqual(['inside', 'inside', 'waiting']);
    budget.leave('call', 'item', null);
    await turn();
    expect(visitors[2]?.state).toBe('inside');
  });

  it('keeps one place free of content, so that the change feed is never starved by transfers', () => {
    const { budget } = budgetAt({ start: 3 });
    expect(
      [visit(budget, 'content'), visit(budget, 'content'), visit(budget, 'content')].map((v) => v.state),
    ).toEqual(['inside', 'inside', 'waiting']);
    expect(visit(budget, 'call').state).toBe('inside');
  });

  it('lets transfers through even when only one request may run', () => {
    const { budget } = budgetAt({ start: 1 });
    expect(visit(budget, 'content').state).toBe('inside');
  });

  it('stops everyone for as long as the service asks, then goes on with half the concurrency', async () => {
    const { budget, clock } = budgetAt({ start: 8 });
    budget.pause(30_000);
    const visitor = visit(budget);
    await clock.advance(29_999);
    expect(visitor.state).toBe('waiting');
    await clock.advance(1);
    expect(visitor.state).toBe('inside');
    expect(budget.concurrency).toBe(4);
  });

  it('learns one lesson from requests that were refused together', () => {
    const { budget } = budgetAt({ start: 8 });
    for (let index = 0; index < 5; index += 1) budget.pause(1_000);
    expect(budget.concurrency).toBe(4);
    expect(budget.counters.throttled).toBe(5);
  });

  it('prolongs a pause but never shortens it', async () => {
    const { budget, clock } = budgetAt();
    budget.pause(10_000);
    budget.pause(1_000);
    await clock.advance(5_000);
    budget.pause(10_000);
    expect(budget.pausedForMs()).toBe(10_000);
    expect(budget.counters.pausedMs).toBe(15_000);
  });

  it('refuses at once who cannot wait that long, also who waits already', async () => {
    const { budget } = budgetAt({ start: 1 });
    visit(budget);
    const waiting = visit(budget, 'call', 5_000);
    budget.pause(60_000);
    await turn();
    expect(waiting.state).toEqual({ type: 'paused', remainingMs: 60_000 });
    const late = visit(budget, 'call', 5_000);
    await turn();
    expect(late.state).toEqual({ type: 'paused', remainingMs: 60_000 });
  });

  it('tells of a pause once, however many requests are refused meanwhile', async () => {
    const clock = createManualClock();
    const told: number[] = [];
    const budget = createBudget({ clock, onPaused: (delayMs) => told.push(delayMs) });
    for (const delayMs of [10_000, 10_000, 20_000]) budget.pause(delayMs);
    expect(told).toEqual([10_000]);
    await clock.advance(20_000);
    budget.pause(5_000);
    expect(told).toEqual([10_000, 5_000]);
  });

  it('sleeps for nobody: a process that gave up ends although the service asked for a pause', async () => {
    const { clock } = budgetAt();
    const asleep = new Set<object>();
    const watched = {
      ...clock,
      sleep: async (delayMs: number, signal?: AbortSignal) => {
        const one = {};
        asleep.add(one);
        await clock.sleep(delayMs, signal);
        asleep.delete(one);
      },
    };
    const budget = createBudget({ clock: watched });
    budget.pause(60_000);
    await turn();
    expect(asleep.size).toBe(0);
    const controller = new AbortController();
    visit(budget, 'call', 120_000, controller.signal);
    await turn();
    expect(asleep.size).toBe(1);
    controller.abort();
    await turn();
    expect(asleep.size).toBe(0);
    visit(budget, 'call', 70_000);
    await turn();
    expect(asleep.size).toBe(1);
    budget.pause(80_000);
    await turn();
    expect(asleep.size).toBe(0);
    const visitor = visit(budget);
    await clock.advance(80_000);
    await turn();
    expect(visitor.state).toBe('inside');
  });

  it('never pauses for more than an hour, whatever it is told', () => {
    const { budget } = budgetAt();
    budget.pause(86_400_000);
    expect(budget.pausedForMs()).toBe(pauseMaxMs);
  });

  it('forgets who was told to stop waiting', async () => {
    const { budget } = budgetAt({ start: 1 });
    visit(budget);
    const controller = new AbortController();
    const stopped = visit(budget, 'call', 120_000, controller.signal);
    const next = visit(budget);
    controller.abort();
    await turn();
    expect(stopped.state).toEqual({ type: 'aborted' });
    budget.leave('call', 'item', null);
    await turn();
    expect(next.state).toBe('inside');
  });

  it('grows while answers stay quick and stops growing when they slow down', () => {
    const { budget } = budgetAt({ start: 2, max: 10 });
    const answer = (latencyMs: number) => {
      visit(budget);
      budget.leave('call', 'item', latencyMs);
    };
    for (let index = 0; index < 12; index += 1) answer(50);
    const grown = budget.concurrency;
    expect(grown).toBeGreaterThan(3);
    for (let index = 0; index < 40; index += 1) answer(1_000);
    const after = budget.concurrency;
    expect(after).toBeLessThanOrEqual(grown + 1);
    for (let index = 0; index < 100; index += 1) answer(1_000);
    expect(budget.concurrency).toBe(after);
  });

  it('never admits more than the limit, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.constant({ type: 'enter', share: 'call' } as const),
            fc.constant({ type: 'enter', share: 'content' } as const),
            fc.record({ type: fc.constant('leave' as const), latencyMs: fc.integer({ min: 1, max: 500 }) }),
            fc.record({ type: fc.constant('pause' as const), delayMs: fc.integer({ min: 0, max: 5_000 }) }),
            fc.record({ type: fc.constant('advance' as const), byMs: fc.integer({ min: 0, max: 6_000 }) }),
          ),
          { maxLength: 60 },
        ),
        async (steps) => {
          const { budget, clock } = budgetAt({ start: 3, max: 5 });
          const visitors: { share: 'call' | 'content'; visitor: ReturnType<typeof visit>; left: boolean }[] =
            [];
          const inside = () => visitors.filter(({ visitor, left }) => visitor.state === 'inside' && !left);
          for (const step of steps) {
            const before = inside().length;
            if (step.type === 'enter')
              visitors.push({ share: step.share, visitor: visit(budget, step.share), left: false });
            else if (step.type === 'pause') budget.pause(step.delayMs);
            else if (step.type === 'advance') await clock.advance(step.byMs);
            else {
              const one = inside()[0];
              if (one !== undefined) {
                one.left = true;
                budget.leave(one.share, 'item', step.latencyMs);
              }
            }
            await clock.advance(0);
            expect(inside().length).toBeLessThanOrEqual(Math.max(before, budget.concurrency));
          }
          // Nobody is forgotten: once the pauses are over and places come free, everyone gets in.
          for (let index = 0; index < visitors.length + 1; index += 1) {
            await clock.advance(10_000);
            for (const one of inside()) {
              one.left = true;
              budget.leave(one.share, 'item', null);
            }
          }
          await clock.advance(0);
          expect(visitors.filter(({ visitor }) => visitor.state === 'waiting')).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [undefined, null],
    ['', null],
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
    ['1.5', 1_500],
    ['86400', 86_400_000],
    ['-5', null],
    ['soon', null],
    ['2026', 2_026_000],
    ['99999999999999999999', null],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['Thu, 99 Foo', null],
  ])('%j means %j milliseconds', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});
