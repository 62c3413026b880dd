/** How many columns of a terminal a text takes: letters of East Asia and pictures take two, marks on letters none. */

/** At most `columnsMax` columns from the end of `text`, with `mark` before what was cut. */
export function lastColumns(text: string, columnsMax: number, mark: string): string {
  if (columnsOf(text) <= columnsMax) return text;
  const letters = lettersOf(text);
  let columns = columnsOf(mark);
  if (columns > columnsMax) return '';
  let from = letters.length;
  while (from > 0) {
    columns += columnsOfLetter(letters[from - 1] ?? '');
    if (columns > columnsMax) break;
    from -= 1;
  }
  return mark + letters.slice(from).join('');
}

/** At most `columnsMax` columns from the beginning of `text`. */
export function firstColumns(text: string, columnsMax: number): string {
  let columns = 0;
  let shown = '';
  for (const letter of lettersOf(text)) {
    columns += columnsOfLetter(letter);
    if (columns > columnsMax) break;
    shown += letter;
  }
  return shown;
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of lettersOf(text)) columns += columnsOfLetter(letter);
  return columns;
}

/** A letter with the marks on it; several characters may make one picture. */
const lettersOf = (text: string): string[] =>
  [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);

function columnsOfLetter(letter: string): number {
  if (/^[\p{Mn}\p{Me}\u200b-\u200d]+$/u.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}

const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;
