/**
 * One line of output. Names come from strangers: they may hold escape sequences that rewrite a terminal, line ends that forge a line,
 * or direction marks that show a name as another one.
 */

/** Controls but the tab (C0, DEL, C1), line and paragraph separators, direction marks, and halves of surrogate pairs. */
const harmful =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** In words and in JSON alike: these are JSON's own escapes, which every parser reads back. */
export const oneLine = (text: string): string =>
  text.replace(harmful, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
