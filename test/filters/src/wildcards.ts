/** Whether a whole text is what a pattern with `*` and `?` says, character by character. */

export interface Signs {
  /** What `*` stands for: a run of any characters, or of any but `/`. */
  readonly star: 'any run' | 'within a segment';
  /** `?` stands for one character, or for itself. */
  readonly question: 'one character' | 'itself';
  readonly case: 'ignored' | 'heeded';
}

/** Characters as people see them: composed where Unicode has one for it, and none torn in two. */
export const characters = (text: string): readonly string[] => [...text.normalize('NFC')];

export function matchesWhole(pattern: string, text: string, signs: Signs): boolean {
  const [signsOfPattern, given] = [characters(pattern), characters(text)];
  /** Where in the pattern one may stand after the characters so far. */
  let standing = skipStars(signsOfPattern, new Set([0]));
  for (const character of given) {
    const next = new Set<number>();
    for (const at of standing) {
      const sign = signsOfPattern[at];
      if (sign === undefined) continue;
      if (sign !== '*') {
        if (isOne(sign, character, signs)) next.add(at + 1);
      } else if (signs.star === 'any run' || character !== '/') next.add(at);
    }
    standing = skipStars(signsOfPattern, next);
  }
  return standing.has(signsOfPattern.length);
}

/** A star may also stand for nothing. */
function skipStars(pattern: readonly string[], standing: ReadonlySet<number>): ReadonlySet<number> {
  const all = new Set(standing);
  for (const at of all) if (pattern[at] === '*') all.add(at + 1);
  return all;
}

function isOne(sign: string, character: string, { question, case: letters }: Signs): boolean {
  if (sign === '?' && question === 'one character') return true;
  if (sign === ' ' && letters === 'ignored') return /^\s$/u.test(character);
  if (sign === character) return true;
  return letters === 'ignored' && fold(sign) === fold(character);
}

/** A character whose other case is several characters has none. */
function fold(character: string): string {
  const upper = character.toUpperCase();
  const folded = [...upper].length === 1 ? upper.toLowerCase() : character.toLowerCase();
  return [...folded].length === 1 ? folded : character;
}
