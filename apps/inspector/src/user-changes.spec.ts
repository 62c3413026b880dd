import { expect, test } from 'vitest';
import type { ChangesPlanned, Wish } from './offers.ts';
import { makeChanges, makerOf, wishIn } from './user-changes.ts';

const read = (text: string): Wish => wishIn(new URLSearchParams(text));

test('a wish is an undo of an event, or a version to keep of a conflict', () => {
  expect(read('undo=12')).toEqual({ type: 'undo', seq: 12 });
  expect(read('keep=local&conflict=7:8')).toEqual({ type: 'keep', keep: 'local', conflict: '7:8' });
});

test.each(['', 'undo=x', 'undo=', 'keep=local', 'keep=mine&conflict=1', 'conflict=1'])(
  'no wish is %j',
  (text) => {
    expect(() => read(text)).toThrow(/undo (takes|must be)/);
  },
);

test('nothing is made without the hash of a plan that was shown, and for a log of another client', async () => {
  const made: string[] = [];
  const changes = {
    plan: async (): Promise<ChangesPlanned> => ({
      ...{ title: '', changes: [], leftTitle: null, left: [], question: '', hash: null },
    }),
    make: async (_wish: Wish, hash: string) => {
      made.push(hash);
      return { isDone: true, lines: [] };
    },
  };
  const order = (text: string) => makeChanges({ changes }, new URLSearchParams(text));
  expect(() => order('undo=1')).toThrow('plan is missing');
  expect(made).toEqual([]);
  await order('undo=1&plan=abc');
  expect(made).toEqual(['abc']);
  expect(() => makerOf({ changes: null })).toThrow('not of a client that runs here');
});
