/** Names of kept versions, as the peer forms them: `STEM-HOST-safeBackup-0001.EXT`. Source: its client-architecture notes. */
import type { KeptName } from '@tidemark/contracts';
import { cutStem, splitName } from '@tidemark/contracts';

/** A name that already carries this host's tag gets its counter raised instead of a second tag. */
export function keptName(name: string, hostName: string): KeptName {
  const { stem, suffix } = splitName(name);
  const tag = `-${hostName}-safeBackup-`;
  const at = stem.lastIndexOf(tag);
  const counter = at > 0 ? stem.slice(at + tag.length) : '';
  if (at > 0 && /^\d{4}$/.test(counter))
    return { prefix: stem.slice(0, at) + tag, suffix, from: Number(counter) + 1 };
  return { prefix: cutStem(stem, `${tag}0001${suffix}`) + tag, suffix, from: 1 };
}
