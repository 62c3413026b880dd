/**
 * The reference of the plugin SDK, made from its declarations: what `@tidemark/plugin-sdk` exports, with the comments that are there. The
 * text is laid out by prettier, so a declaration ends where its bracket closes at the margin.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandEffects, failureGuide } from '@tidemark/contracts';

const libs = fileURLToPath(new URL('../../../libs/', import.meta.url));

interface Declaration {
  readonly name: string;
  readonly text: string;
}

interface Module {
  /** `define-plugin` */
  readonly name: string;
  /** What the module says of itself. */
  readonly about: string;
  readonly declarations: readonly Declaration[];
}

export function sdkReferencePage(): string {
  const modules = exportedModules().filter(({ declarations }) => declarations.length > 0);
  const names = modules.flatMap(({ name: module, declarations }) =>
    declarations.map(({ name }) => ({ name, module })),
  );
  const index = names
    .filter(({ name }, position) => names.findIndex((one) => one.name === name) === position)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, module }) => `[${name}](#${module})`);
  return [
    '# Reference',
    'What `@tidemark/plugin-sdk` exports, made from its declarations (`npm run pages`). `z` is that of [zod](https://zod.dev). Of `Drive` and `Disk` it shows what a plugin can be given.',
    index.join(' · '),
    ...modules.flatMap(({ name, about, declarations }) => [
      `## ${name}`,
      ...(about === '' ? [] : [about]),
      `\`\`\`ts\n${declarations.map(({ text }) => text).join('\n\n')}\n\`\`\``,
    ]),
    '## Commands, and what they touch',
    tableOf(['command', 'effect'], Object.entries(commandEffects)),
    '## Codes of failures',
    tableOf(
      ['code', 'another attempt', 'what helps'],
      Object.entries(failureGuide).map(([code, { retry, remedy }]) => [code, retry, remedy]),
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

const tableOf = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** In the order in which the SDK names them; those of the contracts after its own. */
function exportedModules(): readonly Module[] {
  const index = readFileSync(join(libs, 'plugin-sdk/src/index.ts'), 'utf8');
  const statements = [...index.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';$/gm)];
  const wanted = new Map<string, string[]>();
  const places = placesIn('contracts/src');
  for (const [, list = '', from = ''] of statements) {
    for (const name of namesIn(list)) {
      const place = from.startsWith('./') ? `plugin-sdk/src/${from.slice(2)}` : places.get(name);
      // `z` is not ours.
      if (from === 'zod') continue;
      if (place === undefined)
        throw new Error(`nothing declares ${name}, which the SDK exports from ${from}`);
      wanted.set(place, [...(wanted.get(place) ?? []), name]);
    }
  }
  return [...wanted].map(([path, names]) => moduleOf(path, names));
}

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '');

/** Exported name → file, of all modules below a folder. */
function placesIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(join(libs, folder), { recursive: true, encoding: 'utf8' });
  const modules = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts')).toSorted();
  return new Map(
    modules.flatMap((file) => {
      const text = readFileSync(join(libs, folder, file), 'utf8');
      return [...text.matchAll(declarationStart)].map(
        ([, , name = '']) => [name, `${folder}/${file}`] as const,
      );
    }),
  );
}

const declarationStart = /^export (interface|type|const|function|class) (\w+)/gm;

function moduleOf(path: string, names: readonly string[]): Module {
  const text = readFileSync(join(libs, path), 'utf8');
  const about = /^\/\*\*([\s\S]*?)\*\/\n/.exec(text);
  const isOfModule = about !== null && !text.slice(about[0].length).startsWith('export');
  const all = [...text.matchAll(declarationStart)].filter(([, , name = '']) => names.includes(name));
  // Of a function in several forms the last one is how it is made.
  const own = all.filter(
    ([, , name], position) =>
      all.findLastIndex(([, , one]) => one === name) !== position ||
      all.findIndex(([, , one]) => one === name) === position,
  );
  const missing = names.filter((name) => !own.some(([, , one]) => one === name));
  if (missing.length > 0) throw new Error(`${path} does not declare ${missing.join(', ')}`);
  return {
    name: path.replace(/^.*\//, '').replace(/\.ts$/, ''),
    about: isOfModule ? proseOf(about[1] ?? '') : '',
    declarations: own.map(([, kind = '', name = ''], position) => ({
      name,
      text: `${commentBefore(text, own[position]?.index ?? 0)}${declarationAt(text, own[position]?.index ?? 0, kind)}`,
    })),
  };
}

const proseOf = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^ ?\* ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ');

/** The comment that ends where the declaration begins. */
function commentBefore(text: string, at: number): string {
  const before = text.slice(0, at);
  if (!before.endsWith('*/\n')) return '';
  return before.slice(before.lastIndexOf('/**'));
}

/** A value and a function without what they are made of. */
function declarationAt(text: string, at: number, kind: string): string {
  const rest = text.slice(at);
  if (kind === 'const') return `${(/^[^=]*?(?= =)/.exec(rest)?.[0] ?? '').trimEnd()};`;
  if (kind === 'function') return `${upTo(rest, ';{').trimEnd()};`;
  return kind === 'type' ? `${upTo(rest, ';')};` : onlyGranted(`${upTo(rest, '}')}}`);
}

/** Of a port, the methods that a plugin can be given; anything else as it is. */
function onlyGranted(declaration: string): string {
  const [head = '', name = ''] = /^export interface (\w+) \{/.exec(declaration) ?? [];
  const granted = grantedMethods().get(name);
  if (granted === undefined) return declaration;
  let kept = head;
  for (let rest = declaration.slice(head.length); /\S/.test(rest.slice(0, -1));) {
    const member = `${upTo(rest, ';')};`;
    const [, method = ''] = /^\s*(?:\/\*[\s\S]*?\*\/\s*)?(\w+)/.exec(member) ?? [];
    if (granted.has(method)) kept += member;
    rest = rest.slice(member.length);
  }
  return `${kept}\n}`;
}

/** Port → what its reader or writer picks of it. */
function grantedMethods(): ReadonlyMap<string, ReadonlySet<string>> {
  const granted = new Map<string, Set<string>>();
  const needs = readFileSync(join(libs, 'plugin-sdk/src/needs.ts'), 'utf8');
  for (const [, port = '', methods = ''] of needs.matchAll(/Pick<\s*(\w+),([^>]*)>/g))
    for (const [, method = ''] of methods.matchAll(/'(\w+)'/g))
      granted.set(port, (granted.get(port) ?? new Set()).add(method));
  return granted;
}

/** What stands before the first of these marks that is in no bracket; `}` closes the first brace. */
function upTo(rest: string, marks: string): string {
  let depth = 0;
  for (const { 0: found, index } of rest.matchAll(
    /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\]|\\.)*'|`[^`]*`|[(){}[\];]/g,
  )) {
    if (found.length > 1) continue;
    if (depth === 0 && marks.includes(found)) return rest.slice(0, index);
    if ('({['.includes(found)) depth += 1;
    if (')}]'.includes(found)) depth -= 1;
    if (depth === 0 && found === '}' && marks === '}') return rest.slice(0, index);
  }
  throw new Error(`a declaration has no end: ${rest.slice(0, 80)}`);
}
