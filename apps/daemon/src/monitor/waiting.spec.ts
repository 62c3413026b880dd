import { expect, test } from 'vitest';
import { unlessAborted } from './waiting.ts';

test('work that outlasts an interruption is handed over when it ends, and its failure is dropped', async () => {
  const interruption = new AbortController();
  const late: string[] = [];
  const work = Promise.withResolvers<string>();
  const result = unlessAborted(work.promise, interruption.signal, (value) => late.push(value));
  interruption.abort();
  expect(await result).toBeNull();
  work.resolve('opened');
  await work.promise;
  expect(late).toEqual(['opened']);
  const failing = Promise.reject(new Error('too late'));
  expect(
    await unlessAborted(failing, interruption.signal, () => undefined).catch(() => 'failed'),
  ).toBeDefined();
  expect(await unlessAborted(Promise.resolve('x'), new AbortController().signal, () => undefined)).toBe('x');
});
