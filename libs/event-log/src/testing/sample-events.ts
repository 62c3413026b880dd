/** Events with nothing special about them. */
import type { RecordedEvent } from '@tidemark/contracts';
import { itemId, seq } from '@tidemark/contracts';

/** `count` events from `first` on, with text that does not compress away. */
export function sampleBatch(first: number, count: number): RecordedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: seq(first + index),
    at: 1_700_000_000_000 + first,
    source: 'engine',
    event: { type: 'HintReceived', side: 'local', source: noise(first + index) },
    items: [itemId((first + index) % 7)],
  }));
}

function noise(seed: number): string {
  let state = seed;
  return Array.from({ length: 40 }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state.toString(36);
  }).join(' ');
}
