/** Reads nginx's configuration from its files, includes and all, as nginx would: without asking nginx, which needs root. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { NginxSyntaxError, parseNginx, type Directive } from './parse.ts';

export type NginxConfiguration =
  | { readonly state: 'absent' }
  /** `syntax`: as far as we can read it, nginx cannot either. */
  | { readonly state: 'unreadable'; readonly cause: 'syntax' | 'access'; readonly why: string }
  | {
      readonly state: 'read';
      readonly directives: readonly Directive[];
      /** Files that could not be read, each with the reason. */
      readonly gaps: readonly string[];
    };

const mainFile = '/etc/nginx/nginx.conf';
const includesMax = 1000;

export function readNginx(file: string = mainFile): NginxConfiguration {
  const gaps: string[] = [];
  let left = includesMax;
  const read = (path: string, depth: number): readonly Directive[] =>
    parseNginx(readFileSync(path, 'utf8'), path, (pattern) => {
      const absolute = isAbsolute(pattern) ? pattern : join(dirname(file), pattern);
      // nginx takes them in the order of their names; the first block of an address is its default.
      const found = /[*?[]/.test(absolute) ? globSync(absolute).toSorted() : [absolute];
      return found.flatMap((included) => {
        if ((left -= 1) < 0 || depth > 20) return [];
        try {
          return read(included, depth + 1);
        } catch (error) {
          if (error instanceof NginxSyntaxError) throw error;
          gaps.push(`${included}: ${reasonOf(error)}`);
          return [];
        }
      });
    });
  try {
    return { state: 'read', directives: read(file, 0), gaps };
  } catch (error) {
    if (error instanceof NginxSyntaxError)
      return { state: 'unreadable', cause: 'syntax', why: error.message };
    const reason = reasonOf(error);
    return reason === 'ENOENT'
      ? { state: 'absent' }
      : { state: 'unreadable', cause: 'access', why: `${file}: ${reason}` };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  throw error;
}
