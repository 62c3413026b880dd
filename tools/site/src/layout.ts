/** What is around every page: the list of all pages, the search, the way to the next page. */
import { posix } from 'node:path';
import { escapeHtml } from './escape-html.ts';

export interface Entry {
  /** Relative to the site. */
  readonly place: string;
  readonly title: string;
}

export interface Surroundings {
  readonly parts: readonly { readonly title: string; readonly entries: readonly Entry[] }[];
}

export function layout(page: Entry & { readonly html: string }, { parts }: Surroundings): string {
  const relative = (place: string): string => posix.relative(posix.dirname(page.place), place);
  const all = parts.flatMap(({ entries }) => entries);
  const index = all.findIndex(({ place }) => place === page.place);
  const step = (entry: Entry | undefined, rel: 'next' | 'prev', text: string): string =>
    entry === undefined || index < 0
      ? ''
      : `<a rel="${rel}" href="${relative(entry.place)}">${text} ${escapeHtml(entry.title)}</a>`;
  const list = parts.map(({ title, entries }) => {
    const links = entries.map(({ place, title: name }) => {
      const here = place === page.place ? ' aria-current="page"' : '';
      return `<li><a href="${relative(place)}"${here}>${escapeHtml(name)}</a></li>`;
    });
    return `<h2>${escapeHtml(title)}</h2>\n<ul>\n${links.join('\n')}\n</ul>`;
  });
  const root = relative('index.html').replace(/index\.html$/, '');
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)} · Tidemark</title>
<link rel="stylesheet" href="${root}site.css">
<script src="${root}search.js" defer></script>
</head>
<body>
<nav aria-label="Pages">
<search>
<label for="search">Search</label>
<input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Press / to search">
<ol id="found" aria-live="polite"></ol>
</search>
${list.join('\n')}
</nav>
<main>
${page.html}
<footer>${step(all[index - 1], 'prev', '←')}${step(all[index + 1], 'next', '→')}</footer>
</main>
</body>
</html>
`;
}
