/** A store over LevelDB's files as they were opened: reads them in place, and changes nothing. */
import { LogDamage } from './damage.ts';
import type { OpenFiles, OpenTable } from './open-files.ts';
import { recordsOf } from './record-file.ts';
import type { KeyRange, Pair, Store } from './store.ts';
import { tableDamage, writesIn } from './table-file.ts';
import { type Write, writesOfRecord } from './write.ts';

const PAGE_BYTES = 1 << 18;
const PAGE_PAIRS = 1000;
/** Tables kept in memory for the next look-up, of 2 MiB in general. */
const TABLES_KEPT = 8;

/** Closes the files with itself. Reading throws an error that says `Corruption` where a table is damaged. */
export function filesStore(files: OpenFiles): Store {
  const recent = newestWrites(files.writeAhead);
  const kept = new Map<OpenTable, Buffer>();

  async function load(table: OpenTable): Promise<Buffer> {
    const content = kept.get(table) ?? (await readWhole(table));
    kept.delete(table);
    kept.set(table, content);
    for (const oldest of kept.keys()) {
      if (kept.size <= TABLES_KEPT) break;
      kept.delete(oldest);
    }
    return content;
  }

  async function* pairs(range: KeyRange): AsyncIterable<Pair> {
    const sources = files.tables
      .filter(({ smallest, largest }) => overlaps(range, smallest, largest))
      .map((table) => ({
        nearest: range.reverse === true ? table.largest : table.smallest,
        open: async () => tableWrites(table.name, await load(table), range),
      }));
    const ofRange = recent.filter(({ key }) => overlaps(range, key, key));
    if (range.reverse === true) ofRange.reverse();
    let last: Buffer | undefined;
    for await (const { key, value } of merge(ofRange, sources, range.reverse === true)) {
      // The newest write of a key comes first, and hides the others.
      if (last?.equals(key) === true) continue;
      last = key;
      if (value !== null) yield { key, value };
    }
  }

  return {
    commit: refuse,
    remove: refuse,
    async get(key) {
      for await (const { value } of pairs({ from: key, to: key })) return value;
      return undefined;
    },
    range: (range) => pages(pairs(range), range.limit ?? -1),
    sizeBytes: refuse,
    totalBytes: refuse,
    compact: refuse,
    close: () => files.close(),
  };
}

interface Source {
  /** The key that comes first in the direction of the range. */
  readonly nearest: Buffer;
  open(): Promise<Iterable<Write>>;
}

/** All writes in the order of keys, of one key the newest first. Sources are opened when their keys come. */
async function* merge(
  recent: readonly Write[],
  sources: readonly Source[],
  reverse: boolean,
): AsyncIterable<Write> {
  const inOrder = (one: Buffer, other: Buffer): number => (reverse ? other.compare(one) : one.compare(other));
  const waiting = sources.toSorted((one, other) => inOrder(one.nearest, other.nearest));
  const open: { head: Write; readonly rest: Iterator<Write> }[] = [];
  const begin = (writes: Iterable<Write>): void => {
    const rest = newestOfEach(writes)[Symbol.iterator]();
    const first = rest.next();
    if (first.done !== true) open.push({ head: first.value, rest });
  };
  begin(recent);
  for (;;) {
    const next = open.reduce<(typeof open)[number] | undefined>((best, one) => {
      if (best === undefined) return one;
      const order = inOrder(one.head.key, best.head.key);
      return order < 0 || (order === 0 && one.head.number > best.head.number) ? one : best;
    }, undefined);
    const [source] = waiting;
    if (source !== undefined && (next === undefined || inOrder(source.nearest, next.head.key) <= 0)) {
      waiting.shift();
      begin(await source.open());
      continue;
    }
    if (next === undefined) return;
    yield next.head;
    const following = next.rest.next();
    if (following.done === true) open.splice(open.indexOf(next), 1);
    else next.head = following.value;
  }
}

/** Of writes whose equal keys follow each other: the newest of each key. */
function* newestOfEach(writes: Iterable<Write>): Iterable<Write> {
  let held: Write | undefined;
  for (const write of writes) {
    if (held !== undefined && !held.key.equals(write.key)) yield held;
    const isNewer = held === undefined || !held.key.equals(write.key) || write.number > held.number;
    if (isNewer) held = write;
  }
  if (held !== undefined) yield held;
}

/** What the write-ahead files hold, in the order of keys. Broken records were counted as damage before. */
function newestWrites(writeAhead: readonly Buffer[]): readonly Write[] {
  const newest = new Map<string, Write>();
  for (const file of writeAhead)
    for (const record of recordsOf(file))
      for (const write of writesOfRecord(record)) newest.set(write.key.toString('latin1'), write);
  return [...newest.values()].sort((one, other) => one.key.compare(other.key));
}

function* tableWrites(name: string, content: Buffer, range: KeyRange): Iterable<Write> {
  try {
    yield* writesIn(content, range);
  } catch (error) {
    if (error instanceof RangeError)
      throw new Error(`Corruption: ${name} is damaged: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The first table that is not as it was written. */
export async function tableDamageIn({ tables }: OpenFiles): Promise<LogDamage | undefined> {
  for (const table of tables) {
    const { size } = await table.file.stat();
    const damage =
      size === table.sizeBytes
        ? tableDamage(await readWhole(table))
        : `its size is not ${table.sizeBytes} bytes`;
    if (damage !== undefined) return new LogDamage(0, `${table.name} is damaged: ${damage}`);
  }
  return undefined;
}

async function readWhole({ file, name, sizeBytes }: OpenTable): Promise<Buffer> {
  const content = Buffer.allocUnsafeSlow(sizeBytes);
  for (let at = 0; at < sizeBytes;) {
    const { bytesRead } = await file.read(content, at, sizeBytes - at, at);
    if (bytesRead === 0) throw new Error(`Corruption: ${name} ends at byte ${at} of ${sizeBytes}`);
    at += bytesRead;
  }
  return content;
}

const overlaps = ({ from, to }: KeyRange, smallest: Buffer, largest: Buffer): boolean =>
  smallest.compare(to) <= 0 && largest.compare(from) >= 0;

async function* pages(pairs: AsyncIterable<Pair>, limit: number): AsyncIterable<readonly Pair[]> {
  let page: Pair[] = [];
  let sizeBytes = 0;
  let count = 0;
  if (limit === 0) return;
  for await (const pair of pairs) {
    page.push(pair);
    sizeBytes += pair.key.length + pair.value.length;
    count += 1;
    if (count === limit) break;
    if (page.length < PAGE_PAIRS && sizeBytes < PAGE_BYTES) continue;
    yield page;
    page = [];
    sizeBytes = 0;
  }
  if (page.length > 0) yield page;
}

async function refuse(): Promise<never> {
  throw new Error('Cannot write to an event log that was opened to be read');
}
