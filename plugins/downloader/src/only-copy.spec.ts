import { expect, it } from 'vitest';
import { downloader } from './downloader.ts';

it.each([
  ['remote-deleted', false],
  ['source-uploaded', false],
  ['only-on-disk', true],
  ['conflict-replaced', true],
])('what goes from the disk by the rule %s is the only copy: %s', async (rule, isOnlyCopy) => {
  const told: unknown[] = [];
  const remove = async (...given: readonly unknown[]): Promise<{ trash: string }> => {
    told.push(given);
    return { trash: '1/a' };
  };
  const expected = { id: 'L1', stamp: 's' };
  const command = { path: 'a', kind: 'file', expected, reason: { rule } };
  const outcome = await downloader.handle?.DeleteLocal?.(command as never, { disk: { remove } } as never);
  expect(told).toEqual([['a', 'file', expected, { isOnlyCopy }]]);
  expect(outcome).toEqual({ local: { id: 'L1', gone: true, trash: '1/a' } });
});
