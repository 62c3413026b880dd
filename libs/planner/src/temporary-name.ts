/** Temporary names: in a name swap one item gets out of the way under such a name. It is recognisable should a crash leave it behind. */
import type { ItemId } from '@tidemark/contracts';
import { cutStem, splitName } from '@tidemark/contracts';
import type { Item, Side } from '@tidemark/trees';
import { samePlace } from '@tidemark/trees';

export function temporaryName(name: string, item: ItemId): string {
  const { stem, suffix } = splitName(name);
  const prefix = temporaryPrefix(item);
  return prefix + cutStem(stem, prefix + suffix) + suffix;
}

/** The name that an item was on the way to. */
export const wantedName = (name: string): string => name.replace(temporary, '') || name;

/**
 * The side on which a name swap left the item under a temporary name, which no user chose. The name alone tells: the outcome of
 * the move may never have arrived. On disk the file may have got another number since, where the sync folder is a copy for
 * example; on the drive such a name may be of another client, which is in the middle of a swap of its own.
 */
export function temporarySide({ id, remote, local }: Item): Side | null {
  if (remote !== null && local !== null && samePlace(remote, local)) return null;
  if (remote?.name.startsWith(temporaryPrefix(id)) === true) return 'remote';
  return local !== null && temporary.test(local.name) ? 'local' : null;
}

const temporaryPrefix = (item: ItemId): string => `tidemark-swap-${item}-`;
/** A temporary name that a user gave to another item gets the prefix once more. */
const temporary = /^(tidemark-swap-\d+-)+/;
