/** The lines of `sync_list` as rules. */

export interface Rule {
  readonly type: 'include' | 'exclude';
  /** From the root of the synced folder, or anywhere below it. */
  readonly place: 'root' | 'anywhere';
  /** Without the sign of an exclusion and without `/` at either end. */
  readonly text: string;
  readonly segments: readonly string[];
  readonly hasStar: boolean;
}

/** Leaves out comments and what is no rule. */
export function readRules(lines: readonly string[]): readonly Rule[] {
  return lines.flatMap((line) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#') || text.startsWith(';')) return [];
    if (refused.has(text) || text.startsWith('./')) return [];
    const isExclusion = text.startsWith('!') || text.startsWith('-');
    return [ruleOf(isExclusion ? 'exclude' : 'include', isExclusion ? text.slice(1) : text)];
  });
}

const refused = new Set(['!/*', '!/', '-/*', '-/', '/*', '/']);

function ruleOf(type: Rule['type'], text: string): Rule {
  const segments = text.split('/').filter((segment) => segment !== '');
  return {
    type,
    place: text.startsWith('/') ? 'root' : 'anywhere',
    ...{ text: segments.join('/'), segments, hasStar: text.includes('*') },
  };
}
