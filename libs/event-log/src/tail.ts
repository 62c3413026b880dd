/** Looks at the end of the log, and at nothing else, and compares it with the witness. */
import type { Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { LogDamage } from './damage.ts';
import { batchesBetween, seqOfBatchKey } from './keys.ts';
import { chainHash, decodeHeader, noChain } from './stored-batch.ts';
import { firstOf, type Pair, type Store } from './store.ts';
import type { Position, WitnessReading } from './witness.ts';

export const lastSeq: Seq = seq(Number.MAX_SAFE_INTEGER);
export const beforeFirst: Position = { head: seq(0), chain: noChain, commit: 0 };

/**
 * How far the log may be ahead of the witness. `oneCommit`: a crash between the two writes of a commit. `any`: the
 * witness was copied first while a writer went on.
 */
export type Lead = 'oneCommit' | 'any';

/** Where the log ends. Throws LogDamage when that is not what the witness says. */
export async function inspectTail(store: Store, reading: WitnessReading, lead: Lead): Promise<Position> {
  const found = await findEnd(store);
  if (reading.state === 'unreadable') throw new LogDamage(found.head, reading.detail);
  if (reading.state === 'missing') {
    if (found.head === 0) return found;
    throw new LogDamage(found.head, 'the head witness is missing');
  }
  const { position: witnessed } = reading;
  if (found.head < witnessed.head) {
    throw new LogDamage(found.head, `the log ends here, but the head witness saw event ${witnessed.head}`);
  }
  if (found.head > witnessed.head) await checkLead(store, witnessed, found, lead);
  else if (!found.chain.equals(witnessed.chain)) {
    throw new LogDamage(found.head, 'the last batch is not the one the head witness saw');
  }
  return found;
}

/** Where the log ends by itself. Throws LogDamage when its last batch is not one. */
export async function findEnd(store: Store): Promise<Position> {
  const last = await firstOf(store, { ...batchesBetween(seq(1), lastSeq), reverse: true });
  return last === undefined ? beforeFirst : positionAfter(last);
}

/** Position after the batch. Throws LogDamage when it is not one. */
export function positionAfter({ key, value }: Pair): Position {
  const first = seqOfBatchKey(key);
  const header = decodeHeader(value);
  if (header === undefined || header.count < 1) throw new LogDamage(first, 'the stored batch is not whole');
  return { head: seq(first + header.count - 1), chain: chainHash(value), commit: header.commit };
}

async function checkLead(store: Store, witnessed: Position, found: Position, lead: Lead): Promise<void> {
  let reached = witnessed;
  for await (const page of store.range(batchesBetween(seq(witnessed.head + 1), lastSeq))) {
    for (const pair of page) {
      const previous = decodeHeader(pair.value)?.previous;
      const next = positionAfter(pair);
      if (seqOfBatchKey(pair.key) !== reached.head + 1 || !previous?.equals(reached.chain)) {
        throw new LogDamage(reached.head, 'the log does not continue from what the head witness saw');
      }
      if (lead === 'oneCommit' && next.commit !== witnessed.commit + 1) {
        throw new LogDamage(reached.head, 'the head witness is older than the last commit but one');
      }
      reached = next;
    }
  }
  if (reached.head !== found.head) throw new LogDamage(reached.head, 'the log changes while it is read');
}
