import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import MiniSearch from 'minisearch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildSite, contents } from './index.ts';
import { readPage } from './read-page.ts';
import { unplacedPages } from './unplaced-pages.ts';
import { searchOptions } from './search-options.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const site = await mkdtemp(join(tmpdir(), 'site-'));
const pages = new Map<string, string>();

beforeAll(async () => {
  await buildSite(repository, site);
  for (const path of await readdir(site, { recursive: true }))
    if (path.endsWith('.html')) pages.set(path, await readFile(join(site, path), 'utf8'));
});
afterAll(() => rm(site, { recursive: true, force: true }));

const linksOf = (html: string): readonly string[] =>
  [...html.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, target = '']) => target.replaceAll('&amp;', '&'));

it('every link leads to a page or a file of the site, and every hash to a heading', () => {
  const broken: string[] = [];
  for (const [path, html] of pages)
    for (const target of linksOf(html)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const place = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(join(site, place))) broken.push(`${path}: ${target}`);
      else if (anchor !== undefined && !pages.get(place)?.includes(` id="${decodeURIComponent(anchor)}"`))
        broken.push(`${path}: ${target}`);
    }
  expect(broken).toEqual([]);
  expect(pages.size).toBeGreaterThan(60);
});

it('nothing is loaded from another host', () => {
  for (const [path, html] of pages) {
    const loaded = [...html.matchAll(/<(?:script|link|img|iframe|source)\b[^>]*>/g)].map(([tag]) => tag);
    expect(
      loaded.filter((tag) => /(?:href|src)="(?:[a-z]+:)?\/\//.test(tag)),
      path,
    ).toEqual([]);
  }
  expect(readFileSync(join(site, 'site.css'), 'utf8')).not.toMatch(/url\(|@import/);
  expect(readFileSync(join(site, 'search.js'), 'utf8')).not.toMatch(/https?:|XMLHttpRequest|WebSocket/);
});

it('no page has two places in the order, and what has none comes last', async () => {
  const ordered = contents.flatMap((part) => part.pages);
  expect(new Set(ordered).size).toBe(ordered.length);
  const repositoryOf = `${site}-repository`;
  await mkdir(join(repositoryOf, 'libs/new/docs'), { recursive: true });
  await writeFile(join(repositoryOf, 'libs/new/docs/new.md'), '# New\n');
  expect(await unplacedPages(repositoryOf)).toEqual(['libs/new/docs/new.md']);
  await rm(repositoryOf, { recursive: true });
  for (const path of await unplacedPages(repository))
    expect(pages.get('index.html')).toContain(`<a href="${path.replace(/\.md$/, '.html')}">`);
});

it('the ends of the order lead nowhere further, and each page between to its neighbours', () => {
  const [first, second] = contents.flatMap((part) => part.pages);
  expect([first, second]).toEqual(['README.md', 'apps/cli/docs/five-minutes.md']);
  expect(pages.get('index.html')).not.toContain('rel="prev"');
  expect(pages.get('index.html')).toContain('<a rel="next" href="apps/cli/docs/five-minutes.html">');
  expect(pages.get('apps/cli/docs/five-minutes.html')).toContain('<a rel="prev" href="../../../index.html">');
});

it('the search finds a page by its title, by a word in it, and by the beginning of one', () => {
  const script = readFileSync(join(site, 'search-index.js'), 'utf8');
  const [, text = ''] = /^globalThis\.tidemarkIndex = (".*");$/m.exec(script) ?? [];
  const index = MiniSearch.loadJSON(JSON.parse(text), searchOptions);
  const first = (words: string): string => String(index.search(words)[0]?.['id']).split('#')[0] ?? '';
  expect(first('webhook')).toMatch(/webhook/);
  expect(first('exit codes')).toBe('apps/cli/docs/exit-codes.html');
  expect(first('five minutes')).toBe('apps/cli/docs/five-minutes.html');
  expect(first('conflic')).toMatch(/conflicts/);
  expect(index.search('zzzznothing')).toEqual([]);
});

it('what is written in a page is text: it becomes no tag', () => {
  const { html, title } = readPage(
    'a.md',
    '# A <b>\n\n<script>x</script> `<i>` ![<](x.png) [y](y.md) [z](z.md#q)',
    {
      placeOf: (path) => (path === 'y.md' ? null : path.replace('.md', '.html')),
    },
  );
  expect(title).toBe('A <b>');
  expect(html).toBe(
    '<h1 id="a-b">A &lt;b&gt;</h1>\n' +
      '&lt;script&gt;x&lt;/script&gt; `&lt;i&gt;` ![&lt;](x.png) [y](y.md) [z](z.md#q)',
  );
});
