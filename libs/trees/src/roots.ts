/** The root of the sync folder and of the drive. */
import type { DriveItemId, LocalId, Seq } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { agreementOf, setBase } from './base.ts';
import type { Trees } from './trees.ts';
import { itemOf, setLocal, setRemote } from './trees.ts';
import { loseIdentity } from './weak-identity.ts';

/** The root of both sides is one item, and always agreed. */
export function setRoots(trees: Trees, remoteId: DriveItemId, localRoot: LocalId, at: Seq): void {
  const root = itemOf(trees, rootItem);
  const holder = trees.byLocalId.get(localRoot);
  // The number of the folder was another item's: the file system gave it away, or that folder is the root now.
  if (holder !== undefined && holder !== rootItem) loseIdentity(trees, itemOf(trees, holder), at);
  const place = {
    parent: rootItem,
    name: '',
    kind: 'folder' as const,
    sizeBytes: 0,
    hash: null,
    modifiedAt: 0,
    seq: at,
  };
  const remote = { ...place, id: remoteId, eTag: '', cTag: null };
  const local = { ...place, id: localRoot, stamp: '' };
  setRemote(trees, root, remote);
  setLocal(trees, root, local);
  setBase(root, agreementOf(remote, local, at));
}
