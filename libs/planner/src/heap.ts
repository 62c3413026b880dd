/** A binary heap: the entry that comes before all others is next. */

export interface Heap<Entry> {
  push(entry: Entry): void;
  pop(): Entry | undefined;
  readonly isEmpty: boolean;
}

export function createHeap<Entry>(isBefore: (one: Entry, other: Entry) => boolean): Heap<Entry> {
  const heap: Entry[] = [];
  return {
    push(entry) {
      let index = heap.length;
      heap.push(entry);
      while (index > 0) {
        const above = (index - 1) >> 1;
        const other = heap[above];
        if (other === undefined || !isBefore(entry, other)) break;
        heap[index] = other;
        index = above;
      }
      heap[index] = entry;
    },
    pop() {
      const top = heap[0];
      const last = heap.pop();
      if (top === undefined || last === undefined || heap.length === 0) return top;
      let index = 0;
      for (;;) {
        let below = 2 * index + 1;
        let first = heap[below];
        if (first === undefined) break;
        const right = heap[below + 1];
        if (right !== undefined && isBefore(right, first)) {
          first = right;
          below += 1;
        }
        if (!isBefore(first, last)) break;
        heap[index] = first;
        index = below;
      }
      heap[index] = last;
      return top;
    },
    get isEmpty() {
      return heap.length === 0;
    },
  };
}
