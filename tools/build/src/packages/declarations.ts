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
import { placeOf, withPlaces } from './places-of-names.ts';
import { fileOfEntry, type PublishedPackage } from './published.ts';

const compiler = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace(/package\.json$/, 'bin/tsc');

/** Signals and disposables are types of the platform, which a project of an author may not have asked for. */
const platform = '/// <reference types="node" />\n/// <reference lib="esnext.disposable" />\n';

/** Writes `types/` into `folder`. Throws an Error with what the compiler says of a module that the package needs. */
export async function writeDeclarations(
  { entries, project, peers = {} }: PublishedPackage,
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
  const complaints = await compile(config, repository);
  const textOf = async (module: string): Promise<string> => {
    // The compiler also sees modules that only code imports: what it says of those concerns nobody here.
    const ours = complaints.filter((line) => line.startsWith(`${module}.ts(`));
    if (ours.length > 0)
      throw new Error(`The declarations of ${project} cannot be written:\n${ours.join('\n')}`);
    return readFile(join(emitted, `${module}.d.ts`), 'utf8');
  };

  const written = new Set<string>();
  for (const [entry, file] of Object.entries(entries)) {
    const module = posix.join(project, file).replace(/\.ts$/, '');
    await carry(module);
    await put(fileOfEntry(entry), `${platform}export * from './${placeOf(module)}.js';\n`);
  }

  /** Copies one module and those it names. */
  async function carry(module: string): Promise<void> {
    if (written.has(module)) return;
    written.add(module);
    const { text, named } = await withPlaces(await textOf(module), module, { textOf, peers });
    await put(placeOf(module), text);
    for (const other of named) await carry(other);
  }

  async function put(place: string, text: string): Promise<void> {
    const path = join(folder, 'types', `${place}.d.ts`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** What the compiler says, a line each, beginning with the path from the repository. */
async function compile(config: string, cwd: string): Promise<readonly string[]> {
  const said = await promisify(execFile)(process.execPath, [compiler, '-p', config], { cwd }).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      // It ends with 1 or 2 when it has complaints. One that a signal ended has not written everything.
      const ended = error as { readonly code?: unknown; readonly stdout?: unknown };
      if ((ended.code === 1 || ended.code === 2) && typeof ended.stdout === 'string') return ended.stdout;
      throw error;
    },
  );
  return said.split('\n').filter((line) => line !== '');
}

/** Our projects are found by path: what is found in `node_modules` gets no declarations. */
function configOf(repository: string, files: readonly string[], outDir: string): object {
  return {
    extends: join(repository, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      noCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: repository,
      outDir,
      typeRoots: [join(repository, 'node_modules/@types')],
      paths: {
        '@tidemark/plugin-sdk/*': [join(repository, 'libs/plugin-sdk/src/*.ts')],
        '@tidemark/graph-simulator': [join(repository, 'tools/graph-simulator/src/index.ts')],
        '@tidemark/*': [join(repository, 'libs/*/src/index.ts')],
      },
    },
    include: [],
    files,
  };
}
