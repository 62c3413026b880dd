/**
 * The merge base: what both sides last agreed on. Only this module writes `item.synced`. Mostly the base follows from what
 * both sides show; a finished command knows more, and names the version and the place that both sides had.
 */
import type { Kind, Seq } from '@tidemark/contracts';
import type { ContentMatch, Item, LocalEntry, Place, RemoteEntry, SyncedEntry } from './item.ts';
import { contentBetween, hashOnDrive, localContent, remoteContent, remoteTagOf, samePlace } from './item.ts';

/** Updates `item.synced` from what both sides show. Place, content and time agree or disagree independently. */
export function agree(item: Item, seq: Seq): void {
  compare(item, seq);
  item.rest();
}

/** The agreement is over: what either side shows from now on is new. Which bytes are the same content stays known. */
export function end(item: Item): void {
  const { synced } = item;
  if (synced === null) return;
  item.match = matchOf(synced) ?? item.match;
  setBase(item, null);
}

/** Null when equal bytes were agreed on, which are found to be equal without it. */
function matchOf({ kind, hash, remoteHash, sizeBytes }: SyncedEntry): ContentMatch | null {
  const isMatch = kind === 'file' && hash !== null && remoteHash !== null && hash !== remoteHash;
  return isMatch ? { remoteHash, hash, sizeBytes } : null;
}

/** The base as a snapshot kept it, or as the caller knows it. */
export function setBase(item: { synced: SyncedEntry | null }, base: SyncedEntry | null): void {
  item.synced = base;
}

function compare(item: Item, seq: Seq): void {
  const { remote, local, synced } = item;
  if (remote === null || local === null || remote.kind !== local.kind) return;
  const placeAgrees = samePlace(remote, local);
  const contentAgrees =
    contentBetween(remote, local, item.match) === 'same' ||
    (synced !== null && localContent(local, synced) === 'same' && remoteContent(remote, synced) === 'same');
  if (synced === null) {
    if (placeAgrees && contentAgrees) setBase(item, agreementOf(remote, local, seq));
    return;
  }
  const { parent, name } = placeAgrees ? remote : synced;
  const agreed = contentAgrees
    ? { ...agreementOf(remote, withAgreedHash(local, synced), seq), ...agreedTimes(remote, local, synced) }
    : synced;
  const next = { ...agreed, parent, name };
  if (!sameSynced(next, synced)) setBase(item, { ...next, seq });
}

/** What both sides had in common for a moment, in the figures of a finished command. */
export interface Common {
  readonly version: DriveVersion | null;
  /** What the disk has of that version; null when the disk has moved on from it. */
  readonly local: LocalEntry | null;
  readonly place: Place | null;
  readonly times: Times | null;
}

type Times = Pick<SyncedEntry, 'modifiedAt' | 'localModifiedAt'>;

interface DriveVersion extends Pick<RemoteEntry, 'sizeBytes' | 'hash' | 'modifiedAt' | 'eTag'> {
  readonly kind: Kind;
  readonly cTag?: string | null;
}

/** A command establishes the base. Whatever either side shows by now came later, and is a change of it. */
export function establish(item: Item, { version, local, place, times }: Common, seq: Seq): void {
  const { remote, synced } = item;
  const at = place ?? synced ?? remote ?? item.local;
  if (at === null) return;
  let base = synced;
  if (version !== null) {
    const { eTag, cTag = null } = remote?.eTag === version.eTag ? remote : version;
    const { parent, name } = at;
    const onDisk = local ?? { ...version, ...matching(item.match, version), stamp: '' };
    base = agreementOf({ ...version, eTag, cTag, parent, name }, onDisk, seq);
  }
  if (base === null) return;
  const next = { ...base, parent: at.parent, name: at.name, ...times };
  if (synced === null || !sameSynced(next, synced)) setBase(item, { ...next, seq });
  agree(item, seq);
}

/** What the disk has or had of that version, if those are other bytes. */
const matching = (
  match: ContentMatch | null,
  { hash }: DriveVersion,
): Pick<LocalEntry, 'hash' | 'sizeBytes'> | null =>
  match !== null && match.remoteHash === hash ? { hash: match.hash, sizeBytes: match.sizeBytes } : null;

/** What is agreed when both sides show the same. */
export function agreementOf(
  remote: Omit<RemoteEntry, 'id' | 'kind' | 'seq'>,
  local: Pick<LocalEntry, 'kind' | 'sizeBytes' | 'hash' | 'stamp' | 'modifiedAt'>,
  seq: Seq,
): SyncedEntry {
  // The older of two times is the base of both: the newer one then reads as the change.
  const modifiedAt = Math.min(remote.modifiedAt, local.modifiedAt);
  return {
    parent: remote.parent,
    name: remote.name,
    kind: local.kind,
    sizeBytes: local.sizeBytes,
    hash: local.hash ?? remote.hash,
    remoteHash: local.kind === 'file' ? hashOnDrive(remote) : null,
    remoteTag: remoteTagOf(remote),
    stamp: local.stamp,
    modifiedAt,
    localModifiedAt: modifiedAt,
    seq,
  };
}

/** Unchanged bytes that were not read again have the hash that they had. The drive's is no stand-in where it holds others. */
const withAgreedHash = (local: LocalEntry, synced: SyncedEntry): LocalEntry =>
  local.hash === null && localContent(local, synced) === 'same' ? { ...local, hash: synced.hash } : local;

/** A difference that stays is one that a side made of the time that it was given: it would make the same of it again. */
function agreedTimes(
  { modifiedAt }: RemoteEntry,
  { modifiedAt: localModifiedAt }: LocalEntry,
  synced: SyncedEntry,
): Times {
  if (modifiedAt === localModifiedAt) return { modifiedAt, localModifiedAt };
  return { modifiedAt: synced.modifiedAt, localModifiedAt: synced.localModifiedAt };
}

export function sameSynced(a: SyncedEntry, b: SyncedEntry): boolean {
  return (
    a.parent === b.parent &&
    a.name === b.name &&
    a.kind === b.kind &&
    a.sizeBytes === b.sizeBytes &&
    a.hash === b.hash &&
    a.remoteHash === b.remoteHash &&
    a.remoteTag === b.remoteTag &&
    a.stamp === b.stamp &&
    a.modifiedAt === b.modifiedAt &&
    a.localModifiedAt === b.localModifiedAt
  );
}
