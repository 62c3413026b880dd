/**
 * A full drive, folded. That the drive refused an upload for want of space says nothing of the item and much of the drive: the item
 * is as ready as before, and every upload that is not much smaller waits with it. An attempt is worth it after a while, by the
 * chart of an item, when as much was seen to become free, and in the next run.
 */
import type {
  CommandOf,
  FailureDetails,
  RemoteRow,
  RemoteTombstone,
  RemoteUnread,
  Started,
} from '@tidemark/contracts';
import type { ItemActivity, ItemEvent } from '@tidemark/machines';
import { stepItem } from '@tidemark/machines';
import type { DriveFull } from '@tidemark/planner';
import type { State } from './state.ts';
import { policyOf } from './state.ts';

export interface Refused extends DriveFull {
  /** Of the smallest upload that was refused. */
  readonly sizeBytes: number;
  /** Seen to become free since. */
  readonly freedBytes: number;
  readonly activity: ItemActivity;
}

const ready = stepItem(stepItem(null, { type: 'PLANNED' }), { type: 'SUCCEEDED' });

/** Others that were under way beside it are refused as well, which is no other attempt. */
export function uploadRefused(state: State, command: CommandOf<'UploadFile'>, failure: FailureDetails): void {
  const { at, remote } = state;
  const before = remote.full;
  const sizeBytes = Math.min(command.sizeBytes, before?.sizeBytes ?? Infinity);
  const activity = before?.activity ?? ready;
  const isNews = activity.state === 'ready';
  const refused = { type: 'FAILED', failure, at, attemptsMax } as const;
  remote.full = {
    sizeBytes,
    fromBytes: Math.ceil(sizeBytes / 2),
    attemptsAtOnce: 1,
    freedBytes: isNews ? 0 : (before?.freedBytes ?? 0),
    activity: isNews ? stepItem(stepItem(activity, { type: 'PLANNED' }), refused) : activity,
  };
}

/** Then the next look, a deletion or the next run has to tell: a user makes space, and time does not. */
const attemptsMax = 2;

/** There is space for that. Is there for more? */
export function uploadTaken(state: State, { sizeBytes }: CommandOf<'UploadFile'>): void {
  const { full } = state.remote;
  if (full === null || sizeBytes < full.fromBytes || full.activity.state !== 'ready') return;
  const attemptsAtOnce = full.attemptsAtOnce * growth;
  const isOver = attemptsAtOnce >= policyOf(state).commandsInFlightMax;
  state.remote.full = isOver ? null : { ...full, attemptsAtOnce, activity: ready };
}

/** After each success so many times as many attempts at once: a drive that takes one may take no second one. */
const growth = 4;

/** Called before the row is folded. What a folder held is not told with it. */
export function noteFreed(state: State, row: RemoteRow | RemoteTombstone | RemoteUnread): void {
  const { full } = state.remote;
  if (full === null || 'unread' in row) return;
  const item = state.trees.byRemoteId.get(row.id);
  const known = item === undefined ? null : (state.trees.items.get(item)?.remote ?? null);
  if (known === null) return;
  const isFolder = known.kind !== 'file';
  const freed =
    'deleted' in row ? (isFolder ? full.fromBytes : known.sizeBytes) : known.sizeBytes - row.sizeBytes;
  if (freed <= 0) return;
  const freedBytes = full.freedBytes + freed;
  state.remote.full = { ...full, freedBytes };
  if (freedBytes >= full.fromBytes) stepFull(state, { type: 'CHANGED' });
}

export function stepFull({ remote }: State, event: ItemEvent): void {
  const { full } = remote;
  if (full === null) return;
  const activity = stepItem(full.activity, event);
  if (activity !== full.activity) remote.full = { ...full, activity, freedBytes: 0 };
}

/** A run begins: there may be space by now. */
export function takeOverFull({ remote }: State, { forget }: Started): void {
  if (remote.full === null) return;
  remote.full =
    forget === null ? { ...remote.full, attemptsAtOnce: 1, freedBytes: 0, activity: ready } : null;
}

/** What the planner goes by. */
export function driveFull({ remote: { full } }: State): DriveFull | null {
  if (full === null) return null;
  return {
    fromBytes: full.fromBytes,
    attemptsAtOnce: full.activity.state === 'ready' ? full.attemptsAtOnce : 0,
  };
}
