/**
 * An item as the table holds it. Nearly all items are at rest, where the three entries say the same thing: of those one
 * text is kept instead of three objects and their texts, which is less than half. Reading an entry makes it anew; setting
 * one brings all three back.
 */
import type { DriveItemId, ItemId, LocalId, Seq } from '@tidemark/contracts';
import { agreementOf, sameSynced } from './base.ts';
import type {
  Agreed,
  Item,
  ItemEntries,
  Last,
  LocalEntry,
  RemoteEntry,
  StoredItem,
  SyncedEntry,
} from './item.ts';
import { emptyHash, isAtRest } from './item.ts';

export class CompactItem implements Item {
  readonly id: ItemId;
  /** At rest: what the indexes hold anyway, so that each of these texts is in memory once. */
  private ofRemote: RemoteEntry | DriveItemId | null = null;
  private ofLocal: LocalEntry | LocalId | null = null;
  private ofSynced: SyncedEntry | RestingText | null = null;
  private name: string | null = null;

  constructor(id: ItemId) {
    this.id = id;
  }

  get remote(): RemoteEntry | null {
    return typeof this.ofRemote === 'string' ? this.entries().remote : this.ofRemote;
  }
  set remote(entry: RemoteEntry | null) {
    this.bringBack();
    this.ofRemote = entry;
  }

  get local(): LocalEntry | null {
    return typeof this.ofLocal === 'string' ? this.entries().local : this.ofLocal;
  }
  set local(entry: LocalEntry | null) {
    this.bringBack();
    this.ofLocal = entry;
  }

  get synced(): SyncedEntry | null {
    return typeof this.ofSynced === 'string' ? this.entries().synced : this.ofSynced;
  }
  set synced(entry: SyncedEntry | null) {
    this.bringBack();
    this.ofSynced = entry;
  }

  get isResting(): boolean {
    return typeof this.ofSynced === 'string';
  }

  /** Takes the small form if the entries can be told from it. */
  rest(): void {
    if (this.isResting || !isAtRest(this)) return;
    const { remote, local } = this;
    const text = restingText(this);
    if (text === null) return;
    this.ofRemote = remote.id;
    this.ofLocal = local.id;
    this.ofSynced = text;
    this.name = remote.name;
  }

  stored(last: Last): StoredItem {
    const { id, remote, local, synced, ofRemote, ofLocal, ofSynced, name } = this;
    if (typeof ofRemote !== 'string' || typeof ofLocal !== 'string' || typeof ofSynced !== 'string')
      return { id, remote, local, synced, last };
    return [id, ofRemote, ofLocal, name ?? '', ofSynced];
  }

  private bringBack(): void {
    if (!this.isResting) return;
    const { remote, local, synced } = this.entries();
    this.ofRemote = remote;
    this.ofLocal = local;
    this.ofSynced = synced;
    this.name = null;
  }

  private entries(): Agreed {
    const { ofRemote, ofLocal, ofSynced, name } = this;
    if (typeof ofRemote !== 'string' || typeof ofLocal !== 'string' || typeof ofSynced !== 'string')
      throw new Error(`Item ${this.id} is not at rest`);
    return restingEntries(ofSynced, { remoteId: ofRemote, localId: ofLocal, name: name ?? '' });
  }
}

/** What an item showed that was stored. */
export function storedEntries(stored: StoredItem): ItemEntries & { readonly last?: Last } {
  if (!('length' in stored)) return stored;
  const [id, remoteId, localId, name, text] = stored;
  return { id, ...restingEntries(text, { remoteId, localId, name }) };
}

/** JSON of `Facts`. */
type RestingText = string;

type Facts = readonly [
  parent: ItemId,
  isFolder: 0 | 1,
  sizeBytes: number,
  modifiedAt: number,
  hash: StoredHash,
  localHash: StoredHash | SameHash,
  eTag: string,
  cTag: string | null,
  stamp: string,
  seqs: readonly [remote: Seq, local: Seq, synced: Seq],
];

/** `empty`: that of a file without bytes, whose text all such files share. */
type StoredHash = string | null | typeof empty;
type SameHash = typeof same;
const empty = 0;
const same = 1;

/** Null when the entries differ in more than what the text says: documents that the service rewrote, for example. */
function restingText({ remote, local, synced }: Agreed): RestingText | null {
  const { parent, kind, sizeBytes, hash, modifiedAt, eTag, cTag } = remote;
  const isTold =
    local.sizeBytes === sizeBytes &&
    local.modifiedAt === modifiedAt &&
    sameSynced(agreementOf(remote, local, synced.seq), synced);
  if (!isTold) return null;
  const facts: Facts = [
    parent,
    kind === 'folder' ? 1 : 0,
    sizeBytes,
    modifiedAt,
    storedHash(hash),
    local.hash === hash ? same : storedHash(local.hash),
    eTag,
    cTag,
    local.stamp,
    [remote.seq, local.seq, synced.seq],
  ];
  return JSON.stringify(facts);
}

function restingEntries(
  text: RestingText,
  { remoteId, localId, name }: { remoteId: DriveItemId; localId: LocalId; name: string },
): Agreed {
  const facts = JSON.parse(text) as Facts;
  const [parent, isFolder, sizeBytes, modifiedAt, remoteHash, localHash, eTag, cTag, stamp, seqs] = facts;
  const kind = isFolder === 1 ? 'folder' : 'file';
  const hash = hashFrom(remoteHash);
  const [seq, localSeq, syncedSeq] = seqs;
  const remote: RemoteEntry = {
    id: remoteId,
    parent,
    name,
    kind,
    sizeBytes,
    hash,
    modifiedAt,
    eTag,
    cTag,
    seq,
  };
  const local: LocalEntry = {
    ...{ id: localId, parent, name, kind, sizeBytes },
    hash: localHash === same ? hash : hashFrom(localHash),
    ...{ modifiedAt, stamp, seq: localSeq },
  };
  return { remote, local, synced: agreementOf(remote, local, syncedSeq) };
}

const storedHash = (hash: string | null): StoredHash => (hash === emptyHash ? empty : hash);
const hashFrom = (stored: StoredHash): string | null => (stored === empty ? emptyHash : stored);
