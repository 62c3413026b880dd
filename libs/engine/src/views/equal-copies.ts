/**
 * Conflicts that need no decision any more: the copy that was kept and the file beside it have become equal. Told from the state
 * alone, so that asking costs little; whether the log says that we kept the copy is for the caller to ask (`ConflictFinder`).
 */
import type { ItemId, LocalId, UserChangeOf } from '@tidemark/contracts';
import { isWeakId, isYoungStamp, splitName } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { isAtRest, pathOf } from '@tidemark/trees';
import type { State } from '../fold/state.ts';
import { isPaused, isSuspended } from '../fold/state.ts';

export interface EqualCopy {
  readonly keptId: LocalId;
  /** The item that has the name. */
  readonly named: ItemId;
  readonly change: UserChangeOf<'Remove'> & Required<Pick<UserChangeOf<'Remove'>, 'equalTo'>>;
}

/**
 * May copies go now at all? Not when only one side follows the other one, when only a part is synced, when nothing may be changed, and while
 * what both sides agreed on is in doubt.
 */
export function mayDropCopies(state: State): boolean {
  const { started, halted, uncompared } = state;
  if (started === null || halted !== null || uncompared.size > 0) return false;
  const { direction, filter } = started.policy;
  return direction === 'both' && filter.singleDirectory === null && !isPaused(state) && !isSuspended(state);
}

/** Items that have the name of a copy on disk. */
export function namedAsCopy({ trees, started }: State): ItemId[] {
  const tag = tagOf(started?.policy.hostName ?? '');
  const found: ItemId[] = [];
  for (const item of trees.items.values()) if (nameOf(item).includes(tag)) found.push(item.id);
  return found;
}

/** Does this one have it? */
export const isNamedAsCopy = ({ trees, started }: State, id: ItemId): boolean =>
  (trees.items.get(id)?.local?.name ?? '').includes(tagOf(started?.policy.hostName ?? ''));

/** Those of the items that are at rest, beside their file, with equal content on both sides, and nothing is under way about either. */
export function equalCopies(state: State, items: Iterable<ItemId>): EqualCopy[] {
  if (!mayDropCopies(state)) return [];
  const found: EqualCopy[] = [];
  for (const id of items) {
    const kept = settledFile(state, id);
    const named = kept === null ? null : settledFile(state, besideIt(state, kept.item));
    if (kept === null || named === null) continue;
    if (kept.hash !== named.hash || kept.sizeBytes !== named.sizeBytes) continue;
    const { path, expected, hash } = kept;
    const driveItemIds = [kept.driveItemId, named.driveItemId] as const;
    const driveHashes = [kept.driveHash, named.driveHash] as const;
    const equalTo = {
      ...{ path: named.path, expected: named.expected, hash, driveItemIds },
      ...(driveHashes.some((one) => one !== hash) && { driveHashes }),
    };
    found.push({
      ...{ keptId: expected.id, named: named.item.id },
      change: { type: 'Remove', path, kind: 'file', expected, equalTo },
    });
  }
  return found;
}

const tagOf = (hostName: string): string => `-${hostName}-safeBackup-`;

/** Without the cost of reading what an item at rest shows. */
function nameOf(item: Item): string {
  if (!item.isResting) return item.local?.name ?? '';
  const stored = item.stored({ remote: null, local: null });
  return 'length' in stored ? stored[3] : '';
}

/** The item in the same folder whose name the copy was made from. */
function besideIt({ trees, started }: State, { local }: Item): ItemId | null {
  if (local === null || started === null) return null;
  const { stem, suffix } = splitName(local.name);
  const at = stem.lastIndexOf(tagOf(started.policy.hostName));
  if (at <= 0 || !/-\d{4}$/.test(stem)) return null;
  const name = stem.slice(0, at) + suffix;
  const [holder, ...others] = trees.names.local.holders(local.parent, name);
  if (holder === undefined || others.length > 0) return null;
  return trees.items.get(holder)?.local?.name === name ? holder : null;
}

/** Null when its content is not proved to be the same on both sides, or anything is still to happen to it. */
function settledFile(state: State, id: ItemId | null) {
  const item = id === null ? undefined : state.trees.items.get(id);
  if (item === undefined || !isAtRest(item) || isUnderWay(state, item)) return null;
  const { local, remote, synced } = item;
  if (local.kind !== 'file' || local.hash === null || remote.hash === null) return null;
  // Other bytes on the drive are the same content where both sides agreed on these two.
  if (local.hash !== remote.hash && (local.hash !== synced.hash || remote.hash !== synced.remoteHash))
    return null;
  // Without a birth time the number may be another file's by now; what is mounted inside has its trash there.
  if (isWeakId(local.id) || local.id.includes(':') || isYoungStamp(local.stamp)) return null;
  const path = pathOf(state.trees, item, 'local');
  if (path === null) return null;
  const expected = { id: local.id, stamp: local.stamp };
  const { hash, sizeBytes } = local;
  return { item, path, expected, hash, sizeBytes, driveHash: remote.hash, driveItemId: remote.id };
}

function isUnderWay(state: State, { id, local, remote }: Item): boolean {
  return (
    state.inFlight.has(id) ||
    state.outOfScope.has(id) ||
    state.local.justGone.has(id) ||
    (local !== null && state.local.unseen.has(local.id)) ||
    (remote !== null && (state.remote.unseen.has(remote.id) || state.remote.readAgain.has(remote.id)))
  );
}
