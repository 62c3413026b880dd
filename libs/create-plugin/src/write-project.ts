/** Writes a new project into a folder that is not there yet, or is empty. */
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '@tidemark/folders';
import { type NewPlugin, projectFiles, refusedName } from './project-files.ts';

/** In words: what is wrong, and what to do. Nothing was written. */
export class ProjectRefused extends Error {
  override readonly name = 'ProjectRefused';
}

/** Resolves to the paths that were written, relative to `folder`. Throws ProjectRefused. */
export async function writeProject(folder: string, plugin: NewPlugin): Promise<readonly string[]> {
  const reason = refusedName(plugin.name);
  if (reason !== null) throw new ProjectRefused(`Cannot make a plugin "${plugin.name}": ${reason}`);
  makeFolders(folder, 0o777);
  const there = await readdir(folder);
  if (there.length > 0)
    throw new ProjectRefused(
      `Cannot make a plugin in ${folder}: the folder holds "${there[0] ?? ''}". Give another NAME, or another folder with --in`,
    );
  const files = Object.entries(projectFiles(plugin));
  for (const [path, text] of files) {
    makeFolders(dirname(join(folder, path)), 0o777);
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
  return files.map(([path]) => path);
}
