/**
 * The stored form of one item: lists instead of names, and what follows from the entry before is left out. Almost every
 * item is at rest, so almost everything but the remote entry follows; read back, such entries also share their texts.
 */
import type { ItemId, Seq } from '@tidemark/contracts';
import type { ItemEntries, LocalEntry, RemoteEntry, SyncedEntry } from '@tidemark/trees';
import { agreementOf, emptyHash } from '@tidemark/trees';

export type StoredItem = readonly [
  ...[ItemId, StoredRemote | null, StoredLocal | null, StoredSynced | null],
  /** What the disk showed last, of an item that is gone from it. */ StoredLocal?,
];

type StoredRemote = readonly [
  ...[RemoteEntry['id'], ItemId, string, RemoteEntry['kind'], number, string | null, number],
  ...[string, string | null, Seq, string?],
];
/** What a file shows on both sides alike. */
type Shown = readonly [ItemId, string, LocalEntry['kind'], number, number];
/** `shown` is absent when it is that of the remote entry, `hash` is 0 when it is. */
type StoredLocal = readonly [LocalEntry['id'], string, Seq, string | null | 0, Shown?];
/** Only the seq when the rest is what both sides show. */
type StoredSynced = readonly [Seq, Omit<SyncedEntry, 'seq'>?];

export function storedItem({ id, remote, local, synced }: ItemEntries, last: LocalEntry | null): StoredItem {
  const stored = [
    id,
    remote === null ? null : storedRemote(remote),
    local === null ? null : storedLocal(local, remote),
    synced === null ? null : storedSynced(synced, remote, local),
  ] as const;
  return last === null ? stored : [...stored, storedLocal(last, remote)];
}

export function restoredItem([
  id,
  storedRemote,
  storedLocal,
  storedSynced,
  storedLast,
]: StoredItem): ItemEntries & {
  readonly last: LocalEntry | null;
} {
  const remote = storedRemote === null ? null : restoredRemote(storedRemote);
  const local = storedLocal === null ? null : restoredLocal(storedLocal, remote);
  const synced = storedSynced === null ? null : restoredSynced(storedSynced, remote, local);
  const last = storedLast === undefined ? null : restoredLocal(storedLast, remote);
  return { id, remote, local, synced, last };
}

function storedRemote(entry: RemoteEntry): StoredRemote {
  const { id, parent, name, kind, sizeBytes, hash, modifiedAt, eTag, cTag, seq, oddity } = entry;
  const stored = [id, parent, name, kind, sizeBytes, hash, modifiedAt, eTag, cTag, seq] as const;
  return oddity === undefined ? stored : [...stored, oddity];
}

function restoredRemote(stored: StoredRemote): RemoteEntry {
  const [id, parent, name, kind, sizeBytes, hash, modifiedAt, eTag, cTag, seq, oddity] = stored;
  const entry = { id, parent, name, kind, sizeBytes, hash, modifiedAt, eTag, cTag, seq };
  return oddity === undefined ? entry : { ...entry, oddity };
}

function storedLocal(entry: LocalEntry, remote: RemoteEntry | null): StoredLocal {
  const { id, stamp, seq, parent, name, kind, sizeBytes, modifiedAt } = entry;
  const hash = remote !== null && entry.hash !== null && entry.hash === remote.hash ? 0 : entry.hash;
  const isShown =
    remote !== null &&
    remote.parent === parent &&
    remote.name === name &&
    remote.kind === kind &&
    remote.sizeBytes === sizeBytes &&
    remote.modifiedAt === modifiedAt;
  return isShown
    ? [id, stamp, seq, hash]
    : [id, stamp, seq, hash, [parent, name, kind, sizeBytes, modifiedAt]];
}

function restoredLocal(stored: StoredLocal, remote: RemoteEntry | null): LocalEntry {
  const [id, stamp, seq, storedHash, shown] = stored;
  const hash = storedHash === 0 ? (remote?.hash ?? null) : storedHash === emptyHash ? emptyHash : storedHash;
  if (shown !== undefined) {
    const [parent, name, kind, sizeBytes, modifiedAt] = shown;
    return { id, parent, name, kind, sizeBytes, hash, modifiedAt, stamp, seq };
  }
  if (remote === null || remote.kind === 'opaque') throw new Error('A stored entry lacks what it shows');
  const { parent, name, kind, sizeBytes, modifiedAt } = remote;
  return { id, parent, name, kind, sizeBytes, hash, modifiedAt, stamp, seq };
}

function storedSynced(
  entry: SyncedEntry,
  remote: RemoteEntry | null,
  local: LocalEntry | null,
): StoredSynced {
  const { seq, ...rest } = entry;
  if (remote === null || local === null) return [seq, rest];
  const agreed = agreementOf(remote, local, seq);
  const follows =
    agreed.parent === entry.parent &&
    agreed.name === entry.name &&
    agreed.kind === entry.kind &&
    agreed.sizeBytes === entry.sizeBytes &&
    agreed.hash === entry.hash &&
    agreed.remoteHash === entry.remoteHash &&
    agreed.remoteTag === entry.remoteTag &&
    agreed.stamp === entry.stamp &&
    agreed.modifiedAt === entry.modifiedAt &&
    agreed.localModifiedAt === entry.localModifiedAt;
  return follows ? [seq] : [seq, rest];
}

function restoredSynced(
  [seq, rest]: StoredSynced,
  remote: RemoteEntry | null,
  local: LocalEntry | null,
): SyncedEntry {
  if (rest !== undefined) return { ...rest, seq };
  if (remote === null || local === null) throw new Error('A stored agreement lacks a side');
  return agreementOf(remote, local, seq);
}
