/**
 * The agenda: which items are worth another look. It is a memory of plans that came to nothing, not a list of work: planning
 * from the agenda gives what planning from every item gives, only sooner. Forgetting it costs time and nothing else.
 */
import type { ItemId } from '@tidemark/contracts';
import type { Gate } from './view.ts';

export interface Agenda {
  /** The item, or something its decision depends on, changed. */
  touch(item: ItemId): void;
  openGate(gate: Gate): void;
  /** The lowest item due, removed. Ids are numbers of first sighting, so folders tend to come before what is in them. */
  next(): ItemId | undefined;
  /** Looked at in vain: due again when `until` changes or opens. */
  park(item: ItemId, until: ItemId | Gate): void;
  readonly isEmpty: boolean;
}

export function createAgenda(): Agenda {
  const heap: ItemId[] = [];
  const due = new Set<ItemId>();
  const parked = new Map<ItemId | Gate, ItemId[]>();
  // Whoever waits for somebody who is looked at again may get another answer as well: circles reach further than one step.
  const wake = (first: ItemId | Gate): void => {
    const woken: (ItemId | Gate)[] = [first];
    for (let key = woken.pop(); key !== undefined; key = woken.pop()) {
      const waiting = parked.get(key);
      if (waiting === undefined) continue;
      parked.delete(key);
      for (const item of waiting) {
        add(item);
        woken.push(item);
      }
    }
  };
  const add = (item: ItemId): void => {
    if (due.has(item)) return;
    due.add(item);
    push(heap, item);
  };
  return {
    touch(item) {
      add(item);
      wake(item);
    },
    openGate: wake,
    next() {
      const item = pop(heap);
      if (item !== undefined) due.delete(item);
      return item;
    },
    park(item, until) {
      const waiting = parked.get(until);
      if (waiting === undefined) parked.set(until, [item]);
      else waiting.push(item);
    },
    get isEmpty() {
      return heap.length === 0;
    },
  };
}

function push(heap: ItemId[], item: ItemId): void {
  let index = heap.length;
  heap.push(item);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const other = heap[above];
    if (other === undefined || other <= item) break;
    heap[index] = other;
    index = above;
  }
  heap[index] = item;
}

function pop(heap: ItemId[]): ItemId | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    let smallest = heap[below];
    if (smallest === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && right < smallest) {
      smallest = right;
      below += 1;
    }
    if (smallest >= last) break;
    heap[index] = smallest;
    index = below;
  }
  heap[index] = last;
  return top;
}
