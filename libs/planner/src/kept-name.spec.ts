import { expect, it } from 'vitest';
import { keptNameAt } from '@tidemark/contracts';
import { keptName } from './kept-name.ts';

it.each([
  ['a.txt', 'a-host-safeBackup-0001.txt'],
  ['archive.tar.gz', 'archive.tar-host-safeBackup-0001.gz'],
  ['none', 'none-host-safeBackup-0001'],
  ['.hidden', '.hidden-host-safeBackup-0001'],
  ['a-host-safeBackup-0001.txt', 'a-host-safeBackup-0002.txt'],
  ['a-host-safeBackup-9.txt', 'a-host-safeBackup-9-host-safeBackup-0001.txt'],
  ['a-other-safeBackup-0001.txt', 'a-other-safeBackup-0001-host-safeBackup-0001.txt'],
  ['-host-safeBackup-0001.txt', '-host-safeBackup-0001-host-safeBackup-0001.txt'],
])('%s is kept as %s', (name, expected) => {
  const kept = keptName(name, 'host');
  expect(keptNameAt(kept, kept.from)).toBe(expected);
});

it('there are a thousand names and no more', () => {
  const kept = keptName('a', 'host');
  expect(keptNameAt(kept, 1000)).toBe('a-host-safeBackup-1000');
  expect(keptNameAt(kept, 1001)).toBeNull();
});

it.each([
  ['é'.repeat(125) + '.txt', 'é'.repeat(115)],
  ['𝄞'.repeat(60) + '.txt', '𝄞'.repeat(57)],
  ['x'.repeat(255), 'x'.repeat(234)],
  ['x.' + 'y'.repeat(253), 'x.' + 'y'.repeat(232)],
])(
  'what is longer than a file system takes is cut before the tag, between two characters: %s',
  (name, stem) => {
    const kept = keptName(name, 'host');
    const whole = keptNameAt(kept, 1) ?? '';
    expect(kept.prefix).toBe(`${stem}-host-safeBackup-`);
    expect(whole.endsWith(kept.suffix)).toBe(true);
    expect(new TextEncoder().encode(whole).length).toBeLessThanOrEqual(255);
  },
);
