/**
 * Agreement: when both sides show the same thing, that becomes the synced entry. This is a pure consequence of what was
 * observed, so no command marks anything as done: an upload is done because the drive shows the bytes that the disk has.
 */
import type { Seq } from '@tidemark/contracts';
import type { Item, LocalEntry, Place, RemoteEntry, SyncedEntry } from './item.ts';
import { contentBetween, localContent, remoteContent, remoteTagOf, samePlace } from './item.ts';

/** Updates `item.synced` from what both sides show. Place, content and time agree or disagree independently. */
export function agree(item: Item, seq: Seq): void {
  compare(item, seq);
  item.rest();
}

function compare(item: Item, seq: Seq): void {
  const { remote, local, synced } = item;
  if (remote === null || local === null || remote.kind !== local.kind) return;
  const placeAgrees = samePlace(remote, local);
  const contentAgrees =
    contentBetween(remote, local) === 'same' ||
    (synced !== null && localContent(local, synced) === 'same' && remoteContent(remote, synced) === 'same');
  if (synced === null) {
    if (placeAgrees && contentAgrees) item.synced = agreementOf(remote, local, seq);
    return;
  }
  const place = placeAgrees ? remote : synced;
  const next: SyncedEntry = contentAgrees
    ? {
        ...agreementOf(remote, local, seq),
        parent: place.parent,
        name: place.name,
        modifiedAt: agreedTime(remote, local, synced),
      }
    : { ...synced, parent: place.parent, name: place.name };
  if (!sameSynced(next, synced)) item.synced = { ...next, seq };
}

/** The handler knows what comparison cannot: these bytes are that version, although the service reports another hash. */
export function declareAgreed(item: Item, seq: Seq): void {
  if (item.remote !== null && item.local !== null) item.synced = agreementOf(item.remote, item.local, seq);
}

/** The drive's version is kept elsewhere, or was the disk's: it becomes the base, and whatever the disk shows follows it. */
export function acceptRemoteAsBase(item: Item, seq: Seq): void {
  const { remote } = item;
  if (remote !== null) acceptVersionAsBase(item, remote, remote, seq);
}

/** The same with a version that the drive had; `at`: where it was, if nothing was agreed about the place yet. */
export function acceptVersionAsBase(item: Item, version: DriveVersion, at: Place, seq: Seq): void {
  if (version.kind === 'opaque') return;
  const { parent, name } = item.synced ?? at;
  item.synced = {
    parent,
    name,
    kind: version.kind,
    sizeBytes: version.sizeBytes,
    hash: version.hash,
    remoteHash: version.hash,
    remoteTag: remoteTagOf(version),
    stamp: '',
    modifiedAt: version.modifiedAt,
    seq,
  };
}

/** One side has followed the other to this place. Whatever either shows by now came later. */
export function acceptPlaceAsBase(item: Item, { parent, name }: Place, seq: Seq): void {
  const { synced } = item;
  if (synced === null || (synced.parent === parent && synced.name === name)) return;
  item.synced = { ...synced, parent, name, seq };
  agree(item, seq);
}

type DriveVersion = Pick<RemoteEntry, 'kind' | 'sizeBytes' | 'hash' | 'modifiedAt' | 'eTag' | 'cTag'>;

/** What is agreed when both sides show the same. */
export function agreementOf(remote: RemoteEntry, local: LocalEntry, seq: Seq): SyncedEntry {
  return {
    parent: remote.parent,
    name: remote.name,
    kind: local.kind,
    sizeBytes: local.sizeBytes,
    hash: local.hash ?? remote.hash,
    remoteHash: remote.hash,
    remoteTag: remoteTagOf(remote),
    stamp: local.stamp,
    // The older of two times is the base: the newer one then reads as the change.
    modifiedAt: Math.min(remote.modifiedAt, local.modifiedAt),
    seq,
  };
}

function agreedTime(remote: RemoteEntry, local: LocalEntry, synced: SyncedEntry): number {
  return remote.modifiedAt === local.modifiedAt ? remote.modifiedAt : synced.modifiedAt;
}

export function sameSynced(a: SyncedEntry, b: SyncedEntry): boolean {
  return (
    a.parent === b.parent &&
    a.name === b.name &&
    a.sizeBytes === b.sizeBytes &&
    a.hash === b.hash &&
    a.remoteHash === b.remoteHash &&
    a.remoteTag === b.remoteTag &&
    a.stamp === b.stamp &&
    a.modifiedAt === b.modifiedAt
  );
}
