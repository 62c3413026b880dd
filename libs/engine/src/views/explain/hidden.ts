/** What keeps a side from telling of a path: a mount that is away, a folder that cannot be read or listed, a symbolic link. */
import type { ItemId, LocalOddity } from '@tidemark/contracts';
import { isWithin, itemOf, shownPath } from '@tidemark/trees';
import type { State } from '../../fold/state.ts';
import { quote } from './commands.ts';

export interface Hidden {
  readonly side: 'disk' | 'drive';
  /** What hides it, and why: `"mnt": the file system that was mounted here is missing`. */
  readonly why: string;
}

/** Null when both sides can tell of the item. What cannot be seen is unknown, not gone: nothing is decided because of it. */
export function hiddenBy(state: State, id: ItemId): Hidden | null {
  const { trees } = state;
  const item = trees.items.get(id);
  if (item === undefined) return null;
  for (const folder of trees.unlistable)
    if (folder !== id && isWithin(trees, id, folder, 'remote')) {
      const { oddity = '' } = itemOf(trees, folder).remote ?? {};
      return { side: 'drive', why: `${quote(shownPath(trees, itemOf(trees, folder)))}: ${oddity}` };
    }
  const oddity = oddityAt(state, shownPath(trees, item));
  return oddity && { side: 'disk', why: `${quote(oddity.path)}: ${oddity.detail}` };
}

/** What keeps a path that no item ever held from being synced. Null when the last complete scan found nothing unusual there or above. */
export const oddityAt = ({ local }: State, path: string): LocalOddity | null =>
  local.oddities.find((one) => path === one.path || path.startsWith(`${one.path}/`)) ?? null;

export function renderOddity(path: string, oddity: LocalOddity): string[] {
  const where = oddity.path === path ? '' : `, because it is inside ${quote(oddity.path)}`;
  return [`${quote(path)} is not synced${where}`, `${words[oddity.code]}: ${oddity.detail}`];
}

const words = {
  notUtf8: 'Its name is not UTF-8, which the drive cannot hold',
  special: 'It is neither a file nor a folder',
  symlink: 'It is a symbolic link',
  unfollowed: 'It is a symbolic link that is not followed',
  unreadable: 'It could not be read',
} as const satisfies Record<LocalOddity['code'], string>;
