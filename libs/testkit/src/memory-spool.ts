/** A spool in memory. What is complete outlives the one who wrote it; what is not is as if it had never been begun. */
import type { Spool, SpooledFile } from '@tidemark/contracts';

export interface MemorySpool extends Spool {
  /** Keys of what is complete. */
  keys(): readonly string[];
}

export function createMemorySpool(): MemorySpool {
  const files = new Map<string, { readonly bytes: Uint8Array; readonly note: string }>();
  const fileOf = (key: string, bytes: Uint8Array, note: string): SpooledFile => ({
    sizeBytes: bytes.byteLength,
    note,
    async *open(offset) {
      yield bytes.slice(offset);
    },
    async discard() {
      if (files.get(key)?.bytes === bytes) files.delete(key);
    },
  });
  return {
    keys: () => [...files.keys()],
    async find(key) {
      const found = files.get(key);
      return found === undefined ? null : fileOf(key, found.bytes, found.note);
    },
    async create(key) {
      const chunks: Uint8Array[] = [];
      return {
        async write(chunk) {
          chunks.push(chunk.slice());
        },
        async finish(note) {
          const bytes = new Uint8Array(Buffer.concat(chunks));
          files.set(key, { bytes, note });
          return fileOf(key, bytes, note);
        },
        discard: async () => undefined,
      };
    },
  };
}
