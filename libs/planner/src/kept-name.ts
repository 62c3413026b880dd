/** Names of kept versions, as the peer forms them: `STEM-HOST-safeBackup-0001.EXT`. Source: its client-architecture notes. */
import type { ItemId, KeptName } from '@tidemark/contracts';
import type { LocalEntry, SyncedEntry, Trees } from '@tidemark/trees';
import { isAtRest, itemOf } from '@tidemark/trees';
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
 * only: the disk alone would take one that the drive cannot hold beside another. `hash`: of the bytes to be kept; a file that has
 * them under such a name, and is at rest, serves as well. The disk compares the bytes before it relies on that.
 */
export function freeKeptNames(
  { trees, policy }: PlanningView,
  folder: ItemId,
  name: string,
  hash: string | null = null,
): KeptName {
  const kept = keptName(name, policy.hostName);
  for (let from = kept.from; ; from++) {
    const next = keptNameAt(kept, from);
    if (next === null || isFree(trees, folder, next) || isKeptAlready(trees, folder, next, hash))
      return { ...kept, from };
  }
}

/** Is the file of that name at rest, with that content? */
export function isKeptAlready(
  trees: Trees,
  folder: ItemId,
  name: string | null,
  hash: string | null,
): boolean {
  const kept = name === null || hash === null ? null : restingAt(trees, folder, name);
  return kept !== null && (kept.local.hash ?? kept.synced.hash) === hash;
}

interface Kept {
  readonly local: LocalEntry;
  readonly synced: SyncedEntry;
}

function restingAt(trees: Trees, folder: ItemId, name: string): Kept | null {
  const [id, ...others] = trees.names.local.holders(folder, name);
  const item = id === undefined || others.length > 0 ? null : itemOf(trees, id);
  return item !== null && item.local?.name === name && isAtRest(item) ? item : null;
}

/** May one of the versions that were kept of that name be the very one that is to be kept now? Its size says so. */
export function mayBeKept({ trees, policy }: PlanningView, { parent, name, sizeBytes }: LocalEntry): boolean {
  const kept = keptName(name, policy.hostName);
  for (let from = kept.from; ; from++) {
    const next = keptNameAt(kept, from);
    if (next === null || isFree(trees, parent, next)) return false;
    if (restingAt(trees, parent, next)?.local.sizeBytes === sizeBytes) return true;
  }
}

/** The first of them; null when all are taken. */
export function freeKeptName(view: PlanningView, folder: ItemId, name: string): string | null {
  const kept = freeKeptNames(view, folder, name);
  return keptNameAt(kept, kept.from);
}

const isFree = ({ names }: Trees, folder: ItemId, name: string): boolean =>
  [names.local, names.remote].every((side) => side.holders(folder, name).length === 0);
