/**
 * Patterns against the whole of a text, in two dialects:
 *
 * - `skip`: as in skip_file and skip_dir. `*` is any run, `?` one character, a blank any whitespace character; upper
 *   and lower case are the same.
 * - `sync_list`: `*` is any run, everything else is itself.
 *
 * In both, `*` crosses slashes. Matched by hand instead of by a regular expression: the names come from outside, and
 * this takes at most pattern × name steps whatever they are.
 */
export type Matcher = (text: string) => boolean;

export function compileWildcard(pattern: string, dialect: 'skip' | 'sync_list'): Matcher {
  if (dialect === 'sync_list') return (text) => matches(pattern, text, isSame);
  const folded = pattern.toLowerCase();
  return (text) => matches(folded, text.toLowerCase(), fitsSkipSymbol);
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
      textAt += 1;
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

const isSame = (symbol: number, character: number): boolean => symbol === character;

function fitsSkipSymbol(symbol: number, character: number): boolean {
  if (symbol === character || symbol === QUESTION_MARK) return true;
  return symbol === BLANK && /\s/.test(String.fromCharCode(character));
}
