/** What files import, compared with what their projects declare. */
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { parseSync } from 'rolldown/utils';
import { type Complaint, isCode, type SourceFile } from './repository.ts';

/** Code that runs in tests only: it may use what the repository declares, and any project of ours. */
export const isForTests = (path: string): boolean =>
  /\.(?:spec|bench)\.ts$|\/testing\/|\/spec-[^/]+\.ts$/.test(path);

/** Code that runs at a user's. */
export const isProduct = (file: SourceFile): boolean =>
  isCode(file) &&
  /^(?:apps|libs|plugins|plugins-extra)\//.test(file.path) &&
  !file.path.startsWith('libs/testkit/') &&
  !isForTests(file.path);

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const builtins = new Set(builtinModules);

/** Module names as written, static ones first. Throws when the code cannot be parsed. */
export function importsIn(path: string, text: string): string[] {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`Cannot parse ${path}: ${errors[0]?.message}`);
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest }) => moduleRequest?.value).filter((name) => name !== undefined),
    ),
    // The parser gives the place of the argument, quotes included. Without quotes it is computed (the plugins of a user are
    // loaded so) and names nothing that a project could declare.
    ...module.dynamicImports
      .map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end))
      .filter((argument) => /^['"`]/.test(argument))
      .map((argument) => argument.replace(/^['"`]|['"`]$/g, '')),
  ];
  return [...new Set(requests)];
}

const packageName = (specifier: string): string =>
  specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** Entry points besides the one that has the name of its project: what is published has them. */
const published: ReadonlySet<string> = new Set(['@tidemark/plugin-sdk/unstable']);

/** They try single parsers and writers of files, which are no part of what their projects are for, so that none of them has to export them. */
const lookInside: readonly string[] = ['test/fuzz', 'test/crash-points'];

/**
 * Every import of a package is declared by the importing project (tests may use what the repository declares), no
 * relative path leaves its project but where single parsers and writers are tried, and built-in modules are written with `node:`.
 */
export function complainAboutImports(files: readonly SourceFile[]): Complaint[] {
  const manifests = new Map(
    files
      .filter(({ path }) => /^(?:[^/]+\/[^/]+\/)?package\.json$/.test(path))
      .map(({ path, text }) => [posix.dirname(path), JSON.parse(text) as Manifest]),
  );
  const everywhere = manifests.get('.');
  return files.filter(isCode).flatMap((file): Complaint[] => {
    const folder = file.path.split('/', 2).join('/');
    const manifest = manifests.get(folder);
    if (manifest === undefined) return [];
    const isTest = isForTests(file.path) || /"layer:test"/.test(JSON.stringify(manifest));
    const declared = {
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...(isTest ? everywhere?.devDependencies : {}),
      [manifest.name]: '*',
    };
    return importsIn(file.path, file.text).flatMap((specifier): Complaint[] => {
      if (specifier.startsWith('.')) {
        const target = posix.join(posix.dirname(file.path), specifier);
        return target.startsWith(`${folder}/`) || lookInside.includes(folder)
          ? []
          : [`${file.path}:1: leaves its project: ${specifier}`];
      }
      if (/^@tidemark\/[^/]+\//.test(specifier) && !published.has(specifier))
        return [`${file.path}:1: import a project by its name alone: ${specifier}`];
      // Plugins from outside have in their tests what they declare, and nothing else of ours.
      const isOutside = file.path.startsWith('plugins-extra/');
      if (isTest && !isOutside && specifier.startsWith('@tidemark/') && isForTests(file.path)) return [];
      if (specifier.startsWith('node:')) return [];
      if (builtins.has(specifier)) return [`${file.path}:1: write node:${specifier}`];
      return packageName(specifier) in declared
        ? []
        : [`${file.path}:1: not declared in ${folder}/package.json: ${specifier}`];
    });
  });
}
