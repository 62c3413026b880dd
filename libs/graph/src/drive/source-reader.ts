/** Reads a source in pieces for requests, hashing each byte once, and reopening it when a piece has to be sent again. */
import { Failure, type ByteSource } from '@tidemark/contracts';
import { createQuickXorHash } from '@tidemark/quickxor';

export interface SourceReader {
  /** Exactly these bytes, copied: the source may reuse its chunks. Throws Failure `changedMeanwhile`. */
  stream(from: number, to: number, progress?: (doneBytes: number) => void): AsyncIterable<Uint8Array>;
  gather(from: number, to: number): Promise<Uint8Array>;
  /** Hash of the whole content; reads what was not read yet. */
  hash(): Promise<string>;
  close(): Promise<void>;
}

export function createSourceReader(source: ByteSource, action: string): SourceReader {
  const hash = createQuickXorHash();
  let hashedBytes = 0;
  let open: { readonly iterator: AsyncIterator<Uint8Array>; position: number } | null = null;
  let rest: Uint8Array | null = null;

  async function close(): Promise<void> {
    const { iterator } = open ?? {};
    open = null;
    rest = null;
    await iterator?.return?.();
  }

  /** The next bytes from `position`, at most `count`. They stay valid until the next pull. */
  async function pull(position: number, count: number): Promise<Uint8Array> {
    if (open === null || open.position !== position) {
      await close();
      open = { iterator: source.open(position)[Symbol.asyncIterator](), position };
    }
    let chunk = rest;
    rest = null;
    while (chunk === null || chunk.length === 0) {
      const next = await open.iterator.next();
      if (next.done === true) {
        throw new Failure({
          code: 'changedMeanwhile',
          detail: `${action}: the file became shorter while it was read`,
        });
      }
      chunk = next.value;
    }
    if (chunk.length > count) {
      rest = chunk.subarray(count);
      chunk = chunk.subarray(0, count);
    }
    if (position <= hashedBytes && position + chunk.length > hashedBytes) {
      hash.update(position === hashedBytes ? chunk : chunk.subarray(hashedBytes - position));
      hashedBytes = position + chunk.length;
    }
    open.position = position + chunk.length;
    return chunk;
  }

  async function hashUpTo(to: number): Promise<void> {
    while (hashedBytes < to) await pull(hashedBytes, to - hashedBytes);
  }

  return {
    stream: async function* (from, to, progress) {
      await hashUpTo(from);
      for (let position = from; position < to;) {
        const chunk = await pull(position, to - position);
        position += chunk.length;
        yield Buffer.from(chunk);
        progress?.(position);
      }
    },
    gather: async (from, to) => {
      await hashUpTo(from);
      const bytes = Buffer.allocUnsafe(to - from);
      for (let position = from; position < to;) {
        const chunk = await pull(position, to - position);
        bytes.set(chunk, position - from);
        position += chunk.length;
      }
      return bytes;
    },
    hash: async () => {
      await hashUpTo(source.sizeBytes);
      return hash.digest();
    },
    close,
  };
}
