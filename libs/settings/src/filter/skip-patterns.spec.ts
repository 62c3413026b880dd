import { describe, expect, it } from 'vitest';
import { compileSkipDirectory, compileSkipFile } from './skip-patterns.ts';

describe('skip_file', () => {
  it.each([
    ['*.tmp', 'a.tmp', true],
    ['*.tmp', 'deep/er/a.TMP', true],
    ['*.tmp', 'a.tmp.txt', false],
    ['~*', '~lock', true],
    ['~*', 'deep/~lock', true],
    ['~*', 'a~', false],
    ['.~*', 'deep/.~lock.doc#', true],
    ['/Documents/secret.txt', 'Documents/secret.txt', true],
    ['/Documents/secret.txt', 'Other/Documents/secret.txt', false],
    ['Documents/secret.txt', 'Documents/secret.txt', false],
    ['secret.txt', 'anywhere/secret.txt', true],
    ['/Documents/*', 'Documents/deep/er/x', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a b.txt', 'a\u00A0b.txt', true],
    ['a.c', 'abc', false],
    ['(1)+.txt', 'x/(1)+.txt', true],
    ['[ab].txt', 'a.txt', false],
  ])('%s on %s: %s', (pattern, path, isSkipped) => {
    expect(compileSkipFile([pattern])(path)).toBe(isSkipped ? pattern : undefined);
  });

  it('names the pattern that matched', () => {
    expect(compileSkipFile(['*.a', '*.b'])('x.b')).toBe('*.b');
    expect(compileSkipFile([])('x.b')).toBeUndefined();
  });
});

describe('skip_dir', () => {
  it.each<readonly [string, string, 'any segment' | 'whole path' | 'never']>([
    ['build', 'build', 'whole path'],
    ['build', 'a/build', 'any segment'],
    ['build', 'a/build/deep/er', 'any segment'],
    ['BUILD', 'a/build', 'any segment'],
    ['build', 'a/rebuild', 'never'],
    ['/build', 'build', 'whole path'],
    ['/build', 'a/build', 'never'],
    ['a/build', 'a/build', 'whole path'],
    ['a/build/', 'a/build', 'whole path'],
    ['/a/build/', 'a/build/x', 'whole path'],
    ['a/build', 'x/a/build', 'never'],
    ['*/build', 'x/a/build', 'whole path'],
    ['.*', 'a/.git', 'any segment'],
    ['node_?odules', 'a/node_modules', 'any segment'],
  ])('%s on %s: %s', (pattern, path, reach) => {
    expect(compileSkipDirectory([pattern], 'any segment')(path)).toBe(
      reach === 'never' ? undefined : pattern,
    );
    expect(compileSkipDirectory([pattern], 'whole path')(path)).toBe(
      reach === 'whole path' ? pattern : undefined,
    );
  });
});
