/** Items that are due, each once: the lowest id first, or in the order that the user asked for. */
import type { ItemId } from '@tidemark/contracts';
import TinyQueue from 'tinyqueue';
import type { Order, Rank } from './transfer-order.ts';

export interface Queue {
  add(item: ItemId): void;
  /** The first one, removed. */
  next(): ItemId | undefined;
  readonly isEmpty: boolean;
}

interface Place {
  readonly item: ItemId;
  readonly rank: Rank;
}

/** An item that is added again gets the rank that it has by then; what the queue holds of it from before is passed over. */
export function createQueue(order: Order | null): Queue {
  const queue = new TinyQueue<Place>([], (one, other) => {
    if (order === null || one.rank === other.rank) return one.item - other.item;
    return order.isBefore(one.rank, other.rank) ? -1 : 1;
  });
  const due = new Map<ItemId, Place>();
  return {
    add(item) {
      const rank = order === null ? null : order.rankOf(item);
      if (due.get(item)?.rank === rank) return;
      const place = { item, rank };
      due.set(item, place);
      queue.push(place);
    },
    next() {
      for (let place = queue.pop(); place !== undefined; place = queue.pop())
        if (due.get(place.item) === place) {
          due.delete(place.item);
          return place.item;
        }
      return undefined;
    },
    get isEmpty() {
      return due.size === 0;
    },
  };
}
