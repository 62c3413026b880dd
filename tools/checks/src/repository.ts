/** The repository as the checks see it: every file that is ours. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** Relative to the repository; `/` separates. */
  readonly path: string;
  readonly text: string;
}

/** `path:line: what is wrong`. */
export type Complaint = string;

/** A rule looks at all files at once and is silent when all is well. */
export type Rule = (files: readonly SourceFile[]) => Complaint[];

export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

const notOurs = new Set(['node_modules', 'dist', 'release', '.nx', '.git', 'coverage']);

/** Reads everything but what tools wrote or installed. Binary files have no text. */
export function readRepository(root = repositoryRoot): SourceFile[] {
  const files: SourceFile[] = [];
  const enter = (folder: string): void => {
    for (const entry of readdirSync(`${root}${folder}`, { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      if (notOurs.has(entry.name) || path.endsWith('.log')) continue;
      if (entry.isDirectory()) enter(`${path}/`);
      else if (entry.isFile()) {
        const text = readFileSync(`${root}${path}`, 'utf8');
        files.push({ path, text: text.includes('\0') ? '' : text });
      }
    }
  };
  enter('');
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** The lines that match, each as a complaint. */
export function complainAboutLines(
  file: SourceFile,
  pattern: RegExp,
  what: (match: RegExpMatchArray) => string,
): Complaint[] {
  return file.text.split('\n').flatMap((line, index) => {
    const match = line.match(pattern);
    return match === null ? [] : [`${file.path}:${index + 1}: ${what(match)}`];
  });
}

export const isCode = ({ path }: SourceFile): boolean => /\.(?:tsx?|mts|js|mjs|cjs)$/.test(path);

/** The projects that decide, and those whose words they use: their code and READMEs. */
export const isCore = (file: SourceFile): boolean =>
  /^libs\/(?:contracts|trees|planner|machines|engine)\/(?:src|README)/.test(file.path) &&
  (isCode(file) || file.path.endsWith('.md'));
