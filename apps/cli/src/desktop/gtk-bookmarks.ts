/** The bookmarks of file managers that use GTK: one line each, an address and a label. */

/** null: the folder has a bookmark already. */
export function withBookmark(text: string, uri: string, label: string): string | null {
  if (text.split('\n').some((line) => line === uri || line.startsWith(`${uri} `))) return null;
  const end = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${end}${uri} ${label}\n`;
}

/** null: it is not there, or it is one that the user gave another label. */
export function withoutBookmark(text: string, uri: string, label: string): string | null {
  const lines = text.split('\n');
  const left = lines.filter((line) => line !== `${uri} ${label}`);
  return left.length === lines.length ? null : left.join('\n');
}
