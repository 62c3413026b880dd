/** Bytes as they come, and as they are wanted. */

/** Every file comes in pieces, of whatever size; the memory of one is used again for the next, as a reader of files does. */
export async function* inPieces(bytes: Uint8Array, pieceBytes = 16_384): AsyncIterable<Uint8Array> {
  const buffer = new Uint8Array(Math.min(pieceBytes, bytes.length));
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

export async function wholeOf(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece.slice());
  return new Uint8Array(Buffer.concat(pieces));
}
