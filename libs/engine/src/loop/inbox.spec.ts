import type { Observation } from '@tidemark/contracts';
import { commandId, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { createInbox } from './inbox.ts';
import { waitingRowsMax } from './weight.ts';
import { createSpecClock } from '../testing/spec-clock.ts';
import { goneFromDrive } from '../testing/spec-run.ts';

const hint = (source: string): Observation => ({ type: 'HintReceived', side: 'local', source });

const pageOf = (rows: number): Observation => ({
  type: 'RemotePage',
  command: commandId(seq(1), 0),
  page: 0,
  rows: Array.from({ length: rows }, (_, index) => goneFromDrive(`${index}`)),
});

/** The outcome of reading single items. */
const itemsRead = (rows: number): Observation => ({
  type: 'CommandSucceeded',
  command: commandId(seq(1), 0),
  look: { rows: Array.from({ length: rows }, (_, index) => goneFromDrive(`${index}`)) },
});

describe('the inbox', () => {
  it('gives everything that waits as one batch, in the order of arrival', async () => {
    const inbox = createInbox(createSpecClock());
    void inbox.put('one', [hint('a'), hint('b')]);
    void inbox.put('two', [hint('c')]);
    expect(await inbox.take(null)).toEqual([
      { source: 'one', observation: hint('a') },
      { source: 'one', observation: hint('b') },
      { source: 'two', observation: hint('c') },
    ]);
  });

  it.each([
    ['a page', pageOf],
    ['items read by their ids', itemsRead],
  ])(
    'lets depositors go on at once while few rows wait, and the others when the loop takes what waits: %s',
    async (_what, of) => {
      const inbox = createInbox(createSpecClock());
      const done: string[] = [];
      void inbox.put('one', [hint('a')]).then(() => done.push('a hint'));
      void inbox.put('two', [of(waitingRowsMax)]).then(() => done.push('many rows'));
      void inbox.put('one', [hint('b')]).then(() => done.push('a hint behind it'));
      await turns();
      expect(done).toEqual(['a hint']);
      await inbox.take(null);
      await turns();
      expect(done).toEqual(['a hint', 'many rows', 'a hint behind it']);
    },
  );

  it('lets a depositor wait until its batch is durable, and no others', async () => {
    const inbox = createInbox(createSpecClock());
    const done: string[] = [];
    void inbox.putDurably('one', [hint('a')]).then(() => done.push('first'));
    // The batch that opens a run takes nothing from the inbox.
    inbox.settle();
    await turns();
    expect(done).toEqual([]);
    await inbox.take(null);
    void inbox.putDurably('one', [hint('b')]).then(() => done.push('second'));
    await turns();
    expect(done).toEqual([]);
    inbox.settle();
    await turns();
    expect(done).toEqual(['first']);
    await inbox.take(null);
    inbox.settle();
    await turns();
    expect(done).toEqual(['first', 'second']);
  });

  it('waits for the deadline, gives an empty batch then, and leaves no sleeper behind', async () => {
    const clock = createSpecClock();
    const inbox = createInbox(clock);
    const batch = inbox.take(clock.now() + 500);
    clock.advance(499);
    await turns();
    expect(clock.sleepers).toBe(1);
    clock.advance(1);
    expect(await batch).toEqual([]);
    expect(clock.sleepers).toBe(0);
  });

  it('forgets the deadline when something comes earlier', async () => {
    const clock = createSpecClock();
    const inbox = createInbox(clock);
    const batch = inbox.take(clock.now() + 500);
    void inbox.put('one', [hint('a')]);
    expect(await batch).toHaveLength(1);
    expect(clock.sleepers).toBe(0);
  });

  it('sleeps in pieces towards a deadline that no timer reaches', async () => {
    const clock = createSpecClock();
    const inbox = createInbox(clock);
    const dayMs = 24 * 60 * 60 * 1000;
    let over = false;
    const batch = inbox.take(clock.now() + 60 * dayMs).then(() => (over = true));
    for (let days = 0; days < 59; days++) {
      clock.advance(dayMs);
      await turns();
    }
    expect(over).toBe(false);
    clock.advance(dayMs);
    await batch;
  });

  it('gives an empty batch after a nudge, also one that came before', async () => {
    const inbox = createInbox(createSpecClock());
    inbox.nudge();
    expect(await inbox.take(null)).toEqual([]);
    const batch = inbox.take(null);
    inbox.nudge();
    expect(await batch).toEqual([]);
  });

  it('refuses everyone after it was closed, those that wait as well', async () => {
    const inbox = createInbox(createSpecClock());
    const taken = inbox.putDurably('one', [hint('a')]);
    await inbox.take(null);
    const waiting = inbox.putDurably('one', [hint('b')]);
    const held = inbox.put('one', [pageOf(waitingRowsMax)]);
    inbox.close(new Error('over'));
    await expect(taken).rejects.toThrow('over');
    await expect(waiting).rejects.toThrow('over');
    await expect(held).rejects.toThrow('over');
    await expect(inbox.put('one', [hint('c')])).rejects.toThrow('over');
  });
});

/** Lets everything run that is ready. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
