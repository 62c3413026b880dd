import { expect, test } from 'vitest';
import { createOwnChanges } from './own-changes.ts';

test('one placing excuses one event at its path', () => {
  const own = createOwnChanges(() => 0);
  own.excuses('');
  own.placed('a/x');
  expect(own.excuses('a/y')).toBe(false);
  expect(own.excuses('a/x')).toBe(true);
  expect(own.excuses('a/x'), 'somebody else').toBe(false);
});

test('an event that never came excuses no later one', () => {
  let now = 0;
  const own = createOwnChanges(() => now);
  own.excuses('');
  own.placed('a/x');
  now = 5_000;
  expect(own.excuses('a/x')).toBe(false);
});

test('nothing is remembered while nobody watches', () => {
  const own = createOwnChanges(() => 0);
  own.placed('a/x');
  expect(own.excuses('a/x')).toBe(false);
});
