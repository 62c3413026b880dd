/** A path as users type it, relative to the sync folder: absolute ones and those with `./` are welcome as well. */
import { relative, resolve } from 'node:path';

export function withinRoot(path: string, root: string): string {
  if (!path.startsWith('/')) return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  return relative(resolve(root), resolve(path));
}
