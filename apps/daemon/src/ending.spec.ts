import { createInbox, initialState } from '@tidemark/engine';
import { createManualClock } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { createEnding } from './ending.ts';

const idle = { quiet: true, dueAt: null };

function monitor() {
  const clock = createManualClock();
  const state = initialState();
  const ended = new AbortController();
  const interruption = new AbortController();
  const ending = createEnding({
    ...{ state, inbox: createInbox(clock), clock, monitoring: true, isLost: () => false },
    ...{ interrupted: interruption.signal, ended: ended.signal },
  });
  return { ending, state, interrupt: () => interruption.abort(), end: () => ended.abort() };
}

test('a monitor goes on when nothing is under way', () => {
  const { ending } = monitor();
  expect(ending.causeOf(idle)).toBeNull();
});

test('a run that is left ends when nothing is under way', () => {
  const { ending, end } = monitor();
  ending.leave({ graceMs: 1000, takeDown: false });
  expect(ending.causeOf({ ...idle, quiet: false })).toBeNull();
  expect(ending.causeOf(idle)).toBe('finished');
  end();
});

test('a run that is to take down ends only after its plan knows that, however idle it is', () => {
  for (const begin of ['leave', 'interrupt'] as const) {
    const { ending, state, interrupt, end } = monitor();
    if (begin === 'leave') ending.leave({ graceMs: 1000, takeDown: true });
    else interrupt();
    expect(ending.causeOf(idle)).toBeNull();
    state.phase = 'stopping';
    expect(ending.causeOf({ ...idle, quiet: false })).toBeNull();
    expect(ending.causeOf(idle)).toBe(begin === 'leave' ? 'finished' : 'interrupted');
    end();
  }
});

test('a run that ends by itself waits five minutes for facts, and does not go on without them', async () => {
  const clock = createManualClock();
  const state = initialState();
  const [ended, interruption] = [new AbortController(), new AbortController()];
  const ending = createEnding({
    ...{ state, inbox: createInbox(clock), clock, monitoring: false, isLost: () => false, needsFacts: true },
    ...{ interrupted: interruption.signal, ended: ended.signal },
  });
  state.factsAwaited.add('lister');
  const waiting = { ...idle, quiet: false };
  await clock.advance(299_000);
  expect(ending.causeOf(waiting)).toBeNull();
  await clock.advance(1_000);
  expect(ending.causeOf(waiting)).toBe('failed');
  state.factsAwaited.clear();
  expect(ending.causeOf(waiting)).toBeNull();
  ended.abort();
});
