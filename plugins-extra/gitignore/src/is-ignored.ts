/** What git would say: the files on the way to an item speak in turn, and the last pattern that fits decides. */
import type { Facts } from '@tidemark/plugin-sdk';
import ignore, { type Ignore } from 'ignore';

/** The patterns that speak of one folder, by that folder: made once from the same texts, so that a replay hears the same. */
const combined = new Map<string, { texts: readonly string[]; patterns: Ignore; asked: number }>();
/** The library remembers each path that it was asked about. */
const askedMax = 10_000;

/** `name`: of the files whose texts the facts are, by path. */
export function isIgnored(path: string, isFolder: boolean, name: string, facts: Facts): boolean {
  const parts = path.split('/');
  const sources = parts.flatMap((_part, depth) => {
    const above = parts
      .slice(0, depth)
      .map((part) => `${part}/`)
      .join('');
    const text = facts.get(above + name);
    return text === undefined ? [] : [{ above, text }];
  });
  const deepest = sources.at(-1)?.above;
  if (deepest === undefined) return false;
  const texts = sources.map(({ text }) => text);
  let known = combined.get(deepest);
  const isKnown = known?.texts.length === texts.length && texts.every((one, at) => one === known?.texts[at]);
  if (known === undefined || known.asked > askedMax || !isKnown) {
    const patterns = ignore({ ignorecase: false });
    for (const { above, text } of sources)
      patterns.add(text.split(/\r?\n/).map((line) => fromRoot(above, line)));
    known = { texts, patterns, asked: 0 };
    combined.set(deepest, known);
  }
  known.asked += 1;
  return known.patterns.ignores(isFolder ? `${path}/` : path);
}

/** The pattern as it would stand in the file of the sync folder itself. */
function fromRoot(above: string, line: string): string {
  if (above === '' || line.startsWith('#') || line.trim() === '') return line;
  const [, negation = '', pattern = ''] = /^(!?)(.*)$/.exec(line) ?? [];
  const place = above.replace(/[\\*?[\]!# ]/g, String.raw`\$&`);
  // With a slash before its end it speaks of this very folder, without one of all that is below.
  const isAnchored = pattern
    .replace(/(?<!\\) +$/, '')
    .slice(0, -1)
    .includes('/');
  return `${negation}/${place}${isAnchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`;
}
