/** Bytes through one plugin, as streams: nothing is held but what the plugin holds. */
import type { ContentFigures } from '@tidemark/contracts';
import { Failure, failureGuide } from '@tidemark/contracts';
import type { Bytes, GivenBytes } from '@tidemark/plugin-sdk';
import { throwIfStopping } from '@tidemark/plugin-sdk';
import { createFigures } from './content-figures.ts';
import { messageOf } from './fault.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';

export interface Through {
  readonly plugin: string;
  readonly path: string;
  readonly doing: 'upload' | 'download';
  /** Chunks may be used again by their reader after the next pull. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** Calls code of the plugin. */
  readonly run: LoadedPlugin['run'];
  /** Given what was read, when all of it was. */
  readonly told?: (figures: ContentFigures) => void;
}

/**
 * Throws what `bytes` throws as it is, whatever the plugin makes of that; of anything else Failure `contentFailed`. A plugin that does
 * not read to the end has failed: what it made is no version of the file; and so has one that makes so much of little that it would fill the
 * disk.
 */
export async function* throughPlugin(
  through: Through,
  make: (given: GivenBytes) => Bytes | Promise<Bytes>,
): AsyncGenerator<Uint8Array> {
  const { run } = through;
  const given = givenTo(through);
  let isWhole = false;
  let madeBytes = 0;
  try {
    for await (const chunk of pulledBy(run, await run(() => make(given.stream)))) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError('it gave something that is no Uint8Array');
      madeBytes += chunk.byteLength;
      if (madeBytes > madeBytesMax(given.readBytes()))
        throw new Error(`it made more than ${madeBytesMax(given.readBytes())} bytes of ${given.readBytes()}`);
      yield chunk;
    }
    if (given.failure() !== null) throw given.failure();
    if (!given.isRead()) throw new Error('it did not read all of the file');
    isWhole = true;
  } catch (error) {
    throw failureOf(error, through, given.failure());
  } finally {
    if (!isWhole) await given.end();
  }
}

/** The plugin makes each piece when it is asked for. */
const pulledBy = (run: Through['run'], bytes: Bytes): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => {
    const iterator = run(() => iteratorOf(bytes));
    return {
      next: async () => run(() => iterator.next()),
      return: async () => (await run(() => iterator.return?.())) ?? { done: true, value: undefined },
    };
  },
});

/** Lists of chunks will do, too. Throws TypeError. */
function iteratorOf(bytes: Bytes | Iterable<Uint8Array>): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  if (typeof bytes === 'object' && bytes !== null) {
    if (Symbol.asyncIterator in bytes) return bytes[Symbol.asyncIterator]();
    if (Symbol.iterator in bytes) return bytes[Symbol.iterator]();
  }
  throw new TypeError('it gave no stream');
}

/** What is packed well unpacks to a thousand times as much. What never ends, or was packed to do harm, goes on from there. */
const madeBytesMax = (readBytes: number): number => 1024 ** 3 + 4096 * readBytes;

interface Given {
  readonly stream: GivenBytes;
  /** So far. */
  readBytes(): number;
  isRead(): boolean;
  /** What the bytes themselves failed with. */
  failure(): unknown;
  end(): Promise<void>;
}

function givenTo({ bytes, signal, told }: Through): Given {
  const reader = bytes[Symbol.asyncIterator]();
  const read = createFigures();
  let readBytes = 0;
  let isRead = false;
  let isEnded = false;
  let failure: unknown = null;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          throwIfStopping(signal);
          const next = await reader.next();
          if (next.done === true) {
            isRead = true;
            told?.(read.figures());
            controller.close();
            return;
          }
          read.add(next.value);
          readBytes += next.value.byteLength;
          controller.enqueue(new Uint8Array(next.value));
        } catch (error) {
          failure = error;
          controller.error(error);
        }
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    readBytes: () => readBytes,
    isRead: () => isRead,
    failure: () => failure,
    async end() {
      if (isEnded || isRead) return;
      isEnded = true;
      await reader.return?.();
    },
  };
}

function failureOf(error: unknown, { plugin, path, doing }: Through, ofBytes: unknown): unknown {
  if (ofBytes !== null) return ofBytes;
  // What the host lends to it may have failed. No file may end the run.
  if (error instanceof Failure && failureGuide[error.code].retry !== 'stop') return error;
  const detail = `Cannot ${doing} "${path}": plugin "${plugin}" could not change its content: ${messageOf(error)}`;
  return new Failure({ code: 'contentFailed', detail }, { cause: error });
}
