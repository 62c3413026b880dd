import { itemId } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { temporaryName, wantedName } from './temporary-name.ts';

it.each([
  ['b.txt', 'b.txt'],
  ['x'.repeat(255), 'x'.repeat(239)],
  [`${'ж'.repeat(120)}.docx`, `${'ж'.repeat(117)}.docx`],
  [`${'𝄞'.repeat(62)}.txt`, `${'𝄞'.repeat(58)}.txt`],
])('a temporary name fits the disk, and keeps the suffix: %s', (name, wanted) => {
  const temporary = temporaryName(name, itemId(7));
  expect(Buffer.byteLength(temporary)).toBeLessThanOrEqual(255);
  expect(wantedName(temporary)).toBe(wanted);
});
