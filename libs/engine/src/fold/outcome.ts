/** What a finished item command made true. */
import type {
  Command,
  CommandSucceeded,
  ItemId,
  LocalGone,
  LocalRow,
  RemoteRow,
  Seq,
} from '@tidemark/contracts';
import { commandEffects, isWeakId, linkStamp, plannedAt } from '@tidemark/contracts';
import type { Item, Trees } from '@tidemark/trees';
import {
  adoptFolder,
  createItem,
  establish,
  handOver,
  hasLostIdentity,
  observeLocal,
  observeLocalGone,
  observeRemote,
  observeRemoteGone,
  replaceLocal,
  replaceRemote,
  setLocal,
  sweepBelow,
} from '@tidemark/trees';
import { establishedBy } from './established.ts';
import { takeUpAgain } from './left-behind.ts';
import { wantLocal } from './looks.ts';
import { endAgreement } from './own-deletion.ts';
import type { State } from './state.ts';

export interface FoldedOutcome {
  readonly touched: readonly ItemId[];
  /** The item is still missing on disk: what was made lies in a folder that no scan has seen, or none can read. */
  readonly isLost: boolean;
}

export function foldOutcome(
  state: State,
  command: Command,
  outcome: CommandSucceeded,
  seq: Seq,
): FoldedOutcome {
  const { trees } = state;
  if (commandEffects[command.type] === 'writesDrive') state.remote.changedByUs = true;
  const known = trees.items.get(command.item);
  const { remote, local, kept } = outcome;
  // What the answer tells of the disk is older than the looks that missed it.
  if (known === undefined && (local ?? kept) !== undefined) wantLocal(state, null, 'look-again');
  const item = known ?? takeUpAgain(state, command, outcome);
  if (item === null) return { touched: [], isLost: false };
  const touched: ItemId[] = [];
  const touch = (ids: readonly ItemId[]): void => {
    for (const id of ids) touched.push(id);
  };
  let isLost = false;
  let swept: readonly ItemId[] = [];
  if (remote !== undefined) {
    state.remote.unseen.delete(remote.id);
    state.remote.readAgain.delete(remote.id);
    if ('deleted' in remote) {
      touch(observeRemoteGone(trees, remote.id));
      swept = sweepBelow(trees, command.item, 'remote');
      touch(swept);
    } else if (!wasOvertaken(state, item, remote, command)) touch(observeOwn(state, item, remote, seq));
  }
  if (local !== undefined) {
    if ('gone' in local) {
      touch(ownGone(trees, item, local));
      // What it led to is where it was, and no part of the sync any more.
      if (command.type === 'DeleteLocal' && command.expected.stamp === linkStamp)
        swept = sweepBelow(trees, command.item, 'local');
      touch(swept);
    } else {
      const place = command.type === 'CreateLocalFolder' ? adoptFolder : replaceLocal;
      touch(placedOrLookedFor(state, place(trees, item, withKnownHash(item, command, local), seq)));
      // Found under that path, but not where the item belongs: a user replaced a folder above.
      isLost = item.local === null;
      if (isLost) wantLocal(state, null, 'look-again');
    }
  }
  if (kept !== undefined) touch(placedOrLookedFor(state, observeKept(trees, item, kept, command, seq)));
  if ('establishes' in command && command.establishes.includes('gone'))
    endAgreement(state, [command.item, ...swept]);
  const common = establishedBy(trees, item, command, outcome);
  if (common !== null && trees.items.has(item.id)) establish(item, common, seq);
  // It was taken up again for an answer that came too late to tell anything.
  if (item.remote === null && item.local === null) setLocal(trees, item, null);
  // What became of the file that was sent is for a scan to say.
  if (command.type === 'UploadFile' && local === undefined) wantLocal(state, null, 'look-again');
  return { touched, isLost };
}

/** What was deleted is gone, and nothing else: its number may be another file's by now. */
function ownGone(trees: Trees, { local }: Item, { id }: LocalGone): readonly ItemId[] {
  return local !== null && (local.id === id || hasLostIdentity(local))
    ? observeLocalGone(trees, local.id)
    : [];
}

/** The kept version is an item of its own. Null when a look has met it since somewhere else: another one says where it is now. */
function observeKept(trees: Trees, item: Item, kept: LocalRow, { id }: Command, seq: Seq): ItemId[] | null {
  const holder = trees.byLocalId.get(kept.id);
  const shown = holder === undefined ? null : (trees.items.get(holder)?.local ?? null);
  const isThere = shown?.name === kept.name && shown.parent === trees.byLocalId.get(kept.parentId);
  if (shown !== null && !isThere && shown.seq > plannedAt(id)) return null;
  // It may be the very file that stood here. A weak number says nothing of that: the copy may have got one that was free.
  if (item.local?.id === kept.id && !isWeakId(kept.id)) setLocal(trees, item, null);
  return observeLocal(trees, kept, seq);
}

/**
 * The feed has spoken of this drive item since the command was planned. It may be ahead of the answer and is never behind
 * for good, so the answer must not take the item back in time, let alone back to life.
 */
function wasOvertaken(state: State, item: Item, row: RemoteRow, command: Command): boolean {
  if (state.remote.goneMeanwhile.has(row.id)) return true;
  const { byRemoteId, items } = state.trees;
  const known = byRemoteId.get(row.id);
  const holder = known === undefined ? undefined : items.get(known);
  if (holder === undefined || holder.remote === null) return false;
  // An item without a life of its own joins ours, and brings what the feed said along.
  if (holder !== item && !livesOn(state, holder)) return false;
  return holder.remote.eTag !== row.eTag && holder.remote.seq > plannedAt(command.id);
}

/** Our own creation belongs to the item it was made for, whatever else bears the name by now. */
function observeOwn(state: State, item: Item, row: RemoteRow, seq: Seq): readonly ItemId[] {
  const { trees } = state;
  const known = trees.byRemoteId.get(row.id);
  if (known === item.id) return replaceRemote(trees, item, row, seq) ?? [];
  const other = known === undefined ? undefined : trees.items.get(known);
  if (other !== undefined && livesOn(state, other)) return observeRemote(trees, row, seq);
  // The feed may have shown another drive item under the name meanwhile, which is not the one we made.
  const isAnother = item.local !== null && item.remote !== null && item.remote.id !== row.id;
  const apart = isAnother ? handOver(trees, item, createItem(trees), seq) : [];
  // Or the feed was faster than the answer: then it knows more.
  const own = other === undefined ? replaceRemote(trees, item, row, seq) : handOver(trees, other, item, seq);
  return [...apart, ...(own ?? [])];
}

/**
 * An item with a life of its own (a folder that a user renamed to this name) stays what it is. So does one that a command
 * is at work for: what that command makes would belong to no item.
 */
const livesOn = (state: State, { id, local, synced }: Item): boolean =>
  local !== null || synced !== null || state.inFlight.has(id);

/** A rename or a new time changes the stamp and not the bytes; the handler checked them right before and after. */
function withKnownHash<Row extends { readonly hash: string | null }>(
  item: Item,
  command: Command,
  row: Row,
): Row {
  if (
    row.hash !== null ||
    item.local === null ||
    (command.type !== 'MoveLocal' && command.type !== 'SetLocalTime')
  )
    return row;
  return { ...row, hash: item.local.hash };
}

/** A row in a folder that no scan has seen: a user replaced the folder meanwhile, and only a scan can tell. */
function placedOrLookedFor(state: State, touched: readonly ItemId[] | null): readonly ItemId[] {
  if (touched === null) wantLocal(state, null, 'look-again');
  return touched ?? [];
}
