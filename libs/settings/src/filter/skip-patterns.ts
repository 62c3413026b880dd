/** skip_file and skip_dir: which pattern, if any, keeps a path out. */
import { compileWildcard, type Matcher } from './wildcard.ts';

/** @returns the pattern that matched, for the explanation. */
export type SkipTest = (path: string) => string | undefined;

/** @returns a test for files: the whole path with a leading slash, then the name alone. */
export function compileSkipFile(patterns: readonly string[]): SkipTest {
  const compiled = compile(patterns);
  return (path) => firstMatch(compiled, [`/${path}`, baseName(path)]);
}

/**
 * @returns a test for directories. A directory below a skipped one is skipped too, so that the answer does not depend
 * on how the path was reached.
 */
export function compileSkipDirectory(
  patterns: readonly string[],
  match: 'whole path' | 'any segment',
): SkipTest {
  const compiled = compile(patterns);
  if (compiled.length === 0) return () => undefined;
  return (path) => {
    for (const ancestor of withAncestors(path)) {
      const whole = [ancestor, `/${ancestor}`, `${ancestor}/`, `/${ancestor}/`];
      const candidates = match === 'any segment' ? [...whole, baseName(ancestor)] : whole;
      const pattern = firstMatch(compiled, candidates);
      if (pattern !== undefined) return pattern;
    }
    return undefined;
  };
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
export function withAncestors(path: string): readonly string[] {
  const segments = path.split('/');
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

interface Compiled {
  readonly pattern: string;
  readonly matches: Matcher;
}

function compile(patterns: readonly string[]): readonly Compiled[] {
  return patterns.map((pattern) => ({
    pattern,
    matches: compileWildcard(pattern, 'skip'),
  }));
}

function firstMatch(compiled: readonly Compiled[], candidates: readonly string[]): string | undefined {
  for (const candidate of candidates) {
    const found = compiled.find(({ matches }) => matches(candidate));
    if (found !== undefined) return found.pattern;
  }
  return undefined;
}
