/** A page names only what exists: files in the first columns of a README's tables, and names that its examples import from us. */
import { posix } from 'node:path';
import type { Complaint, Rule, SourceFile } from '../repository.ts';

export const readmesNameWhatExists: Rule = (files) => {
  const paths = files.map(({ path }) => path);
  const indexes = new Map(files.filter(isIndex).map((file) => [packageOf(file.path), file.text]));
  return files
    .filter(({ path }) => path.endsWith('README.md'))
    .flatMap((page) => [...missingFiles(page, paths), ...missingNames(page, indexes)]);
};

const isIndex = ({ path }: SourceFile): boolean =>
  /^(?:apps|libs|plugins|test|tools)\/[^/]+\/src\/index\.ts$/.test(path);

/** Two columns at most name files; what follows describes them. */
const namedColumns = 2;

function missingFiles(page: SourceFile, paths: readonly string[]): Complaint[] {
  const folder = posix.dirname(page.path);
  const isThere = (name: string): boolean => {
    const bare = name.replace(/^\.?\//, '').replace(/\/$/, '');
    return paths.some((path) => {
      const inside =
        folder === '.' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
      const whole = inside ?? path;
      return (
        path === bare ||
        whole === bare ||
        path.startsWith(`${bare}/`) ||
        whole.startsWith(`${bare}/`) ||
        (inside !== null && (inside.endsWith(`/${bare}`) || inside.includes(`/${bare}/`)))
      );
    });
  };
  return page.text.split('\n').flatMap((line, index) => {
    if (!line.startsWith('|')) return [];
    const cells = line.split('|').slice(1, 1 + namedColumns);
    const names = cells.flatMap((cell) =>
      [...cell.matchAll(/`([\w./-]+)`/g)].map(([, name]) => String(name)),
    );
    return names
      .filter(
        (name) =>
          !name.startsWith('dist') && /\.(?:ts|md|json|sh|py)$|^src\/|\/$/.test(name) && !isThere(name),
      )
      .map((name) => `${page.path}:${index + 1}: names ${name}, which does not exist`);
  });
}

function missingNames(page: SourceFile, indexes: ReadonlyMap<string, string>): Complaint[] {
  return [...page.text.matchAll(/import (?:type )?\{([^}]*)\} from '@tidemark\/([\w-]+)'/g)].flatMap(
    (found) => {
      const [, names = '', name = ''] = found;
      const index = [...indexes].find(([folder]) => posix.basename(folder) === name)?.[1];
      if (index === undefined) return [];
      const line = page.text.slice(0, found.index).split('\n').length;
      return names
        .split(',')
        .map((one) => one.trim().replace(/^type /, ''))
        .filter(
          (one) =>
            one !== '' && !new RegExp(`\\b${one}\\b`).test(index) && !/export (?:type )?\*/.test(index),
        )
        .map((one) => `${page.path}:${line}: imports ${one}, which @tidemark/${name} does not export`);
    },
  );
}

const packageOf = (path: string): string => path.split('/').slice(0, 2).join('/');
