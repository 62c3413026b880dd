/** Names of kept versions, as the peer forms them: `STEM-HOST-safeBackup-0001.EXT`. Source: its client-architecture notes. */
import type { ItemId, KeptName } from '@tidemark/contracts';
import { cutStem, keptNameAt, splitName } from '@tidemark/contracts';
import type { PlanningView } from './view.ts';

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

/** Was the file of that name kept on this host? */
export const isKeptName = (name: string, hostName: string): boolean => keptName(name, hostName).from > 1;

/**
 * The kept names of that name in a folder, from the first one on that is free on both sides, also of names that differ in case
 * only: the disk alone would take one that the drive cannot hold beside another.
 */
export function freeKeptNames({ trees, policy }: PlanningView, folder: ItemId, name: string): KeptName {
  const { local, remote } = trees.names;
  const kept = keptName(name, policy.hostName);
  for (let from = kept.from; ; from++) {
    const next = keptNameAt(kept, from);
    const isFree =
      next === null || [local, remote].every((names) => names.holders(folder, next).length === 0);
    if (isFree) return { ...kept, from };
  }
}

/** The first of them; null when all are taken. */
export function freeKeptName(view: PlanningView, folder: ItemId, name: string): string | null {
  const kept = freeKeptNames(view, folder, name);
  return keptNameAt(kept, kept.from);
}
