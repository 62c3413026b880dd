/**
 * What has proved to be gone, paired with what is new: the same thing under another name, or made again under the same one. It
 * goes on as the item it was, so that a move costs a move, and a tree that was made again one comparison of content.
 */
import type { ItemId, Seq } from '@tidemark/contracts';
import { hasBirthTime, inodeOf, isWeakId } from '@tidemark/contracts';
import { agree } from './base.ts';
import type { Item, LocalEntry, SyncedEntry } from './item.ts';
import { localContent, samePlace } from './item.ts';
import type { Trees } from './trees.ts';
import { itemOf, setLocal } from './trees.ts';
import { hasLostIdentity } from './weak-identity.ts';

/** To be asked when a look has ended: only then is all that is new known. */
export function rejoin(trees: Trees, seq: Seq): ItemId[] {
  const lost = [...trees.gone.local.items()].map((id) => trees.items.get(id)).filter(isLost);
  const touched = rejoinMoved(trees, lost, seq);
  for (const id of rejoinRecreated(trees, lost, seq)) touched.push(id);
  return touched;
}

/**
 * Where identities are weak, a file that was moved shows as one that is gone and one that is new. They are one when the inode
 * is the same and was born at the same time, or else has the size and time of the old one. A folder is known again by its inode
 * together with a file in it that is known again.
 */
function rejoinMoved(trees: Trees, lost: readonly Lost[], seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  if (lost.length === 0) return touched;
  const newcomers = newcomersByWitness(trees);
  for (const item of lost) {
    const last = trees.gone.local.last(item.id);
    const witness = last === null ? null : witnessOf(last);
    const newcomer = witness === null ? undefined : newcomers.get(witness);
    if (last !== null && newcomer !== undefined && isAgreed(item) && isNewcomer(newcomer))
      goOn(item, last, newcomer);
  }
  return touched;

  /** And the folders above, as long as they were moved as well. */
  function goOn(item: Item, last: LocalEntry, newcomer: Newcomer): void {
    const { parent, name } = newcomer.local;
    join(trees, item, newcomer, seq, touched);
    const folder = trees.items.get(last.parent);
    const there = trees.items.get(parent);
    const lastOfFolder = trees.gone.local.last(last.parent);
    if (name !== last.name || lastOfFolder === null || there === undefined) return;
    if (!isAgreed(folder) || !isNewcomer(there) || !isWeakId(there.local.id)) return;
    if (inodeOf(there.local.id) === inodeOf(lastOfFolder.id)) goOn(folder, lastOfFolder, there);
  }
}

/** Files without a base whose identity does not say all. One whose number another item shows by now is no witness. */
function newcomersByWitness(trees: Trees): Map<string, Item> {
  const newcomers = new Map<string, Item>();
  for (const item of trees.items.values()) {
    if (item.isResting || !isNewcomer(item) || hasLostIdentity(item.local)) continue;
    const witness = witnessOf(item.local);
    if (witness !== null && !newcomers.has(witness)) newcomers.set(witness, item);
  }
  return newcomers;
}

/** What a file is told by wherever it stands; null when there is nothing. */
function witnessOf({ id, kind, sizeBytes, modifiedAt }: LocalEntry): string | null {
  if (hasBirthTime(id)) return inodeOf(id);
  return kind === 'file' ? `${inodeOf(id)} ${sizeBytes} ${modifiedAt}` : null;
}

/** A tree that was deleted and made again (unpacked, restored, checked out) shows new identities under old names. */
function rejoinRecreated(trees: Trees, lost: readonly Lost[], seq: Seq): ItemId[] {
  const touched: ItemId[] = [];
  for (const item of lost) {
    if (!isLost(item)) continue;
    for (const holder of trees.names.local.holders(item.remote.parent, item.remote.name)) {
      const newcomer = trees.items.get(holder);
      if (newcomer === undefined || !(canJoin(item, newcomer) || isSavedOver(item, newcomer))) continue;
      const { local } = newcomer;
      join(trees, item, newcomer, seq, touched);
      if (local !== null && trees.items.has(newcomer.id)) trees.gone.local.note(newcomer.id, local);
      break;
    }
  }
  return touched;
}

/**
 * Programs save beside the old file and rename that over it. A download takes so long that the file is on the drive by then
 * under its first name; the older item goes on nevertheless, with its history and its shares.
 */
const isSavedOver = (item: Item, { id, local, synced }: Item): boolean =>
  isAgreed(item) &&
  id > item.id &&
  local?.kind === 'file' &&
  local.name === item.remote.name &&
  item.remote.kind === 'file' &&
  synced?.parent === local.parent &&
  synced.name !== local.name;

/**
 * The item as which the file of another one goes on, while its bytes are still to be sent. Not once the user took the file away
 * from there again: it may want the very name that the other one still holds on the drive.
 */
export function heirOf({ items, byLocalId, gone }: Trees, id: ItemId): Item | null {
  const last = gone.local.last(id);
  const heir = last === null ? undefined : items.get(byLocalId.get(last.id) ?? id);
  if (heir === undefined || heir.local === null || heir.synced === null || heir.remote === null) return null;
  const isLeft = !samePlace(heir.local, heir.synced);
  return isLeft || localContent(heir.local, heir.synced) === 'same' ? null : heir;
}

/** Gone from the disk, and still on the drive. */
type Lost = Item & { readonly remote: NonNullable<Item['remote']> };
const isLost = (item: Item | undefined): item is Lost =>
  item !== undefined && item.local === null && item.remote !== null;

/** Nothing has ended the agreement since. */
const isAgreed = (item: Item | undefined): item is Lost & { readonly synced: SyncedEntry } =>
  isLost(item) && item.synced !== null;

type Newcomer = Item & { readonly local: LocalEntry };
const isNewcomer = (item: Item): item is Newcomer =>
  item.remote === null && item.synced === null && item.local !== null;

const canJoin = (item: Item, newcomer: Item): boolean =>
  isNewcomer(newcomer) &&
  newcomer.local.name === item.remote?.name &&
  newcomer.local.kind === item.remote.kind;

/** The item goes on as the newcomer, with what is in it. */
export function join(trees: Trees, item: Item, newcomer: Item, seq: Seq, touched: ItemId[]): void {
  const entry = newcomer.local;
  if (entry === null) return;
  touched.push(item.id, newcomer.id);
  const children = [...trees.names.local.children(newcomer.id)];
  setLocal(trees, newcomer, null);
  setLocal(trees, item, entry);
  agree(item, seq);
  for (const id of children) {
    const child = itemOf(trees, id);
    if (child.local === null) continue;
    setLocal(trees, child, { ...child.local, parent: item.id });
    touched.push(id);
    for (const holder of trees.names.remote.holders(item.id, child.local.name)) {
      const counterpart = trees.items.get(holder);
      if (counterpart !== undefined && counterpart.local === null && canJoin(counterpart, child)) {
        join(trees, counterpart, child, seq, touched);
        break;
      }
    }
    const left = trees.items.get(id);
    if (left !== undefined) agree(left, seq);
  }
}
