/** Reads the body of a request into one piece, and not a byte more than allowed. */
import type { IncomingMessage } from 'node:http';

const firstBytes = 4 * 1024;

/**
 * null: the other side went away in the middle. Pieces are copied together as they come: a body in chunks of one byte would
 * otherwise cost a hundred times its size.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Uint8Array | 'tooLarge' | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.allocUnsafe(Math.min(firstBytes, bytesMax));
    let size = 0;
    const finish = (result: Uint8Array | 'tooLarge' | null): void => {
      request.pause();
      request.off('data', take);
      resolve(result);
    };
    const take = (chunk: Buffer): void => {
      const needed = size + chunk.length;
      if (needed > bytesMax) return finish('tooLarge');
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafe(Math.min(bytesMax, Math.max(needed, bytes.length * 2)));
        bytes.copy(larger, 0, 0, size);
        bytes = larger;
      }
      chunk.copy(bytes, size);
      size = needed;
    };
    request.on('data', take);
    request.once('end', () => finish(bytes.subarray(0, size)));
    request.once('close', () => finish(null));
    request.once('error', () => finish(null));
  });
}
