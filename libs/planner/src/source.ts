/**
 * `remove_source_files`: what is proven to be on the drive goes from the disk to the trash, and with `remove_source_folders` the
 * folders that this has emptied. The agreement about it ends with that, so that it is never missed: nothing deletes it on the drive.
 */
import type { Item, LocalEntry, RemoteEntry, SyncedEntry, Trees } from '@tidemark/trees';
import { contentBetween, itemOf, localContent, pathOf } from '@tidemark/trees';
import { readLocal } from './read-local.ts';
import type { Both, Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, rest, waitFor } from './view.ts';

/** Something on both sides, of which nothing is left to do. */
export function removeSource(view: PlanningView, both: Both, synced: SyncedEntry | null): Decision {
  const { removeSource: wanted } = view.policy;
  if (wanted === undefined || synced === null) return rest;
  if (!view.remoteKnown) return waitFor('remoteKnown');
  if (!view.localKnown) return waitFor('localKnown');
  const { item, remote, local } = both;
  if (remote.kind === 'folder' && local.kind === 'folder')
    return wanted === 'folders' && isEmptied(view, item, local) ? remove(view, both, emptied) : rest;
  const proof = bytesOnDrive(remote, local, synced);
  if (proof === 'unknown' && remote.hash !== null) return readLocal(view, item, 'local hash unknown');
  return proof === 'same' ? remove(view, both, uploaded) : rest;
}

const uploaded: Why = { rule: 'source-uploaded', differs: 'remote=local' };
const emptied: Why = { rule: 'source-emptied', differs: 'nothing left in it on disk' };

/** The very bytes, and nothing that the service or a plugin made of them. */
const bytesOnDrive = (remote: RemoteEntry, local: LocalEntry, synced: SyncedEntry) =>
  contentBetween(remote, { ...local, hash: local.hash ?? agreedHash(local, synced) }, null);

/** Of a file that was not read since, because its stamp is the one that was agreed on. */
const agreedHash = (local: LocalEntry, synced: SyncedEntry): string | null =>
  localContent(local, synced) === 'same' ? synced.hash : null;

/**
 * Nothing is left in it, and something that was seen in this very folder is on the drive alone now. A folder that a program makes to
 * put files into holds none of them yet; it is another one, even where it has the place of one that was removed.
 */
function isEmptied({ trees, oddities }: PlanningView, { id }: Item, { seq, stamp }: LocalEntry): boolean {
  if (stamp !== '' || !trees.names.local.isEmpty(id)) return false;
  const path = pathOf(trees, itemOf(trees, id), 'local');
  if (path === null || oddities.some((oddity) => oddity.path.startsWith(`${path}/`))) return false;
  return [...trees.names.remote.children(id)].some((child) => wasIn(trees, itemOf(trees, child), id, seq));
}

function wasIn({ gone }: Trees, child: Item, folder: Item['id'], seenAt: LocalEntry['seq']): boolean {
  const last = gone.local.last(child.id);
  return child.synced === null && last !== null && last.parent === folder && last.seq >= seenAt;
}

function remove(view: PlanningView, { item, local }: Both, why: Why): Decision {
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  return act({
    type: 'DeleteLocal',
    ...about(item, path, why),
    establishes: ['gone'],
    kind: local.kind,
    expected: expectedLocal(local),
  });
}
