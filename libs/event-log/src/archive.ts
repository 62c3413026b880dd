/**
 * One archive: batches that follow each other, as they were stored, and the index of their items.
 *
 *     line 1   what it is
 *     line 2   JSON: its first and last event, the chain hashes before and after, the sizes of what follows
 *     index    zstd: item and seq, eight bytes each, in this order
 *     batches  zstd: each batch behind its length in four bytes
 *     end      SHA-256 of everything before
 *
 * An archive stands for itself: with it alone one can tell that it is whole and where it belongs.
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { ItemId, Seq } from '@tidemark/contracts';
import { itemId, seq } from '@tidemark/contracts';
import { LogDamage } from './damage.ts';
import { batchKey, numberAt, numberBytes } from './keys.ts';
import type { StoredBatch } from './reading.ts';
import { chainHash, decodeHeader } from './stored-batch.ts';
import { positionAfter } from './tail.ts';

const TITLE = Buffer.from('Tidemark archive of events, format 1\n');
const DIGEST_BYTES = 32;
const PAIR_BYTES = 16;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** What the log knows of an archive. */
export interface ArchiveEntry {
  readonly first: Seq;
  readonly last: Seq;
  /** Chain hash before its first batch. */
  readonly before: Buffer;
  /** Chain hash of its last batch. */
  readonly chain: Buffer;
  readonly sizeBytes: number;
  /** SHA-256 of the file without its end. */
  readonly digest: Buffer;
  /** Time of its last event, in milliseconds since 1970. */
  readonly until: number;
}

export const archiveName = ({ first, last }: Pick<ArchiveEntry, 'first' | 'last'>): string =>
  `events-${first}-${last}.archive`;

export interface ItemEvent {
  readonly item: ItemId;
  readonly at: Seq;
}

/** Batches without a gap, the first one behind the chain hash `before`. */
export async function encodeArchive(
  batches: readonly StoredBatch[],
  index: readonly ItemEvent[],
  { before, until }: Pick<ArchiveEntry, 'before' | 'until'>,
): Promise<{ readonly entry: ArchiveEntry; readonly content: Buffer }> {
  const [firstBatch, lastBatch] = [batches[0], batches.at(-1)];
  if (firstBatch === undefined || lastBatch === undefined) throw new Error('Cannot archive nothing');
  const pairs = index
    .toSorted((one, other) => one.item - other.item || one.at - other.at)
    .flatMap(({ item, at }) => [numberBytes(item), numberBytes(at)]);
  const values = batches.flatMap(({ value }) => [lengthBytes(value), value]);
  const [packedIndex, packedBatches] = await Promise.all([pack(pairs), pack(values)]);
  const { first } = firstBatch;
  const { last } = lastBatch;
  const chain = chainHash(lastBatch.value);
  const facts = {
    ...{ first, last, before: before.toString('hex'), chain: chain.toString('hex') },
    ...{ index: packedIndex.length, batches: packedBatches.length },
  };
  const body = Buffer.concat([TITLE, Buffer.from(`${JSON.stringify(facts)}\n`), packedIndex, packedBatches]);
  const digest = hash('sha256', body, 'buffer');
  const content = Buffer.concat([body, digest]);
  return { content, entry: { first, last, before, chain, until, digest, sizeBytes: content.length } };
}

export interface OpenArchive {
  readonly last: Seq;
  /** The events of it that touched the item, oldest first. */
  eventsOf(item: ItemId): Promise<readonly Seq[]>;
  index(): Promise<Iterable<ItemEvent>>;
  /** Each compared with the chain. */
  batches(): Promise<readonly StoredBatch[]>;
}

/** Throws LogDamage when it is not the archive that the log knows. */
export function openArchive(content: Buffer, entry: ArchiveEntry): OpenArchive {
  const damaged = (detail: string, cause?: unknown): LogDamage =>
    new LogDamage(entry.first, `the archive ${archiveName(entry)} ${detail}`, cause);
  const body = content.subarray(0, -DIGEST_BYTES);
  if (content.length !== entry.sizeBytes || !hash('sha256', body, 'buffer').equals(entry.digest))
    throw damaged('has other bytes than were written');
  const { index, batches } = partsOf(body);
  const unpacked = async (part: Buffer): Promise<Buffer> => {
    try {
      return await decompress(part);
    } catch (error) {
      throw damaged('cannot be decompressed', error);
    }
  };
  return {
    last: entry.last,
    async eventsOf(item) {
      const found: Seq[] = [];
      for (const pair of itemEvents(await unpacked(index))) if (pair.item === item) found.push(pair.at);
      return found;
    },
    index: async () => itemEvents(await unpacked(index)),
    async batches() {
      const linked = linkedBatches(await unpacked(batches), entry);
      if (typeof linked === 'string') throw damaged(linked);
      return linked;
    },
  };
}

/** The bytes were compared with their digest before. */
function partsOf(body: Buffer): { readonly index: Buffer; readonly batches: Buffer } {
  const factsEnd = body.indexOf('\n', TITLE.length);
  const facts = JSON.parse(body.toString('utf8', TITLE.length, factsEnd)) as { readonly index: number };
  const batchesAt = factsEnd + 1 + facts.index;
  return { index: body.subarray(factsEnd + 1, batchesAt), batches: body.subarray(batchesAt) };
}

/** What is wrong with them, in words, or the batches. */
function linkedBatches(bytes: Buffer, entry: ArchiveEntry): readonly StoredBatch[] | string {
  const batches: StoredBatch[] = [];
  let next = entry.first;
  let chain = entry.before;
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    const value = bytes.subarray(at + 4, end);
    if (decodeHeader(value)?.previous.equals(chain) !== true)
      return `does not continue the chain at event ${next}`;
    const position = positionAfter({ key: batchKey(next), value });
    batches.push({ first: next, last: position.head, value });
    next = seq(position.head + 1);
    chain = position.chain;
    at = end;
  }
  if (next !== entry.last + 1 || !chain.equals(entry.chain)) return `ends at event ${next - 1}`;
  return batches;
}

function* itemEvents(bytes: Buffer): Iterable<ItemEvent> {
  for (let at = 0; at < bytes.length; at += PAIR_BYTES)
    yield { item: itemId(numberAt(bytes, at)), at: seq(numberAt(bytes, at + 8)) };
}

const pack = (parts: readonly Buffer[]): Promise<Buffer> => compress(Buffer.concat(parts));

function lengthBytes(value: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value.length);
  return bytes;
}
