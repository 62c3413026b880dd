/** Group commit: whatever arrives while one commit runs shares the next one. Then the witness, then the answer. */
import type { RecordedEvent, Seq } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';
import { diskFailure } from './damage.ts';
import { batchKey, itemKey } from './keys.ts';
import { chainHash, encodeBatch, encodePayload } from './stored-batch.ts';
import type { Pair, Store } from './store.ts';
import type { Position, Witness } from './witness.ts';

/** Payload bytes after which a commit takes in no further batch. */
const COMMIT_BYTES_MAX = 8 << 20;
/** Of an index entry, whose key says all. */
const INDEX_VALUE = Buffer.alloc(1);

export interface GroupCommit {
  /** Last durable position. */
  readonly position: Position;
  append(events: readonly RecordedEvent[]): Promise<void>;
  /** Resolves when nothing waits any more. Later appends are refused. */
  finish(): Promise<void>;
}

interface Waiting {
  readonly events: readonly RecordedEvent[];
  readonly payload: Buffer;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

export function createGroupCommit(
  store: Store,
  witness: Witness,
  start: Position,
  format: number,
): GroupCommit {
  let position = start;
  /** Seq of the last event taken in, durable or not. */
  let taken = start.head;
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let refusal: Error | undefined;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup();
      try {
        const { pairs, after } = encodeGroup(group, position, format);
        await store.commit(pairs);
        await witness.write(after);
        position = after;
      } catch (error) {
        // What reached the disk is unknown now, so nothing may follow it. Opening anew finds out.
        refusal = diskFailure('Cannot append to the event log', error);
        for (const { reject } of [...group, ...waiting.splice(0)]) reject(refusal);
        return;
      }
      for (const { resolve } of group) resolve();
    }
  }

  function takeGroup(): readonly Waiting[] {
    let sizeBytes = 0;
    const end = waiting.findIndex((one) => (sizeBytes += one.payload.length) > COMMIT_BYTES_MAX);
    return waiting.splice(0, end === -1 ? waiting.length : Math.max(end, 1));
  }

  return {
    get position() {
      return position;
    },
    async append(events) {
      if (refusal !== undefined) throw refusal;
      if (events.length === 0) return;
      checkSeqs(events, taken);
      const payload = encodePayload(events);
      taken = seq(taken + events.length);
      await new Promise<void>((resolve, reject) => {
        waiting.push({ events, payload, resolve, reject });
        running ??= run().finally(() => (running = undefined));
      });
    },
    async finish() {
      refusal ??= new Failure({ code: 'diskFault', detail: 'Cannot append to the event log: it is closed' });
      await running;
    },
  };
}

function encodeGroup(
  group: readonly Waiting[],
  before: Position,
  format: number,
): { readonly pairs: readonly Pair[]; readonly after: Position } {
  const pairs: Pair[] = [];
  const commit = before.commit + 1;
  let after = before;
  for (const { events, payload } of group) {
    const value = encodeBatch({ format, previous: after.chain, commit, count: events.length }, payload);
    pairs.push({ key: batchKey(seq(after.head + 1)), value });
    for (const event of events) {
      for (const item of new Set(event.items))
        pairs.push({ key: itemKey(item, event.seq), value: INDEX_VALUE });
    }
    after = { head: seq(after.head + events.length), chain: chainHash(value), commit };
  }
  return { pairs, after };
}

function checkSeqs(events: readonly RecordedEvent[], taken: Seq): void {
  events.forEach((event, index) => {
    const expected = taken + 1 + index;
    if (event.seq !== expected) {
      throw new Error(`Cannot append event ${event.seq}: event ${expected} comes next`);
    }
  });
}
