/** Builds beside the target and swaps at the end, so that a failed build leaves the last good one in place. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bundle } from './bundle.ts';
import { bundlePage } from './bundle-page.ts';
import { launcher } from './launcher.ts';
import { licencesOf } from './licences.ts';
import type { PublishedPackage } from './packages/published.ts';
import { writePackage } from './packages/write-package.ts';

export interface BuildOptions {
  /** Absolute path of the module that is run. It becomes `main.mjs`. */
  readonly entry: string;
  /** Absolute path; created when missing. Must be on the file system of the target. */
  readonly stagingFolder: string;
  /** Absolute path of the folder with the inspector's page, which goes into `inspector/`; absent: none. */
  readonly page?: string;
  /** Absolute path of the simulated service, which goes into `simulator/`; absent: none. */
  readonly simulator?: string;
  /** Files that are written as they are, by their path below the target. */
  readonly texts?: ReadonlyMap<string, string>;
  /** What goes into `packages/`; absent: nothing. */
  readonly packages?: {
    /** Absolute path. */
    readonly repository: string;
    readonly published: readonly PublishedPackage[];
  };
}

/** The names under which the command is installed. */
export const commandNames = ['tidemark', 'onedrive'] as const;

/** `target`: absolute path of a folder that is replaced as a whole. */
export async function buildInto(
  target: string,
  { entry, stagingFolder, page, simulator, texts = new Map(), packages }: BuildOptions,
): Promise<{ readonly files: number; readonly totalBytes: number }> {
  await mkdir(stagingFolder, { recursive: true });
  const work = await mkdtemp(join(stagingFolder, 'work-'));
  try {
    const next = join(work, 'next');
    const modules = [...(await bundle(entry, next))];
    if (page !== undefined) modules.push(...(await bundlePage(page, join(next, 'inspector'))));
    if (simulator !== undefined) modules.push(...(await bundle(simulator, join(next, 'simulator'))));
    await writeFile(join(next, 'licences.txt'), await licencesOf(modules));
    if (packages !== undefined) await writePackages(packages, join(next, 'packages'), work);
    for (const [path, text] of texts) {
      await mkdir(join(next, dirname(path)), { recursive: true });
      await writeFile(join(next, path), text);
    }
    for (const name of commandNames) {
      await writeFile(join(next, name), launcher());
      await chmod(join(next, name), 0o755);
    }
    await swap(next, target, join(work, 'previous'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const files = entries.filter((found) => found.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return { files: files.length, totalBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function writePackages(
  { repository, published }: NonNullable<BuildOptions['packages']>,
  folder: string,
  work: string,
): Promise<void> {
  await mkdir(folder);
  for (const one of published) {
    const name = basename(one.name);
    await writePackage(one, { repository, folder: join(folder, name), work: join(work, name) });
  }
  const folders = published.map((one) => join(folder, basename(one.name)));
  const flags = ['--silent', '--ignore-scripts', '--pack-destination', folder];
  await promisify(execFile)('npm', ['pack', ...flags, ...folders]);
}

async function swap(next: string, target: string, previous: string): Promise<void> {
  try {
    await rename(target, previous);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  await rename(next, target);
}
