/**
 * What became of the old part of the log, kept in the store beside the rest: the anchor says where the batches of the store
 * begin, and there is an entry for each archive that is still there.
 */
import type { Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { ArchiveEntry } from './archive.ts';
import { LogDamage } from './damage.ts';
import { allArchiveKeys, anchorKey, archiveKey } from './keys.ts';
import { noChain } from './stored-batch.ts';
import type { Pair, Store } from './store.ts';

export interface Anchor {
  /** The last event that was archived: the batches of the store follow it. */
  readonly head: Seq;
  /** Chain hash of its batch. */
  readonly chain: Buffer;
  /** The state can be built from this snapshot and the batches of the store. Kept until the anchor moves. */
  readonly snapshot: { readonly seq: Seq; readonly digest: Buffer };
}

export interface Archived {
  /** Null: everything is in the store. */
  readonly anchor: Anchor | null;
  /** Oldest first, without a gap, up to the anchor. */
  readonly archives: readonly ArchiveEntry[];
}

/** Where the batches of the store begin: behind this event, and this chain hash. */
export type Base = Pick<Anchor, 'head' | 'chain'>;
export const baseOf = ({ anchor }: Archived): Base => anchor ?? { head: seq(0), chain: noChain };

/** The first event that can still be read. */
export const firstOfLog = (archived: Archived): Seq =>
  archived.archives[0]?.first ?? seq(baseOf(archived).head + 1);

/** Throws LogDamage when what is there makes no sense. */
export async function readArchived(store: Store): Promise<Archived> {
  const stored = await store.get(anchorKey);
  if (stored === undefined) return { anchor: null, archives: [] };
  const anchor = anchorFrom(factsOf(stored));
  const archives: ArchiveEntry[] = [];
  for await (const page of store.range(allArchiveKeys))
    for (const { value } of page) archives.push(entryFrom(factsOf(value)));
  archives.forEach(({ last, chain }, index) => {
    const next = archives[index + 1];
    const follows = next === undefined ? anchor : { head: seq(next.first - 1), chain: next.before };
    if (follows.head !== last || !follows.chain.equals(chain))
      throw new LogDamage(last, 'the archives do not follow each other up to the anchor');
  });
  return { anchor, archives };
}

export function anchorPair({ head, chain, snapshot }: Anchor): Pair {
  const facts = {
    ...{ head, chain: chain.toString('hex') },
    ...{ snapshot: snapshot.seq, snapshotDigest: snapshot.digest.toString('hex') },
  };
  return { key: anchorKey, value: Buffer.from(JSON.stringify(facts)) };
}

export function archivePair({ before, chain, digest, ...rest }: ArchiveEntry): Pair {
  const hex = {
    before: before.toString('hex'),
    chain: chain.toString('hex'),
    digest: digest.toString('hex'),
  };
  return { key: archiveKey(rest.first), value: Buffer.from(JSON.stringify({ ...rest, ...hex })) };
}

type Facts = Readonly<Record<string, unknown>>;

function factsOf(value: Buffer): Facts {
  try {
    const facts: unknown = JSON.parse(value.toString());
    if (typeof facts === 'object' && facts !== null) return facts as Facts;
  } catch {
    // Told below.
  }
  throw new LogDamage(0, 'what it says of its archives cannot be read');
}

const anchorFrom = (facts: Facts): Anchor => ({
  head: seq(numberIn(facts, 'head')),
  chain: digestIn(facts, 'chain'),
  snapshot: { seq: seq(numberIn(facts, 'snapshot')), digest: digestIn(facts, 'snapshotDigest') },
});

const entryFrom = (facts: Facts): ArchiveEntry => ({
  first: seq(numberIn(facts, 'first')),
  last: seq(numberIn(facts, 'last')),
  before: digestIn(facts, 'before'),
  chain: digestIn(facts, 'chain'),
  digest: digestIn(facts, 'digest'),
  sizeBytes: numberIn(facts, 'sizeBytes'),
  until: numberIn(facts, 'until'),
});

function numberIn(facts: Facts, name: string): number {
  const value = facts[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new LogDamage(0, `what it says of its archives lacks "${name}"`);
}

function digestIn(facts: Facts, name: string): Buffer {
  const value = facts[name];
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return Buffer.from(value, 'hex');
  throw new LogDamage(0, `what it says of its archives lacks "${name}"`);
}
