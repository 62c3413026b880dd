/** Writes one package for authors of plugins into a folder: JavaScript, type declarations, manifest, README, licence. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { writeDeclarations } from './declarations.ts';
import { fileOfEntry, type PublishedPackage } from './published.ts';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What authors may run their plugins and tests with. The command itself brings its own. */
const nodeRange = '>=24';

/** `folder`: is made. `repository`, `folder`, `work`: absolute paths; `work` is for files on the way. */
export async function writePackage(
  published: PublishedPackage,
  {
    repository,
    folder,
    work,
  }: { readonly repository: string; readonly folder: string; readonly work: string },
): Promise<void> {
  const project = join(repository, published.project);
  const [own, root] = await Promise.all(
    [project, repository].map(async (place): Promise<Manifest> =>
      JSON.parse(await readFile(join(place, 'package.json'), 'utf8')),
    ),
  );
  if (own === undefined || root === undefined) throw new Error(`${project} has no manifest`);
  const { peers = {} } = published;
  const needed = Object.entries(own.dependencies).filter(([name]) => !name.startsWith('@tidemark/'));
  await mkdir(folder);
  await Promise.all([
    writeCode(
      published,
      project,
      folder,
      needed.map(([name]) => name),
    ),
    writeDeclarations(published, { repository, folder, work }),
    copyReadme(project, folder),
    copyPages(project, folder),
    cp(join(repository, 'LICENSE'), join(folder, 'LICENSE')),
    writeFile(
      join(folder, 'package.json'),
      `${JSON.stringify(
        {
          name: published.name,
          version: own.version,
          description: published.description,
          license: own.license,
          type: 'module',
          engines: { node: nodeRange },
          exports: Object.fromEntries(
            Object.keys(published.entries).map((entry) => [
              entry,
              { types: `./types/${fileOfEntry(entry)}.d.ts`, default: `./${fileOfEntry(entry)}.js` },
            ]),
          ),
          ...(published.command !== undefined && {
            bin: { [published.command.name]: './command.js' },
          }),
          // Ours are exact; a project of an author shares what it has already.
          dependencies: {
            ...Object.fromEntries(needed.map(([name, version]) => [name, `^${version}`])),
            // The declarations name types of the platform.
            '@types/node': nodeRange,
          },
          ...(published.peers !== undefined && { peerDependencies: await versionsOf(peers, repository) }),
        },
        null,
        2,
      )}\n`,
    ),
  ]);
}

async function copyReadme(project: string, folder: string): Promise<void> {
  const text = await readFile(join(project, 'README.md'), 'utf8');
  await writeFile(join(folder, 'README.md'), text.replace(linkOutside, '$1'));
}

/** To what lies in the repository alone: plugins and decision records. It keeps its name and loses its link. */
const linkOutside = /\[([^\]]+)\]\((?:(?:\.\.\/)+plugins(?:-extra)?\/|(?:docs\/)?adr\/)[^)]+\)/g;

/**
 * Decision records are for those who work on the package. Links to shapes lead to the declarations, and a schema of another project
 * comes along.
 */
async function copyPages(project: string, folder: string): Promise<void> {
  if (!(await readdir(project)).includes('docs')) return;
  const pages = join(folder, 'docs');
  const filter = (path: string): boolean => !path.endsWith('/adr');
  await cp(join(project, 'docs'), pages, { recursive: true, filter });
  for (const page of await readdir(pages)) {
    if (!page.endsWith('.md')) continue;
    const text = await readFile(join(pages, page), 'utf8');
    for (const [, schema = ''] of text.matchAll(schemaLink))
      await cp(join(project, 'docs', schema), join(pages, basename(schema)));
    const placed = text
      .replace(linkOutside, '$1')
      .replace(schemaLink, (_link, schema: string) => `](${basename(schema)})`)
      .replace(/\]\(\.\.\/\.\.\/([a-z-]+)\/src\/([\w/-]+)\.ts\)/g, '](../types/$1/$2.d.ts)');
    await writeFile(join(pages, page), placed);
  }
}

const schemaLink = /\]\((\.\.\/\.\.\/[\w/.-]+\.schema\.json)\)/g;

/** Exactly this version: what packages of ours share among themselves may change in any. */
async function versionsOf(
  peers: Readonly<Record<string, string>>,
  repository: string,
): Promise<Readonly<Record<string, string>>> {
  const names = new Set(Object.values(peers).map((name) => name.split('/', 2).join('/')));
  const versions = [...names].map(async (name) => {
    const path = join(repository, 'node_modules', name, 'package.json');
    const { version }: { readonly version: string } = JSON.parse(await readFile(path, 'utf8'));
    return [name, version] as const;
  });
  return Object.fromEntries(await Promise.all(versions));
}

/** One file for each entry, and what they share in files beside them. */
async function writeCode(
  { entries, peers = {}, command }: PublishedPackage,
  project: string,
  folder: string,
  external: readonly string[],
): Promise<void> {
  const input = Object.entries(entries).map(([entry, file]) => [fileOfEntry(entry), join(project, file)]);
  if (command !== undefined) input.push(['command', join(project, command.file)]);
  const build = await rolldown({
    input: Object.fromEntries(input),
    platform: 'node',
    external: [...external, /^node:/],
    // Nothing of ours does anything when it is imported.
    treeshake: { moduleSideEffects: false },
    plugins: [
      {
        name: 'peers',
        resolveId: (source) => {
          const peer = peers[source];
          return peer === undefined ? null : { id: peer, external: true };
        },
      },
    ],
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message);
    },
  });
  try {
    await build.write({
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'shared/[name].js',
    });
  } finally {
    await build.close();
  }
}
