/** Reads everything once, archives included: the chain against witness and head, the indexes of items against the events. */
import type { LogVerdict, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { LogDamage } from './damage.ts';
import { allItemKeys, itemOfItemKey, seqOfItemKey } from './keys.ts';
import { archivesOf, type History } from './history.ts';
import { eventsOf, readingFailure, type StoredBatch, walk } from './reading.ts';
import type { Position, Witness } from './witness.ts';

/** Failures that are no damage (an unreadable disk, a newer format) are thrown. */
export async function verifyLog(history: History, witness: Witness): Promise<LogVerdict> {
  const { live } = history;
  const { store, end } = live;
  let batches = 0;
  const countedIn = (digest: PairDigest, batch: StoredBatch): void => {
    batches += 1;
    for (const event of eventsOf(batch, history.upcaster))
      for (const item of new Set(event.items)) digest.add(item, event.seq);
  };
  try {
    await checkWitness(witness, end);
    for await (const archive of archivesOf(history)) {
      const [expected, indexed] = [pairDigest(), pairDigest()];
      for (const batch of await archive.batches()) countedIn(expected, batch);
      for (const { item, at } of await archive.index()) indexed.add(item, at);
      if (expected.text() !== indexed.text())
        throw new LogDamage(archive.last, 'the index of items in the archive does not fit its events');
    }
    const [expected, indexed] = [pairDigest(), pairDigest()];
    for await (const batch of walk(live, seq(live.base.head + 1), end.head)) countedIn(expected, batch);
    for await (const page of store.range(allItemKeys)) {
      for (const { key } of page) {
        const at = seqOfItemKey(key);
        if (at <= end.head) indexed.add(itemOfItemKey(key), at);
      }
    }
    if (expected.text() !== indexed.text()) {
      throw new LogDamage(end.head, 'the index of items does not fit the events');
    }
    return { ok: true, head: end.head, batches };
  } catch (error) {
    const failure = readingFailure(error, end.head);
    if (failure instanceof LogDamage) return { ok: false, at: failure.at, detail: failure.message };
    throw failure;
  }
}

async function checkWitness(witness: Witness, end: Position): Promise<void> {
  const reading = await witness.read();
  if (reading.state !== 'found') throw new LogDamage(end.head, 'the head witness cannot be read');
  const { head, chain } = reading.position;
  if (head < end.head || (head === end.head && !chain.equals(end.chain))) {
    throw new LogDamage(end.head, 'the head witness is not what was written');
  }
}

interface PairDigest {
  add(item: number, at: Seq): void;
  text(): string;
}

/** Digest of a set of (item, seq) that does not depend on the order in which they are added. */
function pairDigest(): PairDigest {
  let count = 0;
  let one = 0;
  let other = 0;
  return {
    add(item, at) {
      count += 1;
      one = (one + mix(item, at, 0x9e37_79b1)) >>> 0;
      other = (other + mix(at, item, 0x85eb_ca6b)) >>> 0;
    },
    text: () => `${count} ${one} ${other}`,
  };
}

/** Finalizer of MurmurHash3 over both numbers. */
function mix(first: number, second: number, seed: number): number {
  let state = seed;
  for (const word of [
    first >>> 0,
    Math.floor(first / 0x1_0000_0000),
    second >>> 0,
    Math.floor(second / 0x1_0000_0000),
  ]) {
    state = Math.imul(state ^ word, 0xcc9e_2d51);
    state = Math.imul(state ^ (state >>> 15), 0x1b87_3593);
    state ^= state >>> 13;
  }
  return state >>> 0;
}
