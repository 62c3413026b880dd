/** Names of kept versions, as the peer forms them: `STEM-HOST-safeBackup-0001.EXT`. Source: its client-architecture notes. */
import type { KeptName } from '@tidemark/contracts';

/** What ext4, XFS, btrfs and most others take for a name. */
const nameBytesMax = 255;
/** What is longer is no extension. */
const suffixBytesMax = 64;

/** In UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The beginning of the stem that leaves room for what comes behind it, cut between two characters. */
function cutStem(stem: string, behind: string): string {
  let room = nameBytesMax - bytesOf(behind);
  let cut = '';
  for (const character of stem) {
    room -= bytesOf(character);
    if (room < 0) break;
    cut += character;
  }
  return cut;
}

/** A name that already carries this host's tag gets its counter raised instead of a second tag. */
export function keptName(name: string, hostName: string): KeptName {
  const last = name.lastIndexOf('.');
  const dot = bytesOf(name.slice(last)) > suffixBytesMax ? -1 : last;
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const suffix = dot > 0 ? name.slice(dot) : '';
  const tag = `-${hostName}-safeBackup-`;
  const at = stem.lastIndexOf(tag);
  const counter = at > 0 ? stem.slice(at + tag.length) : '';
  if (at > 0 && /^\d{4}$/.test(counter))
    return { prefix: stem.slice(0, at) + tag, suffix, from: Number(counter) + 1 };
  return { prefix: cutStem(stem, `${tag}0001${suffix}`) + tag, suffix, from: 1 };
}
