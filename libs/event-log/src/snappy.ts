/**
 * Decompresses one Snappy block (google/snappy, format_description.txt): the length, then literals and copies of what
 * was put out before. Throws RangeError for bytes that are none.
 */
export function decompressSnappy(input: Buffer): Buffer {
  const { value: length, next } = varintAt(input, 0);
  const output = Buffer.alloc(length);
  let from = next;
  let to = 0;
  while (from < input.length) {
    const tag = input.readUInt8(from++);
    if ((tag & 3) === 0) {
      const extra = Math.max((tag >>> 2) - 59, 0);
      const size = (extra === 0 ? tag >>> 2 : input.readUIntLE(from, extra)) + 1;
      from += extra;
      if (from + size > input.length || to + size > length) throw new RangeError('literal too long');
      to += input.copy(output, to, from, (from += size));
      continue;
    }
    const { size, distance, bytes } = copyAt(input, from, tag);
    from += bytes;
    if (distance < 1 || distance > to || to + size > length) throw new RangeError('copy from nowhere');
    // Byte by byte, since a copy may reach into what it is just writing.
    for (const end = to + size; to < end; to += 1) output[to] = output.readUInt8(to - distance);
  }
  if (to !== length) throw new RangeError('too short');
  return output;
}

function copyAt(input: Buffer, at: number, tag: number): { size: number; distance: number; bytes: number } {
  if ((tag & 3) === 1) {
    return { size: 4 + ((tag >>> 2) & 7), distance: ((tag >>> 5) << 8) | input.readUInt8(at), bytes: 1 };
  }
  const bytes = (tag & 3) === 2 ? 2 : 4;
  return { size: 1 + (tag >>> 2), distance: input.readUIntLE(at, bytes), bytes };
}

/** Seven bits a byte, lowest first. Throws RangeError at the end of the bytes. */
export function varintAt(bytes: Buffer, offset: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let scale = 1;
  for (let at = offset; at < offset + 8; at += 1) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + 1 };
    scale *= 128;
  }
  throw new RangeError('number too long');
}
