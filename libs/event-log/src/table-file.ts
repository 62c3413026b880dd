/**
 * Checks every block of a LevelDB table (`.ldb`; doc/table_format.md of LevelDB) against its checksum, and reads it.
 *
 * LevelDB can check itself, but `classic-level` 3.0 gives no way to ask for it. Without it a flipped byte in a table
 * ends the process (an assertion in `ExtractUserKey`, seen with the prebuilt binary), or a compaction gives the wrong
 * bytes a right checksum.
 */
import { crc32c, unmask } from './crc32c.ts';
import { decompressSnappy, varintAt } from './snappy.ts';
import type { KeyRange, Pair } from './store.ts';
import { userKey, type Write, writeOf } from './write.ts';

const FOOTER_BYTES = 48;
/** Compression type (1) and masked checksum (4) behind each block. */
const TRAILER_BYTES = 5;
const MAGIC = Buffer.from('57fb808b247547db', 'hex');

interface Handle {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** What is wrong with the table, or undefined. */
export function tableDamage(file: Buffer): string | undefined {
  try {
    const footer = file.subarray(file.length - FOOTER_BYTES);
    if (file.length < FOOTER_BYTES || !footer.subarray(-MAGIC.length).equals(MAGIC)) return 'it has no end';
    const meta = handleAt(footer, 0);
    const index = handleAt(footer, meta.next);
    const blocks = [
      ...handlesIn(file, meta.handle),
      meta.handle,
      ...handlesIn(file, index.handle),
      index.handle,
    ];
    const broken = blocks.find((block) => !isSound(file, block));
    if (broken !== undefined) return `the block at byte ${broken.offset} is damaged`;
    const sizeBytes = blocks.reduce((sum, block) => sum + block.sizeBytes + TRAILER_BYTES, FOOTER_BYTES);
    return sizeBytes === file.length ? undefined : 'it has bytes that belong to no block';
  } catch (error) {
    if (error instanceof RangeError) return `its index cannot be read (${error.message})`;
    throw error;
  }
}

/** The writes that the table holds of the range, in its direction. Throws RangeError where it is damaged. */
export function* writesIn(file: Buffer, { from, to, reverse = false }: KeyRange): Iterable<Write> {
  const footer = file.subarray(file.length - FOOTER_BYTES);
  const blocks = entriesOf(file, handleAt(footer, handleAt(footer, 0).next).handle);
  // The key of a block lies at or behind its last one, and before the first one of the next block.
  const first = blocks.findIndex(({ key }) => userKey(key).compare(from) >= 0);
  if (first === -1) return;
  const behind = blocks.findIndex(({ key }) => userKey(key).compare(to) > 0);
  const wanted = blocks.slice(first, behind === -1 ? undefined : behind + 1);
  for (const { value } of reverse ? wanted.reverse() : wanted) {
    const writes = entriesOf(file, handleAt(value, 0).handle)
      .map(writeOf)
      .filter(({ key }) => key.compare(from) >= 0 && key.compare(to) <= 0);
    yield* reverse ? writes.reverse() : writes;
  }
}

function isSound(file: Buffer, { offset, sizeBytes }: Handle): boolean {
  const end = offset + sizeBytes + 1;
  if (end + 4 > file.length) return false;
  return crc32c(file, offset, end) === unmask(file.readUInt32LE(end));
}

/** The blocks that a block of handles points to. Throws RangeError. */
const handlesIn = (file: Buffer, block: Handle): readonly Handle[] =>
  entriesOf(file, block).map(({ value }) => handleAt(value, 0).handle);

/** Keys and values of a block; a key is stored as what differs from the one before. Throws RangeError. */
function entriesOf(file: Buffer, block: Handle): readonly Pair[] {
  if (!isSound(file, block)) throw new RangeError(`checksum of the block at byte ${block.offset}`);
  const stored = file.subarray(block.offset, block.offset + block.sizeBytes);
  const bytes = file[block.offset + block.sizeBytes] === 1 ? decompressSnappy(stored) : stored;
  const end = bytes.length - 4 * (1 + bytes.readUInt32LE(bytes.length - 4));
  const entries: Pair[] = [];
  let key: Buffer = Buffer.alloc(0);
  for (let at = 0; at < end;) {
    const shared = varintAt(bytes, at);
    const unshared = varintAt(bytes, shared.next);
    const valueSize = varintAt(bytes, unshared.next);
    const valueAt = valueSize.next + unshared.value;
    key = Buffer.concat([key.subarray(0, shared.value), bytes.subarray(valueSize.next, valueAt)]);
    at = valueAt + valueSize.value;
    entries.push({ key, value: bytes.subarray(valueAt, at) });
  }
  return entries;
}

function handleAt(bytes: Buffer, at: number): { readonly handle: Handle; readonly next: number } {
  const offset = varintAt(bytes, at);
  const sizeBytes = varintAt(bytes, offset.next);
  return { handle: { offset: offset.value, sizeBytes: sizeBytes.value }, next: sizeBytes.next };
}
