/** What every plugin that changes content owes: one suite for all of them. */
import type { Spool } from '@tidemark/contracts';
import { completePlugin } from '@tidemark/plugin-host';
import type { AnyPlugin } from '@tidemark/plugin-sdk';
import type { ContentChange } from '@tidemark/plugin-sdk/unstable';
import { createMemorySpool, createSeededRandom } from '@tidemark/testkit';
import { inPieces, wholeOf } from './bytes.ts';
import { startIn } from './run-plugin.ts';
import { createWorld } from './world.ts';

export interface ContentCheck {
  readonly title: string;
  /** Rejects with an Error that says what the plugin did instead. */
  check(): Promise<void>;
}

export interface ContentExpectations {
  /** A path whose files it changes. Default `a.txt`. */
  readonly path?: string;
  /** It finds damage: what was cut off or altered on the drive fails. Plugins without a checksum cannot. */
  readonly findsDamage?: boolean;
}

/**
 * Checks for any test runner.
 *
 * @example
 * for (const { title, check } of contentConformance(plugin, { findsDamage: true })) test(title, check);
 */
export function contentConformance(
  plugin: AnyPlugin,
  { path = 'a.txt', findsDamage = false }: ContentExpectations = {},
  config: object = {},
): readonly ContentCheck[] {
  const trial =
    (work: (change: ContentChange) => Promise<void>, spool?: Spool) => async (): Promise<void> => {
      const run = await startIn(createWorld(), completePlugin(plugin, config), config, spool);
      try {
        const change = run.content.of(path);
        if (change === null) throw new Error(`It leaves files at "${path}" as they are`);
        await work(change);
      } finally {
        await run.stop();
      }
    };
  return [
    ...[...samples].map(([name, bytes]) => ({
      title: `${name} comes back as it was, in pieces of any size`,
      check: trial((change) => comesBack(change, path, bytes())),
    })),
    {
      title: 'a file that cannot be read to its end fails with what kept it',
      check: trial((change) => failsWithTheSource(change, path)),
    },
    {
      title: 'it ends when nobody wants the rest, and reads no more',
      check: trial((change) => endsWithItsReader(change, path)),
    },
    {
      title: `it holds at most ${heldBytesMax / mebibyte} MiB of a large file, on its way down`,
      check: trial((change) => holdsLittle(change, path)),
    },
    {
      title: `it holds at most ${heldBytesMax / mebibyte} MiB of a large file, on its way up`,
      check: async () => {
        const slow = createSlowSpool();
        await trial((change) => holdsLittleUp(change, path, slow), slow.spool)();
      },
    },
    ...(findsDamage
      ? [
          {
            title: 'what was cut off or altered fails',
            check: trial((change) => refusesDamage(change, path)),
          },
        ]
      : []),
  ];
}

const mebibyte = 1024 * 1024;
const heldBytesMax = mebibyte;
const largeBytes = 4 * mebibyte;

const random = (count: number): Uint8Array => createSeededRandom(count).bytes(count);

/** No compression makes it smaller: what repeats is too far apart. */
function large(): Uint8Array {
  const block = random(65_536);
  const bytes = new Uint8Array(largeBytes);
  for (let at = 0; at < largeBytes; at += block.length) bytes.set(block, at);
  return bytes;
}

const samples = new Map<string, () => Uint8Array>([
  ['an empty file', () => new Uint8Array()],
  ['one byte', () => Uint8Array.of(0)],
  ['a text', () => new TextEncoder().encode('The same words again. '.repeat(50))],
  ['a file of 65,536 bytes', () => random(65_536)],
  ['a file of 300,001 bytes', () => random(300_001)],
]);

async function upOf(
  change: ContentChange,
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const changed = await change.up(path, null, () => bytes);
  const made = await wholeOf(changed.open(0));
  await changed.discard();
  return made;
}

async function comesBack(change: ContentChange, path: string, bytes: Uint8Array): Promise<void> {
  for (const pieceBytes of [bytes.length < 2_000 ? 1 : 4_097, 65_536, 1 + bytes.length]) {
    const made = await upOf(change, path, inPieces(bytes, pieceBytes));
    const back = await wholeOf(change.down(path, inPieces(made, made.length < 4_000 ? 1 : pieceBytes)));
    if (Buffer.compare(back, bytes) !== 0)
      throw new Error(`${bytes.length} bytes came back as ${back.length} others, in pieces of ${pieceBytes}`);
  }
}

async function failsWithTheSource(change: ContentChange, path: string): Promise<void> {
  const reason = new Error('the disk is away');
  async function* broken(bytes: Uint8Array): AsyncIterable<Uint8Array> {
    yield* inPieces(bytes.subarray(0, bytes.length / 2));
    throw reason;
  }
  const bytes = random(200_000);
  const made = await upOf(change, path, inPieces(bytes));
  for (const work of [
    () => upOf(change, path, broken(bytes)),
    () => wholeOf(change.down(path, broken(made))),
  ]) {
    const met = await work().then(
      () => 'it ended as if that were all',
      (error: unknown) => error,
    );
    if (met !== reason) throw new Error(`It did not fail with that: ${String(met)}`);
  }
}

/** Counts what is read of an endless row of pieces that came from `up`. */
function counted(
  bytes: Uint8Array,
  times: number,
): { readonly bytes: AsyncIterable<Uint8Array>; readBytes(): number } {
  let readBytes = 0;
  async function* read(): AsyncIterable<Uint8Array> {
    for (let time = 0; time < times; time += 1)
      for await (const piece of inPieces(bytes, 65_536)) {
        readBytes += piece.length;
        yield piece;
      }
  }
  return { bytes: read(), readBytes: () => readBytes };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

async function endsWithItsReader(change: ContentChange, path: string): Promise<void> {
  const made = await upOf(change, path, inPieces(large()));
  const source = counted(made, 1);
  for await (const _piece of change.down(path, source.bytes)) break;
  await turns(20);
  const before = source.readBytes();
  await turns(50);
  if (source.readBytes() > before) throw new Error('It went on reading');
}

async function holdsLittle(change: ContentChange, path: string): Promise<void> {
  const made = await upOf(change, path, inPieces(large()));
  const source = counted(made, 1);
  const pieces = change.down(path, source.bytes)[Symbol.asyncIterator]();
  let outBytes = 0;
  for (let step = 0; step < 4; step += 1) {
    const { value, done } = await pieces.next();
    await turns(50);
    const held = source.readBytes() - outBytes;
    if (held > heldBytesMax) throw new Error(`It had read ${held} bytes more than it had given out`);
    if (done !== true) outBytes += value.length;
  }
  await pieces.return?.();
}

/** Takes the next piece when it is told to. */
function createSlowSpool() {
  const memory = createMemorySpool();
  let writtenBytes = 0;
  let go: () => void = () => undefined;
  const spool: Spool = {
    ...memory,
    async create(key, path) {
      const writer = await memory.create(key, path);
      return {
        ...writer,
        async write(chunk) {
          await new Promise<void>((resolve) => (go = resolve));
          await writer.write(chunk);
          writtenBytes += chunk.length;
        },
      };
    },
  };
  return { spool, writtenBytes: () => writtenBytes, go: () => go() };
}

async function holdsLittleUp(
  change: ContentChange,
  path: string,
  slow: ReturnType<typeof createSlowSpool>,
): Promise<void> {
  const source = counted(large(), 1);
  let isOver = false;
  const made = change.up(path, null, () => source.bytes).finally(() => (isOver = true));
  while (!isOver) {
    await turns(3);
    const held = source.readBytes() - slow.writtenBytes();
    if (held > heldBytesMax) {
      while (!isOver) {
        slow.go();
        await turns(1);
      }
      throw new Error(`It had read ${held} bytes more than it had given out`);
    }
    slow.go();
  }
  await (await made).discard();
}

async function refusesDamage(change: ContentChange, path: string): Promise<void> {
  const made = await upOf(change, path, inPieces(random(200_000)));
  const damaged = new Map<string, Uint8Array>([
    ['the last byte cut off', made.subarray(0, -1)],
    ['the second half cut off', made.subarray(0, made.length / 2)],
    ['a byte more at the end', new Uint8Array(Buffer.concat([made, Uint8Array.of(0)]))],
    ['nothing left', new Uint8Array()],
  ]);
  for (const at of [30, made.length >> 1, made.length - 20]) {
    const altered = made.slice();
    altered[at] = (altered[at] ?? 0) ^ 1;
    damaged.set(`the byte at ${at} altered`, altered);
  }
  for (const [what, bytes] of damaged) {
    const back = await wholeOf(change.down(path, inPieces(bytes))).catch(() => null);
    if (back !== null) throw new Error(`With ${what} it gave ${back.length} bytes`);
  }
}
