import type { SimulatedItem } from './simulated-item.ts';

/**
 * The order in which items last changed. A row is the latest state of an item, never an event: an item that
 * changes again moves to the end, and its older place becomes stale and is skipped.
 */
export type ChangeFeed = {
  /** Position of the newest change; zero for an empty drive. */
  readonly head: () => number;
  readonly touch: (item: SimulatedItem) => void;
  /** Items whose last change lies in (after, upTo], oldest first, at most `limit`. */
  readonly read: (after: number, upTo: number, limit: number) => ChangeSlice;
};

export type ChangeSlice = {
  readonly items: readonly SimulatedItem[];
  /** Where the next read continues. */
  readonly position: number;
  readonly end: 'reached' | 'more';
};

type Place = { readonly seq: number; readonly item: SimulatedItem };

const compactionFloor = 1024;

export function createChangeFeed(now: () => number): ChangeFeed {
  let places: Place[] = [];
  let newest = 0;
  let stale = 0;
  return {
    head: () => newest,
    touch: (item) => {
      if (item.changeSeq > 0) stale += 1;
      newest += 1;
      item.changeSeq = newest;
      item.changedAtMs = now();
      places.push({ seq: newest, item });
      if (stale > compactionFloor && stale * 2 > places.length) {
        places = places.filter((place) => place.item.changeSeq === place.seq);
        stale = 0;
      }
    },
    read: (after, upTo, limit) => {
      const items: SimulatedItem[] = [];
      let position = after;
      for (let index = firstAfter(places, after); index < places.length; index += 1) {
        const place = places[index];
        if (place === undefined || place.seq > upTo) break;
        if (place.item.changeSeq === place.seq) {
          if (items.length === limit) return { items, position, end: 'more' };
          items.push(place.item);
        }
        position = place.seq;
      }
      return { items, position: Math.max(position, upTo), end: 'reached' };
    },
  };
}

/** Index of the first place with `seq > after`; positions survive compaction because seqs do. */
function firstAfter(places: readonly Place[], after: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle]?.seq ?? 0) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
