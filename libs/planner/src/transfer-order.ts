/**
 * `transfer_order`: in which order transfers that wait begin. It decides who is looked at first, never what is done: folders
 * come before all files, and whatever cannot be done yet waits for the same as ever.
 */
import type { ItemId, Policy } from '@tidemark/contracts';
import type { Trees } from '@tidemark/trees';

/** null: not a file. */
export type Rank = number | string | null;

export interface Order {
  rankOf(item: ItemId): Rank;
  /** Of two that differ. */
  isBefore(one: Rank, other: Rank): boolean;
}

/** null: in the order of first sighting. Of two versions the larger one counts: which of them travels is not decided yet. */
export function orderOf({ transferOrder }: Policy, trees: Trees): Order | null {
  if (transferOrder === undefined) return null;
  const [by, direction] = transferOrder.split('_');
  return {
    rankOf(id) {
      const { remote = null, local = null } = trees.items.get(id) ?? {};
      const entry = remote ?? local;
      if (entry?.kind !== 'file') return null;
      return by === 'name' ? entry.name : Math.max(remote?.sizeBytes ?? 0, local?.sizeBytes ?? 0);
    },
    isBefore(one, other) {
      if (one === null || other === null) return one === null;
      return direction === 'dsc' ? one > other : one < other;
    },
  };
}
