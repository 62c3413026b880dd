/** Looks, folded: the chart says when a side is looked at and when it is known, this file brings it the news. */
import type { Command, EventOf, FailureCode, FailureDetails, ItemId, RuleId } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import type { LookEvent } from '@tidemark/machines';
import { stepLook } from '@tidemark/machines';
import { policyOf, touch } from './state.ts';
import type { SideState, State } from './state.ts';

export const lookPlanned = (state: State, command: Command): void =>
  step(command.type === 'ScanLocal' ? state.local : state.remote, { type: 'PLANNED', command });

/** The look told everything. `unsettled`: it missed known items, and another look has to say what became of them. */
export const lookEnded = (side: SideState, unsettled: boolean): void =>
  step(side, { type: 'ENDED', unsettled });

/** The drive is not as it was thought to be. While it is being read, one more look is remembered. */
export const wantRemote = (state: State, why: RuleId): void => step(state.remote, { type: 'WANTED', why });

/** The disk may have changed in these folders (null: anywhere). Wishes add up until the next look begins. */
export function wantLocal(state: State, folders: readonly string[] | null, why: RuleId): void {
  const { local } = state;
  const { look } = local;
  const isFirstWish = look.command === null ? look.state === 'current' : !look.again;
  if (isFirstWish) local.folders = folders;
  else if (local.folders !== null) local.folders = folders === null ? null : merged(local.folders, folders);
  // The complete scan that is still to begin meets this as well.
  if (look.state !== 'confirming' || look.command !== null) step(local, { type: 'WANTED', why });
}

/** What rows of the disk touched; null for a row in a folder that no scan has seen, which only a scan can tell of. */
export function touchOnDisk(state: State, items: readonly ItemId[] | null): void {
  if (items === null) wantLocal(state, null, 'look-again');
  else touch(state, items);
}

/** Looks that told nothing, as they left the state. The last one may have been due, or hinted at: from here on all were due. */
export function nothingNew(state: State, { leftOut, remote, local }: EventOf<'NothingNew'>): void {
  state.leftOut = leftOut;
  state.local.folders = null;
  Object.assign(state.remote, remote);
  Object.assign(state.local, local);
  for (const side of [state.remote, state.local]) {
    step(side, { type: 'WANTED', why: 'look-due' });
    lookEnded(side, false);
  }
}

export function lookFailed(state: State, failure: FailureDetails, command: Command): void {
  const side = command.type === 'ScanLocal' ? state.local : state.remote;
  if (side === state.local) state.local.folders = null;
  if (suspends(state, failure)) return suspend(state, failure);
  const { attemptsMax, pace } = policyOf(state);
  const { retry } = failureGuide[failure.code];
  // A run that goes on never gives up looking.
  const isLast = retry === 'never' || retry === 'stop' || side.look.attempts + 1 >= attemptsMax;
  step(side, { type: 'FAILED', failure, at: state.at, givesUp: pace.mode === 'once' && isLast });
}

/** The failure says that a side is not the one we know. A run that goes on waits until it is; one that ends, ends. */
export const suspends = (state: State, { code }: FailureDetails): boolean =>
  suspendedSide[code] !== undefined && policyOf(state).pace.mode === 'continuous';

/** What the side showed before it went away says nothing about what is gone. */
export function suspend(state: State, failure: FailureDetails): void {
  const side = suspendedSide[failure.code] === 'local' ? state.local : state.remote;
  side.unseen.clear();
  if (side === state.local) state.local.folders = null;
  else state.remote.cursor = null;
  step(side, { type: 'SUSPENDED', failure, at: state.at });
}

/**
 * When each side is due for a look without anything having told of a change, in milliseconds since 1970; null while it is being
 * looked at, or in a run that ends by itself. Polling never stops, whatever else tells of changes.
 */
export function lookDueAt(state: State): { readonly remote: number | null; readonly local: number | null } {
  const pace = state.started?.policy.pace;
  if (pace === undefined || pace.mode === 'once' || state.phase !== 'running')
    return { remote: null, local: null };
  const due = (side: SideState, intervalMs: number): number | null =>
    side.look.state === 'current' && side.lastAt !== null ? side.lastAt + intervalMs : null;
  return { remote: due(state.remote, pace.pollIntervalMs), local: due(state.local, pace.scanIntervalMs) };
}

/** Time passes: looks that wait for it, or are due, are wanted. Tells whether one at the drive is due. */
export function wakeLooks(state: State): boolean {
  const { at, remote, local, started } = state;
  wakeLook(remote, at);
  wakeLook(local, at);
  const due = lookDueAt(state);
  if (due.local !== null && due.local <= at) wantLocal(state, null, 'look-due');
  if (due.remote === null || due.remote > at) return false;
  wantRemote(state, 'look-due');
  const { fullRoundEvery = 0 } = started?.policy.pace ?? {};
  // Now and then everything is enumerated, in case a change was never told.
  if (fullRoundEvery > 0 && remote.looksSinceFull >= fullRoundEvery) remote.cursor = null;
  return true;
}

export const wakeLook = (side: SideState, at: number): void => step(side, { type: 'WOKE', at });

const suspendedSide: { readonly [code in FailureCode]?: 'local' | 'remote' } = {
  rootSuspended: 'local',
  driveSuspended: 'remote',
};

function step(side: SideState, event: LookEvent): void {
  side.look = stepLook(side.look, event);
}

/** Beyond this many folders a complete scan is cheaper. */
export const foldersMax = 200;

function merged(known: readonly string[], more: readonly string[]): readonly string[] | null {
  const all = [...new Set([...known, ...more])].sort();
  return all.length > foldersMax ? null : all;
}
