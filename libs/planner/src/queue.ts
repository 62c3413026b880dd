/** Items that are due, each once: the lowest id first, or in the order that the user asked for. */
import type { ItemId } from '@tidemark/contracts';
import { createHeap } from './heap.ts';
import type { Order, Rank } from './transfer-order.ts';

export interface Queue {
  add(item: ItemId): void;
  /** The first one, removed. */
  next(): ItemId | undefined;
  readonly isEmpty: boolean;
}

export const createQueue = (order: Order | null): Queue =>
  order === null ? byFirstSighting() : byRank(order);

function byFirstSighting(): Queue {
  const heap = createHeap<ItemId>((one, other) => one < other);
  const due = new Set<ItemId>();
  return {
    add(item) {
      if (due.has(item)) return;
      due.add(item);
      heap.push(item);
    },
    next() {
      const item = heap.pop();
      if (item !== undefined) due.delete(item);
      return item;
    },
    get isEmpty() {
      return heap.isEmpty;
    },
  };
}

/** An item that is added again gets the rank that it has by then; what the heap holds of it from before is passed over. */
function byRank({ rankOf, isBefore }: Order): Queue {
  interface Place {
    readonly item: ItemId;
    readonly rank: Rank;
  }
  const heap = createHeap<Place>((one, other) =>
    one.rank === other.rank ? one.item < other.item : isBefore(one.rank, other.rank),
  );
  const due = new Map<ItemId, Place>();
  return {
    add(item) {
      const rank = rankOf(item);
      const known = due.get(item);
      if (known !== undefined && known.rank === rank) return;
      const place = { item, rank };
      due.set(item, place);
      heap.push(place);
    },
    next() {
      for (let place = heap.pop(); place !== undefined; place = heap.pop()) {
        if (due.get(place.item) !== place) continue;
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
