/**
 * The answer to an upload may be lost: the run is killed, or the connection breaks. The feed shows the new drive item, under the name of
 * that moment. Without this, a file that a user has renamed since would be there twice: the drive's under its first name, the one on
 * disk under its new one. Names and times prove nothing, so the bytes on disk decide.
 */
import type { Command, CommandFailed, CommandOf, RemoteRow } from '@tidemark/contracts';
import { plannedAt } from '@tidemark/contracts';
import type { Item, LocalEntry, RemoteEntry } from '@tidemark/trees';
import { establish, handOver } from '@tidemark/trees';
import type { State } from './state.ts';
import { touch } from './state.ts';

/** Sends a new file. */
export type Sending = CommandOf<'UploadFile'>;

/** The run was killed before the answer came, or there was a failure instead. */
export function leaveSending({ remote: { sending } }: State, command: Command): void {
  if (!isSending(command)) return;
  sending.set(command.item, command);
  if (sending.size <= sendingMax) return;
  const [oldest] = [...sending.values()].toSorted(
    (one, other) => plannedAt(one.id) - plannedAt(other.id) || one.item - other.item,
  );
  if (oldest !== undefined) sending.delete(oldest.item);
}

/** The failure leaves open whether it arrived: only a look tells. */
export const mayHaveArrived = ({ failure: { code } }: CommandFailed, command: Command): boolean =>
  isSending(command) && (code === 'offline' || code === 'timedOut' || code === 'serviceUnavailable');

/** The drive shows what it did not show before: it may be what was sent for another item. */
export function noteArrival(state: State, row: RemoteRow): void {
  const { inFlight, remote, trees } = state;
  const shown = trees.byRemoteId.get(row.id);
  if (remote.sending.size === 0 || shown === undefined) return;
  for (const [id, command] of remote.sending) {
    const item = trees.items.get(id);
    if (item === undefined || id === shown || inFlight.has(id) || !isOnlyOnDisk(item)) continue;
    if (!isSentBy(command, row)) continue;
    remote.arrivals.set(shown, id);
    touch(state, [id]);
  }
}

/** Once the file on disk has been read it is known whose the new drive item is. */
export function settleArrivals(state: State): void {
  const { activities, remote, seq, trees } = state;
  for (const [shown, id] of remote.arrivals) {
    const [arrival, item] = [trees.items.get(shown), trees.items.get(id)];
    const isOpen =
      arrival !== undefined && isOnlyOnDrive(arrival) && item !== undefined && isOnlyOnDisk(item);
    if (isOpen && item.local.hash === null && activities.get(id)?.state !== 'problem') continue;
    remote.arrivals.delete(shown);
    if (isOpen && item.local.hash !== null && item.local.hash === arrival.remote.hash) {
      const { local } = item;
      const version = { ...arrival.remote, kind: 'file' } as const;
      remote.sending.delete(id);
      touch(state, handOver(trees, arrival, item, seq));
      establish(item, { version, local, place: version, times: null }, seq);
    }
    touch(state, [shown, id]);
  }
}

const isOnlyOnDisk = (item: Item): item is Item & { readonly local: LocalEntry } =>
  item.local !== null && item.remote === null && item.synced === null;

const isOnlyOnDrive = (item: Item): item is Item & { readonly remote: RemoteEntry } =>
  item.remote !== null && item.local === null && item.synced === null;

function isSentBy(
  { target, sizeBytes }: Sending,
  { parentId, name, kind, sizeBytes: size }: RemoteRow,
): boolean {
  if (target.as !== 'new' || kind !== 'file') return false;
  return target.parentId === parentId && target.name === name && sizeBytes === size;
}

const isSending = (command: Command): command is Sending =>
  command.type === 'UploadFile' && command.target.as === 'new';

/** More than are ever under way. Each new row is compared with all of them. */
const sendingMax = 256;
