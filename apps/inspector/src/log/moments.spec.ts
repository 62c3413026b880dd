import { expect, test } from 'vitest';
import { digestOf, evolve, initialState } from '@tidemark/engine';
import { rulesFor, specLog } from '../spec-log.ts';
import { createMoments } from './moments.ts';

test('the state after any event is the one that folding gives, forwards, backwards and anywhere', async () => {
  const { log, events } = await specLog(
    Array.from({ length: 40 }, (_, index) => `file ${index}.txt`),
    14,
  );
  expect(events.length, 'enough for states in between').toBeGreaterThan(600);
  const moments = createMoments({
    ...{ log: () => log, rulesFor },
    begin: async () => initialState(),
    head: initialState(),
  });
  const digests = [''];
  for (const recorded of events) {
    moments.take([recorded]);
    digests.push(digestOf(moments.head));
  }
  expect(moments.kept.states).toBeGreaterThan(0);
  const last = events.length;
  for (const seq of [1, 2, 3, last - 1, last, 600, 599, 501, 7, last, 520])
    expect(await moments.at(seq, digestOf), `after event ${seq}`).toBe(digests[seq]);

  const [recorded] = events.slice(530, 531);
  if (recorded === undefined) throw new Error('there is no such event');
  const around = await moments.step(recorded, (before) => {
    const digestBefore = digestOf(before);
    return (after) => [digestBefore, digestOf(after)];
  });
  expect(around).toEqual([digests[530], digests[531]]);
  const folded = initialState();
  for (const one of events) evolve(folded, one, rulesFor);
  expect(digestOf(moments.head), 'looking back leaves the end alone').toBe(digestOf(folded));
});
