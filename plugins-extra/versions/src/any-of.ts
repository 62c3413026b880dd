/** Globs: `*` and `?` within a name, `**` over several; one without a slash speaks of names in any folder. */
export function anyOf(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map((glob) => {
    const pieces = (glob.includes('/') ? glob.replace(/^\//, '') : `**/${glob}`).split(/(\*\*\/|\*\*|\*|\?)/);
    return new RegExp(`^${pieces.map((piece) => meanings.get(piece) ?? escaped(piece)).join('')}$`, 'su');
  });
  return (path) => patterns.some((pattern) => pattern.test(path));
}

const meanings = new Map([
  ['**/', '(?:.*/)?'],
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
]);

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
