/** Why a path that no item ever held is not synced. */
import type { State } from '../../fold/state.ts';
import { quote } from './commands.ts';

/** Lines of text; null when the last complete scan found nothing unusual at the path or above it. */
export function explainOddity(state: State, path: string): string[] | null {
  const oddity = state.local.oddities.find((one) => path === one.path || path.startsWith(`${one.path}/`));
  if (oddity === undefined) return null;
  const where = oddity.path === path ? '' : `, because it is inside ${quote(oddity.path)}`;
  return [`${quote(path)} is not synced${where}`, `${words[oddity.code]}: ${oddity.detail}`];
}

const words = {
  notUtf8: 'Its name is not UTF-8, which the drive cannot hold',
  special: 'It is neither a file nor a folder',
  symlink: 'It is a symbolic link',
  unreadable: 'It could not be read',
} as const satisfies Record<State['local']['oddities'][number]['code'], string>;
