/** Builds the site: the pages of the contents, what they link to, and an index for the search. All of it is static, and asks no other host. */
import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import MiniSearch from 'minisearch';
import { rolldown } from 'rolldown';
import { contents } from './contents.ts';
import { layout, type Entry } from './layout.ts';
import { readPage, type ReadPage } from './read-page.ts';
import { searchOptions, type Section } from './search-options.ts';
import { unplacedPages } from './unplaced-pages.ts';

const assets = fileURLToPath(new URL('../page/', import.meta.url));

/** Both absolute paths; what is in `target` goes. Throws when a page is missing. */
export async function buildSite(repository: string, target: string): Promise<{ readonly pages: number }> {
  await rm(target, { recursive: true, force: true });
  const pages = new Map<string, ReadPage>();
  const files = new Map<string, string>();
  const unplaced = await unplacedPages(repository);
  const order = unplaced.length === 0 ? contents : [...contents, { title: 'More', pages: unplaced }];
  const waiting = order.flatMap((part) => part.pages);
  const placeOf = (path: string): string | null => {
    const found = fileOf(repository, path);
    if (found === null) return null;
    if (found.endsWith('.md')) waiting.push(found);
    const place = placeInSite(found);
    if (!found.endsWith('.md')) files.set(found, place);
    return place;
  };
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (pages.has(path)) continue;
    pages.set(path, readPage(path, await readFile(join(repository, path), 'utf8'), { placeOf }));
  }
  const entry = (path: string): Entry => ({
    place: placeInSite(path),
    title: pages.get(path)?.title ?? path,
  });
  const parts = order.map(({ title, pages: paths }) => ({ title, entries: paths.map(entry) }));
  for (const [path, { html }] of pages)
    await write(join(target, placeInSite(path)), layout({ ...entry(path), html }, { parts }));
  for (const [path, place] of files) {
    await mkdir(dirname(join(target, place)), { recursive: true });
    await copyFile(join(repository, path), join(target, place));
  }
  await copyFile(join(assets, 'site.css'), join(target, 'site.css'));
  await writeSearch(
    target,
    [...pages.values()].flatMap(({ sections }) => sections),
  );
  return { pages: pages.size };
}

/** A folder stands for its README. Null: nothing that a reader could open. */
function fileOf(repository: string, path: string): string | null {
  const whole = join(repository, path);
  if (!whole.startsWith(repository) || !existsSync(whole)) return null;
  if (!statSync(whole).isDirectory()) return path;
  const readme = join(path, 'README.md');
  return existsSync(join(repository, readme)) ? readme : null;
}

/** Browsers show these; of every other file they know no better than that it is text. */
const shown = /\.(?:html|png|svg|json|txt)$/;

function placeInSite(path: string): string {
  if (path.endsWith('.md'))
    return path.replace(/(?:README)?\.md$/, (end) => (end === '.md' ? '.html' : 'index.html'));
  return shown.test(path) ? path : `${path}.txt`;
}

/** The index is a script: pages that are opened from a disk may not fetch data. */
async function writeSearch(target: string, sections: readonly Section[]): Promise<void> {
  const index = new MiniSearch<Section>(searchOptions);
  index.addAll(sections);
  const text = JSON.stringify(JSON.stringify(index));
  await write(join(target, 'search-index.js'), `globalThis.tidemarkIndex = ${text};\n`);
  const build = await rolldown({ input: join(assets, 'search.ts'), platform: 'browser' });
  try {
    await build.write({ file: join(target, 'search.js'), format: 'iife', minify: true });
  } finally {
    await build.close();
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
