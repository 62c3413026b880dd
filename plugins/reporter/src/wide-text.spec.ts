import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnsOf, firstColumns, lastColumns } from './wide-text.ts';

it.each([
  ['', 0],
  ['a.txt', 5],
  ['Größe', 5],
  ['Gro\u0308ße', 5],
  ['東京', 4],
  ['한글', 4],
  ['📷.jpg', 6],
  ['👩‍👩‍👧.jpg', 6],
  ['🇨🇭', 2],
])('%j takes %d columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
});

it('what is cut is never wider than the room, and ends or begins as the text does', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(text, fc.nat(20), (given, room) => {
      const first = firstColumns(given, room);
      expect(columnsOf(first)).toBeLessThanOrEqual(room);
      expect(given.startsWith(first)).toBe(true);
      const last = lastColumns(given, room, '…');
      expect(columnsOf(last)).toBeLessThanOrEqual(room);
      expect(given.endsWith(last.replace(/^…/, ''))).toBe(true);
    }),
  );
});
