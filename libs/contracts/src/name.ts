/** Names made from a name: what is added goes before the suffix, and what is too long is cut before it, never within a character. */

/** What ext4, XFS, btrfs and most others take for a name. */
const nameBytesMax = 255;
/** What is longer is no suffix. */
const suffixBytesMax = 64;

/** In UTF-8. */
export function bytesIn(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** `archive.tar` and `.gz`. A dot at the beginning starts no suffix. */
export function splitName(name: string): { readonly stem: string; readonly suffix: string } {
  const dot = name.lastIndexOf('.');
  if (dot <= 0 || bytesIn(name.slice(dot)) > suffixBytesMax) return { stem: name, suffix: '' };
  return { stem: name.slice(0, dot), suffix: name.slice(dot) };
}

/** The beginning of a stem that leaves room for what comes before and behind it, cut between two characters. */
export function cutStem(stem: string, around: string, bytesMax = nameBytesMax): string {
  let room = bytesMax - bytesIn(around);
  let cut = '';
  for (const character of stem) {
    room -= bytesIn(character);
    if (room < 0) break;
    cut += character;
  }
  return cut;
}
