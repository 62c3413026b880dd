/** Pages of the docs that the contents do not name yet. They come last, so that a new page is never missing. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { contents } from './contents.ts';

/** Paths relative to the repository, sorted. */
export async function unplacedPages(repository: string): Promise<readonly string[]> {
  const placed = new Set(contents.flatMap(({ pages }) => pages));
  const found: string[] = [];
  for (const kind of ['apps', 'libs', 'plugins', 'plugins-extra']) {
    const projects = await readdir(join(repository, kind)).catch(() => []);
    for (const project of projects) {
      const pages = await readdir(join(repository, kind, project, 'docs')).catch(() => []);
      for (const page of pages) if (page.endsWith('.md')) found.push(`${kind}/${project}/docs/${page}`);
    }
  }
  return found.filter((path) => !placed.has(path)).toSorted();
}
