/** How paths are written. */
import type { View } from './view.ts';

/** The peer writes `./P` where a `sync_list` is in use (its tc0065) and `P` elsewhere (tc0020, tc0042). */
export function shownPath(view: View, path: string): string {
  return view.started?.policy.filter.syncList == null ? path : dotted(path);
}

/** `./P`, as walked from the root. */
export function dotted(path: string): string {
  return path === '' ? '.' : `./${path}`;
}

/** Empty: the sync folder itself. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
