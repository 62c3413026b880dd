/** Size and hash of bytes as they pass. */
import type { ContentFigures } from '@tidemark/contracts';
import { createQuickXorHash } from '@tidemark/quickxor';

export function createFigures(): { add(chunk: Uint8Array): void; figures(): ContentFigures } {
  const hash = createQuickXorHash();
  let sizeBytes = 0;
  return {
    add(chunk) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
    },
    figures: () => ({ sizeBytes, hash: hash.digest() }),
  };
}
