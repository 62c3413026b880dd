/** `skip_file` and `skip_dir`: patterns of whole paths and of names, in any case of letters. */
import type { Signs } from './wildcards.ts';
import { matchesWhole } from './wildcards.ts';

const signs: Signs = { star: 'any run', question: 'one character', case: 'ignored' };

/** Of a file: its path from the root with a leading `/`, then its name. */
export function skipFileMatches(patterns: readonly string[], path: readonly string[]): boolean {
  const candidates = [`/${path.join('/')}`, path.at(-1) ?? ''];
  return patterns.some((pattern) => candidates.some((candidate) => matchesWhole(pattern, candidate, signs)));
}

/** Of a folder: its path with and without a `/` before and behind it; where not strict also each segment. */
export function skipDirectoryMatches(
  patterns: readonly string[],
  path: readonly string[],
  isStrict: boolean,
): boolean {
  const whole = path.join('/');
  const candidates = [whole, `/${whole}`, `${whole}/`, `/${whole}/`, ...(isStrict ? [] : path)];
  return patterns.some((pattern) => candidates.some((candidate) => matchesWhole(pattern, candidate, signs)));
}
