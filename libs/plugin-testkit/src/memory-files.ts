/** Files of a plugin in memory, by whole path. */
import { Failure } from '@tidemark/contracts';
import type { Files } from '@tidemark/plugin-sdk';

export function createMemoryFiles(kept: Map<string, Uint8Array>, folder: string): Files {
  const place = (path: string): string => {
    if (path.split('/').every((name) => !['', '.', '..'].includes(name))) return `${folder}/${path}`;
    throw new Failure({ code: 'invalidRequest', detail: `Cannot keep "${path}": it is no path of a file` });
  };
  return {
    async list() {
      return [...kept]
        .filter(([path]) => path.startsWith(`${folder}/`))
        .map(([path, { length }]) => ({ path: path.slice(folder.length + 1), sizeBytes: length }));
    },
    async write(path, content) {
      const chunks: Uint8Array[] = [];
      // The reader may use a chunk again.
      for await (const chunk of content) chunks.push(Uint8Array.from(chunk));
      kept.set(place(path), Buffer.concat(chunks));
    },
    async remove(path) {
      kept.delete(place(path));
    },
  };
}
