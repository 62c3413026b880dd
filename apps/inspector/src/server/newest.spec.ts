import { expect, test } from 'vitest';
import { createNewest } from './newest.ts';

test('of the questions of one tab that wait, only the newest is answered', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const asked: string[] = [];
  const newest = createNewest(() => promise);
  const moment = newest('moment', (query) => void asked.push(String(query.get('seq'))));
  const item = newest('item', (query) => void asked.push(`item ${query.get('seq')}`));
  const query = (tab: string, seq: number): URLSearchParams => new URLSearchParams({ tab, seq: String(seq) });
  const answers = [
    ...[moment(query('one', 1)), moment(query('one', 2)), moment(query('one', 3))],
    ...[moment(query('other', 4)), item(query('one', 5))],
  ].map(async (answer) => answer);
  resolve();
  const ends = await Promise.allSettled(answers);
  expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([false, false, true, true, true]);
  expect(asked).toEqual(['3', '4', 'item 5']);
});
