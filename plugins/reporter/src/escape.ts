/**
 * Makes text harmless. Names come from strangers: they may hold escape sequences that rewrite a terminal, line ends that
 * forge a log line, or direction marks that show a name as another one.
 */

/** Controls (C0, DEL, C1), line and paragraph separators, direction marks, and halves of surrogate pairs. */
const harmful =
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu;

/** For people: `\n`, `\x1b`, `\u{202e}` in place of the characters. */
export function escapeText(text: string): string {
  return text.replace(harmful, (character) => {
    const short = shortForms.get(character);
    if (short !== undefined) return short;
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
  });
}

/** For JSON text: the same characters as JSON's own escapes, which every parser reads back. */
export function escapeJson(json: string): string {
  return json.replace(harmful, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

const shortForms: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ '\n': '\\n', '\r': '\\r', '\t': '\\t' }),
);
