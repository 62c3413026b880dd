/** Changes one setting in the text of a config file, and leaves every other byte of it: comments, order and line ends. */

/**
 * The line that holds is changed: the last one. Without one, the setting goes behind a comment that shows it, else to the end.
 *
 * @param value in one line; quotes in it are fine
 */
export function withSetting(text: string, key: string, value: string): string {
  if (/[\r\n]/.test(value)) throw new Error(`The value of ${key} has several lines`);
  const wanted = `${key} = "${value}"`;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = text.split(lineEnd);
  const sets = new RegExp(`^\\uFEFF?\\s*${key}\\s*=\\s*"`);
  const set = lines.findLastIndex((line) => sets.test(line));
  if (set >= 0) {
    const [indent = ''] = /^\uFEFF?\s*/.exec(lines[set] ?? '') ?? [];
    return lines.with(set, `${indent}${wanted}`).join(lineEnd);
  }
  const shows = new RegExp(`^\\uFEFF?\\s*[#;]\\s*${key}\\s*=`);
  const shown = lines.findLastIndex((line) => shows.test(line));
  if (shown >= 0) return lines.toSpliced(shown + 1, 0, wanted).join(lineEnd);
  const before = text === '' || text.endsWith(lineEnd) ? text : `${text}${lineEnd}`;
  return `${before}${wanted}${lineEnd}`;
}
