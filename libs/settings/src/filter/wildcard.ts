/**
 * Patterns against the whole of a text, in two dialects:
 *
 * - `skip`: as in skip_file and skip_dir. `*` is any run, `?` one character, a blank any whitespace character; upper
 *   and lower case are the same.
 * - `sync_list`: `*` is any run, everything else is itself.
 *
 * In both, `*` crosses slashes, and it does not matter in which form Unicode writes a character. Matched by hand instead of
 * by a regular expression: the names come from outside, and this takes at most pattern × name steps whatever they are.
 */
import { composed } from './normal-form.ts';

export type Matcher = (text: string) => boolean;

export function compileWildcard(pattern: string, dialect: 'skip' | 'sync_list'): Matcher {
  const written = composed(pattern);
  if (dialect === 'sync_list') return (text) => matches(written, composed(text), isSame);
  const folded = written.toLowerCase();
  return (text) => matches(folded, composed(text).toLowerCase(), fitsSkipSymbol);
}

const STAR = 0x2a;
const QUESTION_MARK = 0x3f;
const BLANK = 0x20;

/** Greedy; on a mismatch it only ever goes back to the last star. Behind the end of the pattern is `NaN`, which fits nothing. */
function matches(
  pattern: string,
  text: string,
  fits: (symbol: number, character: number) => boolean,
): boolean {
  let patternAt = 0;
  let textAt = 0;
  let starAt = -1;
  let starTextAt = 0;
  while (textAt < text.length) {
    const symbol = pattern.charCodeAt(patternAt);
    if (symbol === STAR) {
      starAt = patternAt;
      starTextAt = textAt;
      patternAt += 1;
    } else if (fits(symbol, text.charCodeAt(textAt))) {
      patternAt += 1;
      textAt += symbol === QUESTION_MARK && isPair(text, textAt) ? 2 : 1;
    } else if (starAt >= 0) {
      patternAt = starAt + 1;
      starTextAt += 1;
      textAt = starTextAt;
    } else {
      return false;
    }
  }
  while (pattern.charCodeAt(patternAt) === STAR) patternAt += 1;
  return patternAt === pattern.length;
}

/** One character that is written as two, as an emoji is. */
const isPair = (text: string, at: number): boolean => (text.codePointAt(at) ?? 0) > 0xffff;

const isSame = (symbol: number, character: number): boolean => symbol === character;

function fitsSkipSymbol(symbol: number, character: number): boolean {
  if (symbol === character || symbol === QUESTION_MARK) return true;
  return symbol === BLANK && /\s/.test(String.fromCharCode(character));
}
