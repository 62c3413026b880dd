import { expect, test } from 'vitest';
import { besideName } from './displaced.ts';

test.each([
  ['a.txt', 'a-kept-0007.txt'],
  ['.hidden', '.hidden-kept-0007'],
  ['x'.repeat(255), `${'x'.repeat(245)}-kept-0007`],
  [`${'é'.repeat(125)}.txt`, `${'é'.repeat(120)}-kept-0007.txt`],
  [`ab${'𝄞'.repeat(61)}.txt`, `ab${'𝄞'.repeat(59)}-kept-0007.txt`],
])(
  'the name beside a name that is taken is cut before its suffix, between two characters: %s',
  (leaf, beside) => expect(besideName(leaf, 7)).toBe(beside),
);
