/** Links between our own pages lead somewhere. Links to other hosts are not followed. */
import { posix } from 'node:path';
import type { Complaint, Rule, SourceFile } from '../repository.ts';

export const docsLinks: Rule = (files) => {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const folders = new Set(files.flatMap(({ path }) => ancestors(path)));
  return files.filter(isPage).flatMap((page) =>
    links(page.text).flatMap(({ target, line }): Complaint[] => {
      const [file = '', anchor] = target.split('#');
      const path = file === '' ? page.path : posix.join(posix.dirname(page.path), decodeURIComponent(file));
      const place = `${page.path}:${line}: `;
      if (folders.has(path.replace(/\/$/, ''))) return [];
      const text = texts.get(path);
      if (text === undefined) return [`${place}leads nowhere: ${target}`];
      if (anchor !== undefined && path.endsWith('.md') && !anchors(text).has(anchor))
        return [`${place}no such heading: ${target}`];
      return [];
    }),
  );
};

const isPage = ({ path }: SourceFile): boolean => path.endsWith('.md');

const ancestors = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
};

function links(text: string): { readonly target: string; readonly line: number }[] {
  return withoutCode(text)
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/\]\(<?([^)\s>]+)>?\)/g)].map(([, target]) => ({
        target: String(target),
        line: index + 1,
      })),
    )
    .filter(({ target }) => !/^[a-z]+:/i.test(target));
}

/** As GitHub makes them: lower case, spaces become hyphens, punctuation goes. */
function anchors(text: string): Set<string> {
  const seen = new Map<string, number>();
  const all = new Set<string>();
  for (const [, heading] of withoutCode(text).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = String(heading)
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    all.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return all;
}

/** Keeps the number of lines. */
const withoutCode = (text: string): string =>
  text
    .replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[()[\]]/g, ' '));
