/**
 * Deletions. A delete needs positive evidence from the other side and an unchanged item on this one (I-8); whatever changed
 * meanwhile wins over the deletion (I-9). On the drive a folder goes with one call once everything in it may go; on disk
 * children go first, so that a folder with something unexpected in it stays; a link goes by itself, and what it leads to stays.
 */
import type { ItemId } from '@tidemark/contracts';
import { linkStamp } from '@tidemark/contracts';
import type { Item, LocalEntry, RemoteEntry, SyncedEntry } from '@tidemark/trees';
import { itemOf, localContent, pathOf } from '@tidemark/trees';
import { readLocal } from './read-local.ts';
import { bringDown, bringUp } from './create.ts';
import { deletable, losesNameOnDisk, mayDelete, sinceAgreed } from './deletable.ts';
import { foldersAbove, missingAt } from './folders-above.ts';
import { keepAside } from './keep-aside.ts';
import { goesUnagreed, isSpared, leftWhereItIs } from './one-truth.ts';
import type { Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, mayWrite, rest, waitFor } from './view.ts';

/** R, no L: deleted on disk, or never to stay on the drive alone. */
export function deleteRemote(view: PlanningView, item: Item, remote: RemoteEntry): Decision {
  if (!mayDelete(view.policy, 'remote')) return rest;
  const parent = itemOf(view.trees, remote.parent);
  if (item.synced === null) {
    if (isSpared(view, item, 'remote')) return rest;
    // Where a mount is away nothing tells what the disk has.
    const missing = parent.local === null ? null : missingAt(view, parent);
    if (missing !== null) return waitFor(missing);
  }
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const judged = deletable(view, item, 'remote');
  if (judged.type === 'pinned' || judged.type === 'undecided') return waitFor(judged.waitsFor);
  if (judged.type === 'stays')
    return bringDown(view, item, remote, remote.kind === 'folder' ? survivorsInside : changedOnDrive);
  // The folder above goes as a whole: its one call covers this item. A drive that refuses that (something in it is on hold)
  // gets what is in it first, and the folder once it is empty.
  const isPiecemeal = view.policy.deletesForGood === true;
  if (
    !isPiecemeal &&
    !view.refused(parent.id) &&
    (parent.synced !== null || goesUnagreed(view.policy, parent, 'remote')) &&
    parent.local === null &&
    parent.remote !== null &&
    deletable(view, parent, 'remote').type === 'goes'
  )
    return waitFor(parent.id);
  // What another client puts into the folder meanwhile must not go with it where it cannot come back.
  const inside = isPiecemeal ? lastOf(view.trees.names.remote.children(item.id)) : null;
  if (inside !== null) return waitFor(inside);
  if (view.held('deletionsOnDrive', item.id)) return waitFor('deletionsOnDrive');
  return act({
    type: 'DeleteRemote',
    ...about(item, pathOf(view.trees, item, 'remote') ?? remote.name, whyGone(item.synced, remote)),
    establishes: ['gone'],
    driveItemId: remote.id,
    ifMatch: remote.eTag,
    itemCount: judged.count,
  });
}

function whyGone(synced: SyncedEntry | null, { kind }: RemoteEntry): Why {
  if (synced !== null) return { rule: 'local-deleted', differs: 'local gone, remote=synced' };
  const rule = kind === 'folder' ? 'folder-only-on-drive' : 'file-only-on-drive';
  return { rule, differs: 'remote, no local' };
}

/** L, no R: deleted on the drive, or never to stay on disk alone. */
export function deleteLocal(view: PlanningView, item: Item, local: LocalEntry): Decision {
  if (!mayWrite(view.policy, 'local'))
    return bringUp(view, item, local, { ...changedOnDisk, differs: 'remote gone, upload only' });
  if (!mayDelete(view.policy, 'local')) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  const losesName = losesNameOnDisk(view.policy, item);
  const isLeftover = goesUnagreed(view.policy, item, 'local') && sinceAgreed(item, 'local') === 'changed';
  if (isLeftover && isSpared(view, item, 'local')) return leftWhereItIs(view, item) ?? rest;
  if (losesName && !view.policy.bypassPreservation) return keepAside(view, item, local);
  if (isLeftover && local.seq > view.cleansUpTo) return waitFor('cleanup');
  if (!isLeftover && item.synced !== null && localContent(local, item.synced) === 'unknown')
    return readLocal(view, item, 'remote gone, local hash unknown');
  const judged = deletable(view, item, 'local');
  const isLinked = local.stamp === linkStamp;
  if (judged.type === 'pinned' && !isLinked) return waitFor(judged.waitsFor);
  if (judged.type === 'stays')
    return bringUp(view, item, local, local.kind === 'folder' ? survivorsInside : changedOnDisk);
  const link = linkAbove(view, item);
  if (link !== null) return waitFor(link);
  const last = isLinked ? null : lastOf(view.trees.names.local.children(item.id));
  if (last !== null) return waitFor(last);
  if (judged.type === 'undecided') return waitFor(judged.waitsFor);
  if (view.held('deletionsOnDisk', item.id)) return waitFor('deletionsOnDisk');
  return act({
    type: 'DeleteLocal',
    ...about(item, path, losesName ? unpreserved : isLeftover ? onlyOnDisk : goneFromDrive),
    establishes: ['gone'],
    kind: local.kind,
    expected: expectedLocal(local),
  });
}

const goneFromDrive: Why = { rule: 'remote-deleted', differs: 'remote gone, local=synced' };
const unpreserved: Why = { rule: 'conflict-replaced', differs: 'remote gone, local≠synced' };
const onlyOnDisk: Why = { rule: 'only-on-disk', differs: 'local, no remote' };
const survivorsInside: Why = { rule: 'holds-survivors', differs: 'something below survives' };
const changedOnDrive: Why = { rule: 'remote-edit-beats-local-delete', differs: 'local gone, remote≠synced' };
const changedOnDisk: Why = { rule: 'local-edit-beats-remote-delete', differs: 'remote gone, local≠synced' };

/** A folder above that a link leads to, and whose link goes. */
function linkAbove(view: PlanningView, item: Item): ItemId | null {
  for (const id of foldersAbove(view.trees, item, 'local')) {
    const above = itemOf(view.trees, id);
    if (above.remote !== null || above.local === null) return null;
    if (above.local.stamp !== linkStamp) continue;
    if (deletable(view, above, 'local').type !== 'stays') return id;
  }
  return null;
}

/** The plan takes items lowest first: a folder that waits for its highest one is judged once, not after each of them. */
function lastOf(items: Iterable<ItemId>): ItemId | null {
  let last: ItemId | null = null;
  for (const item of items) if (last === null || item > last) last = item;
  return last;
}
