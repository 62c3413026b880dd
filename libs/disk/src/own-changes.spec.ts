import { localId } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { createOthersChanges, createOwnChanges } from './own-changes.ts';

test('one placing excuses one event at its path', () => {
  const own = createOwnChanges(() => 0, localId);
  own.excuses('');
  own.placed('a/x', localId('a/x'));
  expect(own.excuses('a/y')).toBe(false);
  expect(own.excuses('a/x')).toBe(true);
  expect(own.excuses('a/x'), 'somebody else').toBe(false);
});

test('an event that never came excuses no later one', () => {
  let now = 0;
  const own = createOwnChanges(() => now, localId);
  own.excuses('');
  own.placed('a/x', localId('a/x'));
  now = 5_000;
  expect(own.excuses('a/x')).toBe(false);
});

test('what stands under the name by now is told, though the event of the placing never came', () => {
  const there = new Map([['a/x', localId('ours')]]);
  const own = createOwnChanges(
    () => 0,
    (path) => there.get(path) ?? null,
  );
  own.excuses('');
  own.placed('a/x', localId('ours'));
  there.set('a/x', localId('of the user'));
  expect(own.excuses('a/x'), 'saved by a rename').toBe(false);
  there.set('a/x', localId('ours'));
  own.placed('a/x', localId('ours'));
  there.delete('a/x');
  expect(own.excuses('a/x'), 'deleted').toBe(false);
});

test('nothing is remembered while nobody watches', () => {
  const own = createOwnChanges(() => 0, localId);
  own.placed('a/x', localId('a/x'));
  expect(own.excuses('a/x')).toBe(false);
});

test('what another process placed excuses one event, by the note that it made a moment before', () => {
  let now = 10_000;
  const notes = new Map([['new', 9_000]]);
  const others = createOthersChanges(
    () => now,
    (path) => (path === 'gone' ? null : localId(path)),
    (id) => notes.get(id) ?? null,
  );
  expect(others.excuses('gone')).toBe(false);
  expect(others.excuses('of the user')).toBe(false);
  expect(others.excuses('new')).toBe(true);
  expect(others.excuses('new'), 'somebody else').toBe(false);
  notes.set('new', 9_500);
  expect(others.excuses('new'), 'placed again').toBe(true);
  notes.set('late', 9_900);
  now = 15_000;
  expect(others.excuses('late')).toBe(false);
});
