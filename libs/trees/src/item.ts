/**
 * An item and its three entries: what the drive shows, what the disk shows, what both last agreed on. The third is the
 * merge base; it alone tells "new here" from "deleted there".
 */
import type { DriveItemId, ItemId, LocalId, LocalRow, RemoteRow, Seq } from '@tidemark/contracts';
import { isSameStamp } from '@tidemark/contracts';

export type Side = 'remote' | 'local';
export const otherSide = (side: Side): Side => (side === 'remote' ? 'local' : 'remote');

export interface ItemEntries {
  readonly id: ItemId;
  remote: RemoteEntry | null;
  local: LocalEntry | null;
  synced: SyncedEntry | null;
}

/** Different bytes that are the same content: a plugin or the service made one of the other. True whatever becomes of the agreement. */
export interface ContentMatch {
  /** Of the bytes on the drive. */
  readonly remoteHash: string;
  /** Of those on disk. */
  readonly hash: string;
  readonly sizeBytes: number;
}

export interface Item extends ItemEntries {
  /** Written by `base.ts` alone. */
  readonly synced: SyncedEntry | null;
  /** What is known of its content beside the agreement: what was agreed before that ended, or what a command was about to bring. */
  match: ContentMatch | null;
  /** Found at rest, and kept in the small form since. */
  readonly isResting: boolean;
  /** Takes the small form if it is at rest. What it shows stays the same. */
  rest(): void;
  /** As it is kept in a snapshot. */
  stored(last: Last): StoredItem;
}

/** Small when it is at rest: the ids of both sides, the name, and a text with the rest. */
export type StoredItem =
  RestingItem | (ItemEntries & { readonly last?: Last; readonly match?: ContentMatch });
export type RestingItem = readonly [
  id: ItemId,
  remote: DriveItemId,
  local: LocalId,
  name: string,
  text: string,
];

/** What a side showed last, when the item is gone from it. */
export interface Last {
  readonly remote: Pick<RemoteEntry, 'id'> | null;
  readonly local: LocalEntry | null;
}

export interface Place {
  /** The item of the folder that holds it. The root is its own parent. */
  readonly parent: ItemId;
  readonly name: string;
}

interface Placed extends Place {
  /** The event that last set this entry. */
  readonly seq: Seq;
}

/** Of a remote entry with an `oddity`: it is never at rest. */
export interface RemoteEntry extends Placed, Omit<RemoteRow, 'parentId'> {}

export interface LocalEntry extends Placed, Omit<LocalRow, 'parentId'> {}

/** `hash`: of the bytes on disk. `modifiedAt`: on the drive. */
export interface SyncedEntry extends Placed, Omit<LocalRow, 'parentId' | 'id'> {
  /** Hash the drive reports for them; differs where the service rewrites documents. */
  readonly remoteHash: string | null;
  /** The drive's content version: its cTag, else its eTag. */
  readonly remoteTag: string;
  /** On disk. Another time than the drive's where one of the two does not keep the time that it was given. */
  readonly localModifiedAt: number;
}

/** `unknown`: only the bytes can tell. */
export type ContentState = 'same' | 'changed' | 'unknown';

/** Has the local content changed since the agreement? Size and times may only say "look closer"; the hash decides. */
export function localContent(local: LocalEntry, synced: SyncedEntry): ContentState {
  if (local.kind === 'folder') return 'same';
  if (isSameStamp(local.stamp, synced.stamp)) return 'same';
  if (local.hash !== null) return local.hash === synced.hash ? 'same' : 'changed';
  if (local.sizeBytes !== synced.sizeBytes) return 'changed';
  return local.sizeBytes === 0 ? 'same' : 'unknown';
}

/** Has the content on the drive changed since the agreement? A missing hash is unknown, never "changed", unless the version moved on. */
export function remoteContent(remote: RemoteEntry, synced: SyncedEntry): ContentState {
  if (remote.kind !== 'file') return 'same';
  const hash = hashOnDrive(remote);
  if (hash !== null && synced.remoteHash !== null) return hash === synced.remoteHash ? 'same' : 'changed';
  // A tag proves less than a hash: a drive that was put back to an earlier state gives its tags again, to other content.
  const isOtherSize = synced.hash === synced.remoteHash && remote.sizeBytes !== synced.sizeBytes;
  if (remoteTagOf(remote) === synced.remoteTag && !isOtherSize) return 'same';
  if (remote.sizeBytes === 0 && synced.sizeBytes === 0) return 'same';
  return 'changed';
}

/** As far as it is known. Some drives tell none of a file without bytes, and any other content has another one. */
export const hashOnDrive = ({ hash, sizeBytes }: Pick<RemoteEntry, 'hash' | 'sizeBytes'>): string | null =>
  hash ?? (sizeBytes === 0 ? emptyHash : null);

/** Do both sides hold the same content, whatever was agreed before? Equal bytes do, and those that match. */
export function contentBetween(
  remote: RemoteEntry,
  local: LocalEntry,
  match: ContentMatch | null,
): ContentState {
  if (remote.kind !== local.kind) return 'changed';
  if (remote.kind === 'folder') return 'same';
  if (match !== null && remote.hash === match.remoteHash && local.sizeBytes === match.sizeBytes) {
    if (local.hash === match.hash) return 'same';
    if (local.hash === null) return 'unknown';
  }
  if (remote.sizeBytes !== local.sizeBytes) return 'changed';
  if (remote.sizeBytes === 0) return 'same';
  if (remote.hash !== null && local.hash !== null) return remote.hash === local.hash ? 'same' : 'changed';
  return 'unknown';
}

/** Both show one time, or each shows the one that was agreed for it. */
export const sameTime = (remote: RemoteEntry, local: LocalEntry, synced: SyncedEntry | null): boolean =>
  remote.modifiedAt === local.modifiedAt ||
  (synced !== null && remote.modifiedAt === synced.modifiedAt && local.modifiedAt === synced.localModifiedAt);

export const samePlace = (a: Place, b: Place): boolean => a.parent === b.parent && a.name === b.name;

export const remoteTagOf = (remote: Pick<RemoteEntry, 'cTag' | 'eTag'>): string => remote.cTag ?? remote.eTag;

/** The text itself, as the very value that is kept already if there is one: what both sides say takes memory once. */
export const shared = (text: string, kept: string | null | undefined): string =>
  text === kept ? kept : text;

/** QuickXorHash of nothing, which every empty file has. */
export const emptyHash = 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=';

/** All three entries are there. */
export interface Agreed {
  readonly remote: RemoteEntry;
  readonly local: LocalEntry;
  readonly synced: SyncedEntry;
}

/** At rest: the three entries agree. Such an item costs the planner nothing. */
export function isAtRest(item: Item): item is Item & Agreed {
  if (item.isResting) return true;
  const { remote, local, synced } = item;
  if (remote === null || local === null || synced === null || remote.oddity !== undefined) return false;
  if (remote.kind !== local.kind || !samePlace(remote, local) || !samePlace(local, synced)) return false;
  if (remote.kind === 'folder') return true;
  return (
    localContent(local, synced) === 'same' &&
    remoteContent(remote, synced) === 'same' &&
    sameTime(remote, local, synced)
  );
}
