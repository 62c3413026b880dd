/** A finished command, folded: what it made true. */
import type { Command, CommandSucceeded, FailureDetails, LocalGone } from '@tidemark/contracts';
import type { ItemId, LocalRow, RemoteRow } from '@tidemark/contracts';
import { commandEffects, isSameStamp, isWeakId, linkStamp, plannedAt } from '@tidemark/contracts';
import type { Item, LocalEntry, Trees } from '@tidemark/trees';
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
  pathOf,
  replaceLocal,
  replaceRemote,
  setLocal,
  sweepBelow,
} from '@tidemark/trees';
import { giveEmptied, postpone, succeed } from './attempts.ts';
import { noteFormat } from './changed-content.ts';
import { noteFreed, uploadTaken } from './drive-full.ts';
import { establishedBy, takeUpAgain } from './established.ts';
import { countReplaced } from './gate.ts';
import { touchOnDisk, wantLocal } from './looks.ts';
import { leavePlacing } from './lost-placement.ts';
import { isOvertaken } from './remote-news.ts';
import { agreeGone, takeAlong } from './own-deletion.ts';
import type { State } from './state.ts';
import { commandUnderWay, touch } from './state.ts';
import { subscriptionSucceeded } from './subscription.ts';

export function succeeded(state: State, outcome: CommandSucceeded): void {
  const command = commandUnderWay(state, outcome.command);
  if (command === null) return;
  if (command === state.subscription.underWay) return subscriptionSucceeded(state, command, outcome);
  const { item, type } = command;
  // A look ends by an event of its own.
  if (command !== state.inFlight.get(item)) return;
  state.inFlight.delete(item);
  if (outcome.content !== undefined) noteFormat(state, outcome.content);
  if (type === 'UploadFile') {
    uploadTaken(state, command);
    if (command.target.as === 'version') countReplaced(state, item);
  }
  state.remote.unanswered.delete(item);
  if (commandEffects[type] !== 'reads') state.remote.sending.delete(item);
  state.local.unanswered.delete(item);
  state.local.placing.delete(item);
  // Another attempt may find the folder, once it was looked at again; but not for ever.
  if (foldOutcome(state, command, outcome) === 'lost') {
    postpone(state, item, lost(command));
    leavePlacing(state, command);
  } else succeed(state, command);
  if (type === 'DeleteRemote') giveEmptied(state);
  state.touched.add(item);
}

const lost = ({ path }: Command): FailureDetails => ({
  code: 'changedMeanwhile',
  detail: `Cannot find "${path}" again: a folder above it was replaced, or cannot be read`,
});

/** `lost`: the item is still missing on disk. What was made lies in a folder that no scan has seen, or none can read. */
function foldOutcome(state: State, command: Command, outcome: CommandSucceeded): 'shown' | 'lost' {
  const { seq, trees } = state;
  if (commandEffects[command.type] === 'writesDrive') state.remote.changedByUs = true;
  const known = trees.items.get(command.item);
  const { remote, local, kept } = outcome;
  // What became of the file that was sent is for a scan to say, and what is told of the disk is older than the looks that missed it.
  const isSentUnseen = command.type === 'UploadFile' && local === undefined;
  if (isSentUnseen || (known === undefined && (local ?? kept) !== undefined))
    wantLocal(state, null, 'look-again');
  const item = known ?? takeUpAgain(state, command, outcome);
  if (item === null) return 'shown';
  let isLost = false;
  let swept: readonly ItemId[] = [];
  if (remote !== undefined) {
    state.remote.unseen.delete(remote.id);
    state.remote.readAgain.delete(remote.id);
    if ('deleted' in remote) {
      noteFreed(state, remote);
      touch(state, observeRemoteGone(trees, remote.id));
      swept = takeAlong(state, command.item);
    } else if (!wasOvertaken(state, item, remote, command)) touch(state, observeOwn(state, item, remote));
  }
  if (local !== undefined && 'gone' in local) {
    touch(state, ownGone(trees, item, local));
    // What it led to is where it was, and no part of the sync any more.
    if (command.type === 'DeleteLocal' && command.expected.stamp === linkStamp)
      swept = sweepBelow(trees, command.item, 'local');
  } else if (local !== undefined) {
    const before = item.local;
    const place = command.type === 'CreateLocalFolder' ? adoptFolder : replaceLocal;
    touchOnDisk(state, place(trees, item, withKnownHash(item, command, local), seq));
    const isApart = before !== null && isLeftUnknown(trees, before, command);
    if (isApart) showApart(state, before, local);
    if (mayBeOlder(state, before, local, command, isApart)) lookInto(state, [before, item.local]);
    // Found under that path, but not where the item belongs: a user replaced a folder above.
    isLost = item.local === null;
    if (isLost) wantLocal(state, null, 'look-again');
  }
  touch(state, swept);
  if (kept !== undefined) touchOnDisk(state, observeKept(state, item, kept, command));
  if ('establishes' in command && command.establishes.includes('gone'))
    agreeGone(state, [command.item, ...swept]);
  const common = establishedBy(trees, item, command, outcome);
  if (common !== null && trees.items.has(item.id)) establish(item, common, seq);
  // It was taken up again for an answer that came too late to tell anything.
  if (item.remote === null && item.local === null) setLocal(trees, item, null);
  return isLost ? 'lost' : 'shown';
}

/** A look has shown the item as another file since the command was planned, and that one is no item any more. */
const isLeftUnknown = ({ byLocalId }: Trees, before: LocalEntry, command: Command): boolean =>
  !byLocalId.has(before.id) &&
  !isWeakId(before.id) &&
  !('expected' in command && command.expected?.id === before.id);

/**
 * A look has shown the item otherwise since the command was planned, or missed it, and what the answer tells may be what the disk had
 * before that: it was read when the work ended, and the answer took its time. Only another look tells which of the two holds.
 */
function mayBeOlder(
  { trees, local }: State,
  before: LocalEntry | null,
  told: LocalRow,
  { id, type }: Command,
  isApart: boolean,
): boolean {
  // What a command put there itself is not older than another file that a look had found.
  if (before === null || isApart) return commandEffects[type] !== 'writesDisk';
  if (local.unseen.has(told.id)) return true;
  const isSame =
    before.name === told.name &&
    before.parent === trees.byLocalId.get(told.parentId) &&
    isSameStamp(before.stamp, told.stamp);
  return before.seq > plannedAt(id) && !isSame;
}

/** Where the item was shown, and where the answer has it. */
function lookInto(state: State, entries: readonly (LocalEntry | null)[]): void {
  const folders = new Set(entries.flatMap((entry) => entry?.parent ?? []));
  const paths = [...folders].map((id) => {
    const folder = state.trees.items.get(id);
    return folder === undefined ? null : pathOf(state.trees, folder, 'local');
  });
  wantLocal(state, paths.includes(null) ? null : paths.filter((path) => path !== null), 'look-again');
}

/** It is an item of its own. Where it stood in the same place, or what is in it is not known, a look says what there is. */
function showApart(state: State, before: LocalEntry, made: LocalRow): void {
  const { trees, seq } = state;
  const parentId = trees.items.get(before.parent)?.local?.id;
  const isReplaced = parentId === made.parentId && before.name === made.name;
  if (parentId === undefined || isReplaced || before.kind === 'folder') wantLocal(state, null, 'look-again');
  else touchOnDisk(state, observeLocal(trees, { ...before, parentId }, seq));
}

/** What was deleted is gone, and nothing else: its number may be another file's by now. */
function ownGone(trees: Trees, { local }: Item, { id }: LocalGone): readonly ItemId[] {
  return local !== null && (local.id === id || hasLostIdentity(local))
    ? observeLocalGone(trees, local.id)
    : [];
}

/** The kept version is an item of its own. Null when a look has met it since somewhere else: another one says where it is now. */
function observeKept({ seq, trees }: State, item: Item, kept: LocalRow, { id }: Command): ItemId[] | null {
  const holder = trees.byLocalId.get(kept.id);
  const shown = holder === undefined ? null : (trees.items.get(holder)?.local ?? null);
  const isThere = shown?.name === kept.name && shown.parent === trees.byLocalId.get(kept.parentId);
  if (shown !== null && !isThere && shown.seq > plannedAt(id)) return null;
  // It may be the very file that stood here. A weak number says nothing of that: the copy may have got one that was free.
  if (item.local?.id === kept.id && !isWeakId(kept.id)) setLocal(trees, item, null);
  return observeLocal(trees, kept, seq);
}

/** The answer must not take the drive item back in time, let alone back to life. */
function wasOvertaken(state: State, item: Item, row: RemoteRow, command: Command): boolean {
  const holder = remoteHolder(state.trees, row);
  // An item without a life of its own joins ours, and brings what the feed said along.
  if (holder !== undefined && holder !== item && !livesOn(state, holder)) return false;
  return holder?.remote?.eTag !== row.eTag && isOvertaken(state, row.id, command);
}

/** Our own creation belongs to the item it was made for, whatever else bears the name by now. */
function observeOwn(state: State, item: Item, row: RemoteRow): readonly ItemId[] {
  const { seq, trees } = state;
  const holder = remoteHolder(trees, row);
  if (holder === item) return replaceRemote(trees, item, row, seq) ?? [];
  if (holder !== undefined && livesOn(state, holder)) return observeRemote(trees, row, seq);
  // The feed may have shown another drive item under the name meanwhile, which is not the one we made.
  const isAnother = item.local !== null && item.remote !== null && item.remote.id !== row.id;
  const apart = isAnother ? handOver(trees, item, createItem(trees), seq) : [];
  // Or the feed was faster than the answer: then it knows more.
  const own =
    holder === undefined ? replaceRemote(trees, item, row, seq) : handOver(trees, holder, item, seq);
  return [...apart, ...(own ?? [])];
}

const remoteHolder = ({ byRemoteId, items }: Trees, { id }: RemoteRow): Item | undefined => {
  const item = byRemoteId.get(id);
  return item === undefined ? undefined : items.get(item);
};

/**
 * An item with a life of its own (a folder that a user renamed to this name) stays what it is. So does one that a command
 * is at work for: what that command makes would belong to no item.
 */
const livesOn = (state: State, { id, local, synced }: Item): boolean =>
  local !== null || synced !== null || state.inFlight.has(id);

/** A rename or a new time changes the stamp and not the bytes; the handler checked them right before and after. */
const withKnownHash = ({ local }: Item, { type }: Command, row: LocalRow): LocalRow =>
  type === 'MoveLocal' || type === 'SetLocalTime' ? { ...row, hash: row.hash ?? local?.hash ?? null } : row;
