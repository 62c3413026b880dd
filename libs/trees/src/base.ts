/**
 * The merge base: what both sides last agreed on. Only this module writes `item.synced`. Mostly the base follows from what
 * both sides show; a finished command knows more, and names the version and the place that both sides had.
 */
import type { Seq } from '@tidemark/contracts';
import type { Item, LocalEntry, Place, RemoteEntry, SyncedEntry } from './item.ts';
import { contentBetween, localContent, remoteContent, remoteTagOf, samePlace } from './item.ts';

/** Updates `item.synced` from what both sides show. Place, content and time agree or disagree independently. */
export function agree(item: Item, seq: Seq): void {
  compare(item, seq);
  item.rest();
}

/** The agreement is over: what either side shows from now on is new. */
export function end(item: Item): void {
  write(item, null);
}

/** The base as a snapshot kept it, or as the caller knows it. */
export function restoreBase(item: Item, base: SyncedEntry | null): void {
  write(item, base);
}

function compare(item: Item, seq: Seq): void {
  const { remote, local, synced } = item;
  if (remote === null || local === null || remote.kind !== local.kind) return;
  const placeAgrees = samePlace(remote, local);
  const contentAgrees =
    contentBetween(remote, local) === 'same' ||
    (synced !== null && localContent(local, synced) === 'same' && remoteContent(remote, synced) === 'same');
  if (synced === null) {
    if (placeAgrees && contentAgrees) write(item, agreementOf(remote, local, seq));
    return;
  }
  const place = placeAgrees ? remote : synced;
  const next: SyncedEntry = contentAgrees
    ? {
        ...agreementOf(remote, local, seq),
        parent: place.parent,
        name: place.name,
        ...agreedTimes(remote, local, synced),
      }
    : { ...synced, parent: place.parent, name: place.name };
  if (!sameSynced(next, synced)) write(item, { ...next, seq });
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
  write(item, {
    parent,
    name,
    kind: version.kind,
    sizeBytes: version.sizeBytes,
    hash: version.hash,
    remoteHash: version.hash,
    remoteTag: remoteTagOf(version),
    stamp: '',
    modifiedAt: version.modifiedAt,
    localModifiedAt: version.modifiedAt,
    seq,
  });
}

/** One side has followed the other to this place. Whatever either shows by now came later. */
export function acceptPlaceAsBase(item: Item, { parent, name }: Place, seq: Seq): void {
  const { synced } = item;
  if (synced === null || (synced.parent === parent && synced.name === name)) return;
  write(item, { ...synced, parent, name, seq });
  agree(item, seq);
}

/** The bytes on disk were checked against this version of the drive, wherever either side has it by now. */
export function acceptDiskAsBase(
  item: Item,
  remoteTag: string,
  remoteHash: string | null,
  remoteModifiedAt: number,
  seq: Seq,
  agreedPlace?: Place,
): void {
  const { local, synced } = item;
  if (local === null) return;
  const place = synced ?? agreedPlace ?? item.remote ?? local;
  const modifiedAt = Math.min(local.modifiedAt, remoteModifiedAt);
  write(item, {
    parent: place.parent,
    name: place.name,
    kind: local.kind,
    sizeBytes: local.sizeBytes,
    hash: local.hash ?? remoteHash,
    remoteHash,
    remoteTag,
    stamp: local.stamp,
    modifiedAt,
    localModifiedAt: modifiedAt,
    seq,
  });
  agree(item, seq);
}

/**
 * A time was handed from one side to the other, and these two are what came of it. They stay as they are, even if they differ:
 * a service or a file system that does not keep a time would answer the same again.
 */
export function acceptTimesAsBase(
  item: Item,
  { modifiedAt, localModifiedAt }: Pick<SyncedEntry, 'modifiedAt' | 'localModifiedAt'>,
  seq: Seq,
): void {
  const { synced } = item;
  if (synced === null) return;
  if (synced.modifiedAt === modifiedAt && synced.localModifiedAt === localModifiedAt) return;
  write(item, { ...synced, modifiedAt, localModifiedAt, seq });
  item.rest();
}

type DriveVersion = Pick<RemoteEntry, 'kind' | 'sizeBytes' | 'hash' | 'modifiedAt' | 'eTag' | 'cTag'>;

/** What is agreed when both sides show the same. */
export function agreementOf(remote: RemoteEntry, local: LocalEntry, seq: Seq): SyncedEntry {
  // The older of two times is the base of both: the newer one then reads as the change.
  const modifiedAt = Math.min(remote.modifiedAt, local.modifiedAt);
  return {
    parent: remote.parent,
    name: remote.name,
    kind: local.kind,
    sizeBytes: local.sizeBytes,
    hash: local.hash ?? remote.hash,
    remoteHash: remote.hash,
    remoteTag: remoteTagOf(remote),
    stamp: local.stamp,
    modifiedAt,
    localModifiedAt: modifiedAt,
    seq,
  };
}

function agreedTimes(
  remote: RemoteEntry,
  local: LocalEntry,
  synced: SyncedEntry,
): Pick<SyncedEntry, 'modifiedAt' | 'localModifiedAt'> {
  const isOne = remote.modifiedAt === local.modifiedAt;
  return {
    modifiedAt: isOne ? remote.modifiedAt : synced.modifiedAt,
    localModifiedAt: isOne ? local.modifiedAt : synced.localModifiedAt,
  };
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
    a.modifiedAt === b.modifiedAt &&
    a.localModifiedAt === b.localModifiedAt
  );
}

function write(item: { synced: SyncedEntry | null }, base: SyncedEntry | null): void {
  item.synced = base;
}
