/**
 * The type declarations of a package, as the compiler writes them: one file for each module of ours that the entries reach,
 * with relative paths in place of the names of our projects. Why not a program that rolls them into one file:
 * docs/adr/0001-declarations-by-the-compiler.md.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { fileOfEntry, type PublishedPackage } from './published.ts';

const compiler = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace(/package\.json$/, 'bin/tsc');

/** Writes `types/` into `folder`. Throws when a declaration names a module that the package will not have. */
export async function writeDeclarations(
  { entries, project }: PublishedPackage,
  {
    repository,
    folder,
    work,
  }: { readonly repository: string; readonly folder: string; readonly work: string },
): Promise<void> {
  const emitted = join(work, 'emitted');
  const files = Object.values(entries).map((file) => join(repository, project, file));
  const config = join(work, 'tsconfig.json');
  await mkdir(work);
  await writeFile(config, JSON.stringify(configOf(repository, files, emitted)));
  await promisify(execFile)(process.execPath, [compiler, '-p', config]).catch((error: unknown) => {
    const said = error instanceof Error && 'stdout' in error ? error.stdout : error;
    throw new Error(`The declarations of ${project} cannot be written:\n${String(said)}`);
  });

  const written = new Set<string>();
  for (const [entry, file] of Object.entries(entries)) {
    const module = posix.join(project, file).replace(/\.ts$/, '');
    await carry(module);
    await put(fileOfEntry(entry), `export * from './${placeOf(module)}.js';\n`);
  }

  /** Copies one module and those it names. */
  async function carry(module: string): Promise<void> {
    if (written.has(module)) return;
    written.add(module);
    const text = await readFile(join(emitted, `${module}.d.ts`), 'utf8');
    const place = placeOf(module);
    const named = new Set<string>();
    const rewritten = text.replace(moduleName, (whole, before: string, quote: string, name: string) => {
      const target = targetOf(name, module);
      if (target === null) return whole;
      named.add(target);
      const path = posix.relative(posix.dirname(place), placeOf(target));
      return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}.js${quote}`;
    });
    await put(place, rewritten);
    for (const other of named) await carry(other);
  }

  async function put(place: string, text: string): Promise<void> {
    const path = join(folder, 'types', `${place}.d.ts`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** `from './x.ts'`, `import('./x.ts')`; comments hold such text only as prose. */
const moduleName = /(\bfrom |\bimport\()(['"])([^'"]+)\2/g;

/** The module of ours that is named, relative to the repository and without its ending; null: a package that is installed. */
function targetOf(name: string, from: string): string | null {
  if (name.startsWith('.')) return posix.join(posix.dirname(from), name).replace(/\.ts$/, '');
  const [, project, entry] = /^@tidemark\/([^/]+)(?:\/(.+))?$/.exec(name) ?? [];
  return project === undefined ? null : `libs/${project}/src/${entry ?? 'index'}`;
}

/** `libs/contracts/src/entry` lies in `contracts/entry`. */
const placeOf = (module: string): string => module.replace(/^libs\/([^/]+)\/src\//, '$1/');

/** Our projects are found by path: what is found in `node_modules` gets no declarations. */
function configOf(repository: string, files: readonly string[], outDir: string): object {
  return {
    extends: join(repository, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: repository,
      outDir,
      typeRoots: [join(repository, 'node_modules/@types')],
      paths: {
        '@tidemark/plugin-sdk/*': [join(repository, 'libs/plugin-sdk/src/*.ts')],
        '@tidemark/*': [join(repository, 'libs/*/src/index.ts')],
      },
    },
    include: [],
    files,
  };
}
