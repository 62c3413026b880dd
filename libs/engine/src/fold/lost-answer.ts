/**
 * The answer to an upload may be lost: the run is killed, or the connection breaks. The feed shows the new drive item, under the name of
 * that moment or, when another user has moved it since, elsewhere. Without this, a file that was renamed on either side would be there
 * twice. Names and times prove nothing, so the bytes on disk decide.
 */
import type { Command, CommandFailed, CommandOf, FailureCode, ItemId } from '@tidemark/contracts';
import type { Item, LocalEntry, Place, RemoteEntry } from '@tidemark/trees';
import { contentBetween, establish, handOver, samePlace } from '@tidemark/trees';
import { leaveOpen } from './open-commands.ts';
import type { State } from './state.ts';
import { touch } from './state.ts';

/** Sends a new file. */
export type Sending = CommandOf<'UploadFile'>;

/** The run was killed before the answer came, or there was a failure instead. */
export function leaveSending({ remote: { sending } }: State, command: Command): void {
  if (isSending(command)) leaveOpen(sending, command);
}

const leavesOpen: ReadonlySet<FailureCode> = new Set([
  'offline',
  'timedOut',
  'serviceUnavailable',
  'pluginAbsent',
]);

/** The failure leaves open whether it arrived: only a look tells. */
export const mayHaveArrived = ({ failure: { code } }: CommandFailed, command: Command): boolean =>
  isSending(command) && leavesOpen.has(code);

/** What the drive shows for the first time may be what was sent for another item, or is being sent for it. */
export function noteArrivals(state: State, shown: readonly ItemId[]): void {
  const { inFlight, remote, seq, trees } = state;
  for (const id of shown) {
    const arrival = trees.items.get(id);
    if (arrival === undefined || !isOnlyOnDrive(arrival) || arrival.remote.seq !== seq) continue;
    for (const [sender, command] of [...remote.sending, ...inFlight]) {
      const item = trees.items.get(sender);
      if (item === undefined || !isOnlyOnDisk(item)) continue;
      if (!isSending(command) || !isSentBy(state, item, command, arrival.remote)) continue;
      remote.arrivals.set(id, sender);
      touch(state, [sender]);
    }
  }
}

/** The answer tells whose the new drive item is. Where there is none, the file on disk does, once it has been read. */
export function settleArrivals(state: State): void {
  const { activities, inFlight, remote, seq, trees } = state;
  for (const [shown, id] of remote.arrivals) {
    const [arrival, item] = [trees.items.get(shown), trees.items.get(id)];
    const isOpen =
      arrival !== undefined && isOnlyOnDrive(arrival) && item !== undefined && isOnlyOnDisk(item);
    const isRead = isOpen && (item.local.hash !== null || activities.get(id)?.state === 'problem');
    if (isOpen && (inFlight.has(id) || !isRead)) continue;
    remote.arrivals.delete(shown);
    if (isOpen && item.local.hash !== null && isSameContent(item, arrival.remote)) {
      const { local } = item;
      const version = { ...arrival.remote, kind: 'file' } as const;
      const sent = remote.sending.get(id);
      const place = (sent && placeSent(state, sent)) ?? version;
      remote.sending.delete(id);
      touch(state, handOver(trees, arrival, item, seq));
      establish(item, { version, local, place, times: null }, seq);
    }
    touch(state, [shown, id]);
  }
}

const isOnlyOnDisk = (item: Item): item is Item & { readonly local: LocalEntry } =>
  item.local !== null && item.remote === null && item.synced === null;

const isOnlyOnDrive = (item: Item): item is Item & { readonly remote: RemoteEntry } =>
  item.remote !== null && item.local === null && item.synced === null;

const isSameContent = (
  { local, match }: Item & { readonly local: LocalEntry },
  shown: RemoteEntry,
): boolean => local.hash === shown.hash || contentBetween(shown, local, match) === 'same';

/** It may be: it has the name, or the time, which a move keeps. */
function isSentBy(state: State, { match }: Item, command: Sending, shown: RemoteEntry): boolean {
  if (shown.kind !== 'file') return false;
  if (match !== null && match.remoteHash === shown.hash) return true;
  if (shown.sizeBytes !== command.sizeBytes) return false;
  const place = placeSent(state, command);
  return (place !== null && samePlace(place, shown)) || shown.modifiedAt === command.modifiedAt;
}

/** Where both sides had it: what is elsewhere now was moved. Null when the drive does not show that folder. */
function placeSent({ trees }: State, { target }: Sending): Place | null {
  if (target.as !== 'new') return null;
  const parent = trees.byRemoteId.get(target.parentId);
  return parent === undefined ? null : { parent, name: target.name };
}

const isSending = (command: Command): command is Sending =>
  command.type === 'UploadFile' && command.target.as === 'new';
