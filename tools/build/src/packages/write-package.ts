/** Writes one package for authors of plugins into a folder: JavaScript, type declarations, manifest, README, licence. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { writeDeclarations } from './declarations.ts';
import { fileOfEntry, type PublishedPackage } from './published.ts';

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

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
    cp(join(project, 'README.md'), join(folder, 'README.md')),
    cp(join(project, 'docs'), join(folder, 'docs'), {
      recursive: true,
      filter: (path) => !path.endsWith('/adr'),
    }),
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
          engines: root.engines,
          exports: Object.fromEntries(
            Object.keys(published.entries).map((entry) => [
              entry,
              { types: `./types/${fileOfEntry(entry)}.d.ts`, default: `./${fileOfEntry(entry)}.js` },
            ]),
          ),
          // Ours are exact; a project of an author shares what it has already.
          dependencies: Object.fromEntries(needed.map(([name, version]) => [name, `^${version}`])),
        },
        null,
        2,
      )}\n`,
    ),
  ]);
}

/** One file for each entry, and what they share in files beside them. */
async function writeCode(
  { entries }: PublishedPackage,
  project: string,
  folder: string,
  external: readonly string[],
): Promise<void> {
  const input = Object.entries(entries).map(([entry, file]) => [fileOfEntry(entry), join(project, file)]);
  const build = await rolldown({
    input: Object.fromEntries(input),
    platform: 'node',
    external: [...external, /^node:/],
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
