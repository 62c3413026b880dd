import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWildcard } from './wildcard.ts';

/** The definition, as a regular expression; fine for short texts. */
function definition(pattern: string, dialect: 'skip' | 'sync_list'): RegExp {
  const isSkip = dialect === 'skip';
  const source = Array.from(pattern, (symbol) => {
    if (symbol === '*') return '[^]*';
    if (isSkip && symbol === '?') return '[^]';
    if (isSkip && symbol === ' ') return '\\s';
    return symbol.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
  }).join('');
  return new RegExp(`^${source}$`, isSkip ? 'i' : '');
}

const symbols = fc.constantFrom('a', 'B', 'b', '*', '?', '.', '/', ' ', '(', '\t', '+');
const texts = fc.array(symbols, { maxLength: 12 }).map((parts) => parts.join(''));

describe.each(['skip', 'sync_list'] as const)('the %s dialect', (dialect) => {
  it('matches what its definition matches', () => {
    fc.assert(
      fc.property(texts, texts, (pattern, text) => {
        expect(compileWildcard(pattern, dialect)(text)).toBe(definition(pattern, dialect).test(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('matches a text that was made from the pattern', () => {
    fc.assert(
      fc.property(texts, fc.array(texts), (pattern, fillings) => {
        let used = 0;
        const text = pattern.replaceAll('*', () => fillings[used++] ?? '');
        expect(compileWildcard(pattern, dialect)(text)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a hostile name', () => {
  it('costs no more than pattern times name', () => {
    const pattern = `${'a*'.repeat(30)}b`;
    expect(compileWildcard(pattern, 'skip')('a'.repeat(20_000))).toBe(false);
  });
});
