/**
 * Puts the places of modules within a package into declarations, where these name our projects. A name that a project's index only
 * passes on is taken from where it is declared, so that a package has no module that it does not need.
 */
import { posix } from 'node:path';

export interface Surroundings {
  /** The declarations of a module of ours. */
  textOf(module: string): Promise<string>;
  /** Projects that another package has, by their name, with the name there. */
  readonly peers: Readonly<Record<string, string>>;
}

/** `libs/contracts/src/entry` lies in `contracts/entry`. */
export const placeOf = (module: string): string => module.replace(/^[^/]+\/([^/]+)\/src\//, '$1/');

/** `module`: relative to the repository, without its ending, as those in `named` are. */
export async function withPlaces(
  text: string,
  module: string,
  { textOf, peers }: Surroundings,
): Promise<{ readonly text: string; readonly named: ReadonlySet<string> }> {
  const named = new Set<string>();
  let rewritten = '';
  let end = 0;
  for (const statement of text.matchAll(listedNames)) {
    rewritten += text.slice(end, statement.index) + (await split(statement));
    end = statement.index + statement[0].length;
  }
  rewritten += text.slice(end);
  rewritten = rewritten.replace(moduleName, (whole, before: string, quote: string, name: string) => {
    const peer = peers[name];
    if (peer !== undefined) return `${before}${quote}${peer}${quote}`;
    if (name.startsWith(placed)) return `${before}${quote}${name.slice(placed.length)}${quote}`;
    const target = targetOf(name, module);
    return target === null ? whole : `${before}${quote}${pathTo(target)}${quote}`;
  });
  return { text: rewritten, named };

  /** One statement for each module that declares some of its names. */
  async function split(statement: RegExpExecArray): Promise<string> {
    const [whole, keyword = '', names = '', name = ''] = statement;
    const index = peers[name] === undefined ? targetOf(name, module) : null;
    if (index === null || !index.endsWith('/src/index')) return whole;
    const declared = declaredIn(await textOf(index), index);
    if (declared === null) return whole;
    const byTarget = new Map<string, string[]>();
    for (const wanted of namesIn(names)) {
      const target = declared.get(wanted.name);
      if (target === undefined) throw new Error(`${index} has no ${wanted.name}, which ${module} imports`);
      byTarget.set(target, [...(byTarget.get(target) ?? []), wanted.text]);
    }
    return [...byTarget]
      .map(([target, wanted]) => `${keyword} { ${wanted.join(', ')} } from '${placed}${pathTo(target)}';`)
      .join('\n');
  }

  function pathTo(target: string): string {
    named.add(target);
    const path = posix.relative(posix.dirname(placeOf(module)), placeOf(target));
    return `${path.startsWith('.') ? path : `./${path}`}.js`;
  }
}

const listedNames = /\b((?:import|export)(?: type)?) \{([^}]*)\} from ['"]([^'"]+)['"];/g;

/** `from './x.ts'`, `import('./x.ts')`; comments hold such text only as prose. */
const moduleName = /(\bfrom |\bimport\()(['"])([^'"]+)\2/g;

/** Stands before a path that is a place already. */
const placed = 'placed:';

/** `type A as B`: its `name` is A. */
const namesIn = (list: string): readonly { readonly text: string; readonly name: string }[] =>
  list
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ text, name: text.replace(/^type /, '').split(' as ')[0] ?? '' }));

/** The module of each name that an index passes on; null when it passes on all names of a module, or renames one. */
function declaredIn(text: string, index: string): ReadonlyMap<string, string> | null {
  if (/\bexport (?:type )?\*|\bas\b/.test(text.replace(/\/\*[\s\S]*?\*\//g, ''))) return null;
  const declared = new Map<string, string>();
  for (const [, , names = '', from = ''] of text.matchAll(listedNames)) {
    const target = targetOf(from, index);
    for (const { name } of namesIn(names)) if (target !== null) declared.set(name, target);
  }
  return declared;
}

/** The module of ours that is named, relative to the repository and without its ending; null: a package that is installed. */
function targetOf(name: string, from: string): string | null {
  if (name.startsWith('.')) return posix.join(posix.dirname(from), name).replace(/\.(?:ts|js)$/, '');
  const [, project, entry] = /^@tidemark\/([^/]+)(?:\/(.+))?$/.exec(name) ?? [];
  return project === undefined ? null : `libs/${project}/src/${entry ?? 'index'}`;
}
