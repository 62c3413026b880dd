const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 base64 with padding, as Graph writes hashes. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const group = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    const missing = Math.max(0, index + 3 - bytes.length);
    for (let digit = 0; digit < 4 - missing; digit += 1) text += ALPHABET[(group >> (18 - 6 * digit)) & 63];
    text += '='.repeat(missing);
  }
  return text;
}
