/** A page of the repository as HTML, with its links turned to the site. */
import { Marked, type Token, type Tokens } from 'marked';
import { posix } from 'node:path';
import { escapeHtml } from './escape-html.ts';
import type { Section } from './search-options.ts';

/** Where the pages and files of the repository are in the site. */
export interface Places {
  /** Null: the site has neither a page nor a file for it. @param path relative to the repository */
  readonly placeOf: (path: string) => string | null;
}

export interface ReadPage {
  readonly title: string;
  readonly html: string;
  readonly sections: readonly Section[];
}

/** @param path of the page, relative to the repository. Throws for a page without a heading of the first rank. */
export function readPage(path: string, text: string, { placeOf }: Places): ReadPage {
  const own = placeOf(path) ?? '';
  const slugs = createSlugs();
  const toSite = (href: string): string | null => {
    if (/^[a-z]+:/i.test(href)) return href;
    const [file = '', anchor] = href.split('#');
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (file === '') return hash;
    const place = placeOf(posix.join(posix.dirname(path), decodeURIComponent(file)));
    return place === null ? null : `${posix.relative(posix.dirname(own), place)}${hash}`;
  };
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text: source }) {
        const html = this.parser.parseInline(tokens);
        return `<h${depth} id="${slugs(source)}">${html}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens);
        const target = toSite(href);
        return target === null ? html : `<a href="${escapeHtml(target)}">${html}</a>`;
      },
      image: ({ href, text: words }) =>
        `<img src="${escapeHtml(toSite(href) ?? '')}" alt="${escapeHtml(words)}">`,
      // Names in angle brackets, which are for people.
      html: ({ text: source }) => escapeHtml(source),
    },
  });
  const tokens = marked.lexer(text);
  const [first] = tokens.filter(
    (token): token is Tokens.Heading => token.type === 'heading' && token['depth'] === 1,
  );
  if (first === undefined) throw new Error(`${path} has no heading of the first rank`);
  const title = wordsOf(first);
  const html = marked
    .parser(tokens)
    .replaceAll('<table>', '<div class="wide"><table>')
    .replaceAll('</table>', '</table></div>');
  return { title, html, sections: sectionsOf(tokens, own, title) };
}

function sectionsOf(tokens: readonly Token[], place: string, page: string): readonly Section[] {
  const slugs = createSlugs();
  const sections: { id: string; heading: string; page: string; text: string }[] = [];
  for (const token of tokens) {
    if (token.type === 'heading') {
      const id = `${place}#${slugs(token['text'])}`;
      sections.push({ id, heading: wordsOf(token), page, text: '' });
    } else {
      const open = sections.at(-1);
      if (open !== undefined) open.text += ` ${wordsOf(token)}`;
    }
  }
  return sections;
}

/** What is read of a token, without its marks. */
function wordsOf(token: Token): string {
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return [header, ...rows]
      .flatMap((row) => row.map(({ tokens }) => tokens.map(wordsOf).join('')))
      .join(' ');
  }
  if (token.type === 'list')
    return (token as Tokens.List).items.map((item) => item.tokens.map(wordsOf).join(' ')).join(' ');
  if ('tokens' in token && token.tokens !== undefined) return token.tokens.map(wordsOf).join('');
  return 'text' in token ? String(token['text']) : '';
}

/** As GitHub makes them, where our pages are read as well: lower case, spaces become hyphens, punctuation goes. */
function createSlugs(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  };
}
