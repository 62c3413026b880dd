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
import { isAtRest } from './item.ts';

export class CompactItem implements Item {
  readonly id: ItemId;
  /** At rest: what the indexes hold anyway, so that each of these texts is in memory once. */
  private ofRemote: RemoteEntry | DriveItemId | null = null;
  private ofLocal: LocalEntry | LocalId | null = null;
  private ofSynced: SyncedEntry | RestingText | null = null;
  private name = '';

  constructor(id: ItemId) {
    this.id = id;
  }

  get remote(): RemoteEntry | null {
    return typeof this.ofRemote === 'string' ? storedEntries(this.form()).remote : this.ofRemote;
  }
  set remote(remote: RemoteEntry | null) {
    this.show({ ...storedEntries(this.form()), remote });
  }

  get local(): LocalEntry | null {
    return typeof this.ofLocal === 'string' ? storedEntries(this.form()).local : this.ofLocal;
  }
  set local(local: LocalEntry | null) {
    this.show({ ...storedEntries(this.form()), local });
  }

  get synced(): SyncedEntry | null {
    return typeof this.ofSynced === 'string' ? storedEntries(this.form()).synced : this.ofSynced;
  }
  set synced(synced: SyncedEntry | null) {
    this.show({ ...storedEntries(this.form()), synced });
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
    const form = this.form();
    return 'length' in form ? form : { ...form, last };
  }

  private show({ remote, local, synced }: ItemEntries): void {
    this.ofRemote = remote;
    this.ofLocal = local;
    this.ofSynced = synced;
    this.name = '';
  }

  private form(): StoredItem {
    const { id, ofRemote, ofLocal, ofSynced, name } = this;
    return typeof ofRemote === 'string' && typeof ofLocal === 'string' && typeof ofSynced === 'string'
      ? [id, ofRemote, ofLocal, name, ofSynced]
      : { id, remote: this.remote, local: this.local, synced: this.synced };
  }
}

/** JSON of `Facts`. */
type RestingText = string;

type Facts = readonly [
  parent: ItemId,
  isFolder: 0 | 1,
  sizeBytes: number,
  modifiedAt: number,
  hash: string | null,
  localHash: string | null | typeof same,
  eTag: string,
  cTag: string | null,
  stamp: string,
  seqs: readonly [remote: Seq, local: Seq, synced: Seq],
];

/** As the hash of the drive. */
const same = 1;

/** Null when the entries differ in more than what the text says: documents that the service rewrote, for example. */
function restingText({ remote, local, synced }: Agreed): RestingText | null {
  const { parent, kind, sizeBytes, hash, modifiedAt, eTag, cTag } = remote;
  const isTold =
    local.sizeBytes === sizeBytes &&
    local.modifiedAt === modifiedAt &&
    sameSynced(agreementOf(remote, local, synced.seq), synced);
  if (!isTold) return null;
  const localHash = local.hash === hash ? same : local.hash;
  const seqs = [remote.seq, local.seq, synced.seq] as const;
  const isFolder = kind === 'folder' ? 1 : 0;
  const { stamp } = local;
  const facts: Facts = [parent, isFolder, sizeBytes, modifiedAt, hash, localHash, eTag, cTag, stamp, seqs];
  return JSON.stringify(facts);
}

/** What an item showed that was stored. */
export function storedEntries(stored: StoredItem): ItemEntries & { readonly last?: Last } {
  if (!('length' in stored)) return stored;
  const [id, remoteId, localId, name, text] = stored;
  const facts = JSON.parse(text) as Facts;
  const [parent, isFolder, sizeBytes, modifiedAt, hash, localHash, eTag, cTag, stamp, seqs] = facts;
  const shown = { parent, name, kind: isFolder === 1 ? 'folder' : 'file', sizeBytes, modifiedAt } as const;
  const remote = { ...shown, id: remoteId, hash, eTag, cTag, seq: seqs[0] };
  const local = { ...shown, id: localId, hash: localHash === same ? hash : localHash, stamp, seq: seqs[1] };
  return { id, remote, local, synced: agreementOf(remote, local, seqs[2]) };
}
