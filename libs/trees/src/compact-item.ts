/**
 * An item as the table holds it. Nearly all items are at rest, where the three entries say the same thing: of those one
 * text is kept instead of three objects and their texts, which is less than half. Reading an entry makes them anew, and they
 * are remembered for a while; setting one brings all three back.
 */
import type { DriveItemId, ItemId, LocalId, Seq } from '@tidemark/contracts';
import { itemId } from '@tidemark/contracts';
import { agreementOf, sameSynced } from './base.ts';
import type {
  Agreed,
  ContentMatch,
  Item,
  ItemEntries,
  Last,
  LocalEntry,
  RemoteEntry,
  RestingItem,
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
  /** Of very few items: not there unless it is set. */
  declare private ofMatch?: ContentMatch | null;

  constructor(id: ItemId) {
    this.id = id;
  }

  static resting([id, remote, local, name, text]: RestingItem): CompactItem {
    const item = new CompactItem(id);
    item.ofRemote = remote;
    item.ofLocal = local;
    item.ofSynced = text;
    item.name = name;
    return item;
  }

  get remote(): RemoteEntry | null {
    return typeof this.ofRemote === 'string' ? this.told().remote : this.ofRemote;
  }
  set remote(remote: RemoteEntry | null) {
    this.wake();
    this.ofRemote = remote;
  }

  get local(): LocalEntry | null {
    return typeof this.ofLocal === 'string' ? this.told().local : this.ofLocal;
  }
  set local(local: LocalEntry | null) {
    this.wake();
    this.ofLocal = local;
  }

  get synced(): SyncedEntry | null {
    return typeof this.ofSynced === 'string' ? this.told().synced : this.ofSynced;
  }
  set synced(synced: SyncedEntry | null) {
    this.wake();
    this.ofSynced = synced;
  }

  get match(): ContentMatch | null {
    return this.ofMatch ?? null;
  }
  set match(match: ContentMatch | null) {
    if (match !== this.match) this.ofMatch = match;
  }

  get isResting(): boolean {
    return typeof this.ofSynced === 'string';
  }

  /** Takes the small form if the entries can be told from it. The agreement says by itself what matches. */
  rest(): void {
    if (this.isResting || !isAtRest(this)) return;
    const { id, remote, local } = this;
    if (this.synced?.remoteHash != null) this.match = null;
    const facts = restingFacts(this);
    if (facts === null) return;
    this.ofRemote = remote.id;
    this.ofLocal = local.id;
    this.ofSynced = JSON.stringify(facts);
    this.name = remote.name;
    lately[slotOf(id)] = { of: this, entries: entriesOf(id, remote.id, local.id, remote.name, facts) };
  }

  stored(last: Last): StoredItem {
    const { id, ofRemote, ofLocal, ofSynced, name } = this;
    return typeof ofRemote === 'string' && typeof ofLocal === 'string' && typeof ofSynced === 'string'
      ? [id, ofRemote, ofLocal, name, ofSynced]
      : {
          ...{ id, remote: this.remote, local: this.local, synced: this.synced, last },
          ...(this.match !== null && { match: this.match }),
        };
  }

  private wake(): void {
    if (!this.isResting) return;
    const { remote, local, synced } = this.told();
    this.ofRemote = remote;
    this.ofLocal = local;
    this.ofSynced = synced;
    this.name = '';
  }

  /** Of an item at rest. */
  private told(): Entries {
    const { id, ofRemote, ofLocal, ofSynced, name } = this;
    const known = lately[slotOf(id)];
    if (known?.of === this) return known.entries;
    if (typeof ofRemote !== 'string' || typeof ofLocal !== 'string' || typeof ofSynced !== 'string')
      throw new Error(`Item ${id} is not at rest`);
    const entries = entriesOf(id, ofRemote, ofLocal, name, JSON.parse(ofSynced) as Facts);
    lately[slotOf(id)] = { of: this, entries };
    return entries;
  }
}

/** What items showed that were asked last: a fold asks the same few again and again. So many of all trees together. */
const lately: ({ readonly of: Item; readonly entries: Entries } | undefined)[] = [];
const slots = 1024;
const slotOf = (id: ItemId): number => id % slots;

type Entries = ItemEntries & Agreed;

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
  /** Absent: as on the drive. */
  localSizeBytes?: number,
];

/** As the hash of the drive. */
const same = 1;

/** Null when the entries differ in more than what the facts say. */
function restingFacts({ remote, local, synced }: Agreed): Facts | null {
  const { parent, kind, sizeBytes, hash, modifiedAt, eTag, cTag } = remote;
  const isTold =
    local.modifiedAt === modifiedAt && sameSynced(agreementOf(remote, local, synced.seq), synced);
  if (!isTold) return null;
  const localHash = local.hash === hash ? same : local.hash;
  const seqs = [remote.seq, local.seq, synced.seq] as const;
  const isFolder = kind === 'folder' ? 1 : 0;
  const { stamp } = local;
  const facts = [parent, isFolder, sizeBytes, modifiedAt, hash, localHash, eTag, cTag, stamp, seqs] as const;
  return local.sizeBytes === sizeBytes ? facts : [...facts, local.sizeBytes];
}

/** The folder of an item that was stored at rest, without the cost of reading all of its text. */
export const folderOf = ([, , , , text]: RestingItem): ItemId => itemId(Number.parseInt(text.slice(1), 10));

/** What an item showed that was stored. */
export function storedEntries(
  stored: StoredItem,
): ItemEntries & { readonly last?: Last; readonly match?: ContentMatch } {
  if (!('length' in stored)) return stored;
  const [id, remoteId, localId, name, text] = stored;
  return entriesOf(id, remoteId, localId, name, JSON.parse(text) as Facts);
}

function entriesOf(id: ItemId, remoteId: DriveItemId, localId: LocalId, name: string, facts: Facts): Entries {
  const [parent, isFolder, sizeBytes, modifiedAt, hash, localHash, eTag, cTag, stamp, seqs] = facts;
  const [, , , , , , , , , , localSizeBytes = sizeBytes] = facts;
  const kind = isFolder === 1 ? 'folder' : 'file';
  const shownHash = localHash === same ? hash : localHash;
  const [remoteSeq, localSeq, syncedSeq] = seqs;
  const placed = { parent, name, kind, sizeBytes, modifiedAt } as const;
  const remote = { ...placed, id: remoteId, hash, eTag, cTag, seq: remoteSeq };
  const local = { ...placed, sizeBytes: localSizeBytes, id: localId, hash: shownHash, stamp, seq: localSeq };
  return { id, remote, local, synced: agreementOf(remote, local, syncedSeq) };
}
