/**
 * Attempts, folded: when the planner may ask again for an item, by three rules.
 *
 * A command that failed is tried again as the chart says: after a while, or when something changes.
 *
 * No run repeats itself. The planner is a pure function of what an item shows: an item that stands, after a command, where it
 * stood before one of the commands that led there would get the same commands again, without an end. It rests instead, until
 * one of the sides shows something new.
 *
 * What an earlier run was refused, that run named as a problem. When nothing that a user saved depends on it (a deletion is
 * refused, a version cannot be had, a mount point cannot be moved), later runs do not fail for it, until one of the sides shows
 * something new of the item. Where only something new can help, they do not try it either, for a day: what was mended without a
 * sign is found then. An error of the service may be over, which one attempt in each run tells.
 */
import type { Command, FailureCode, FailureDetails, ItemId, LocalOddity, Started } from '@tidemark/contracts';
import { failureGuide, isForbiddenUnseen } from '@tidemark/contracts';
import type { ItemEvent } from '@tidemark/machines';
import { restMs, stepItem } from '@tidemark/machines';
import type { Item } from '@tidemark/trees';
import { contentBetween, isAtRest, localContent, remoteContent } from '@tidemark/trees';
import { stepFull } from './drive-full.ts';
import type { State, Tried } from './state.ts';
import { policyOf } from './state.ts';

/** An item without a history of attempts stays without one. */
export function step({ activities }: State, item: ItemId, event: ItemEvent): void {
  const before = activities.get(item);
  if (before === undefined) return;
  const after = stepItem(before, event);
  // Ready without attempts is what an item without a history is.
  if (after.state === 'ready' && after.attempts === 0) activities.delete(item);
  else activities.set(item, after);
}

/** A command for the item goes out. */
export function begin(state: State, id: ItemId): void {
  const item = state.trees.items.get(id);
  if (item !== undefined) triedOf(state, id).standings.push(standingOf(item));
  step(state, id, { type: 'PLANNED' });
}

/** The command was carried out. One that led nowhere is no success. */
export function succeed(state: State, { item, path, type }: Command): void {
  if (!isRepeating(state, item)) return step(state, item, { type: 'SUCCEEDED' });
  const detail = `Cannot go on with "${path}": ${type} was carried out, and nothing came of it`;
  postpone(state, item, { code: 'noProgress', detail });
}

export function postpone(state: State, item: ItemId, failure: FailureDetails): void {
  const { activities, at } = state;
  if (!activities.has(item)) activities.set(item, stepItem(null, { type: 'PLANNED' }));
  const attemptsMax = isRefusedAgain(state, item, failure.code) ? 1 : policyOf(state).attemptsMax;
  step(state, item, { type: 'FAILED', failure, at, attemptsMax });
}

/** The command failed: where the item stands is as good a place to begin as before. */
export const takeBackStanding = ({ tried }: State, id: ItemId): void => void tried.get(id)?.standings.pop();

/** `news`: one of the sides shows something new of the item, so what was tried before may help now. */
export function forgetTried({ tried, trees }: State, id: ItemId, news: boolean): void {
  const item = trees.items.get(id);
  if (news || item === undefined || isAtRest(item)) tried.delete(id);
}

/** What gave up because of a long outage tries again: now and then, and when the drive is reached after it was not. */
export function giveAnotherChance(state: State): void {
  tryAgain(
    state,
    (item, { code }) =>
      (failureGuide[code].retry === 'later' || isForbiddenUnseen(code)) && !rests(state, item, code),
  );
}

/** A user who asks for a look may have mended what no look shows, and expects each failure to be tried. */
export const giveAllAnotherChance = (state: State): void => tryAgain(state, () => true);

function tryAgain(state: State, isWorthIt: (item: ItemId, failure: FailureDetails) => boolean): void {
  if (state.remote.full?.activity.state === 'problem') stepFull(state, { type: 'CHANGED' });
  for (const [item, { state: standing, failure }] of [...state.activities]) {
    if (standing !== 'problem' || failure === null || !isWorthIt(item, failure)) continue;
    step(state, item, { type: 'CHANGED' });
    state.touched.add(item);
  }
}

/**
 * A link or the like is gone from the disk. It was no item, so nothing else tells those whom it was in the way: it held their name or
 * the name of a folder above them, or it was in a folder that was to go.
 */
export function touchFreedByLinks(
  { activities, local, touched }: State,
  oddities: readonly LocalOddity[],
): void {
  const left = new Set(oddities.map(({ path }) => path));
  if (local.oddities.every(({ path }) => left.has(path))) return;
  for (const [item, { failure }] of activities)
    if (failure !== null && refusedByDisk.has(failure.code)) touched.add(item);
}

const refusedByDisk: ReadonlySet<FailureCode> = new Set(['nameTaken', 'changedMeanwhile', 'diskDenied']);

/** A folder whose deletion was refused, with nothing left in it: it may go now. */
export function giveEmptied(state: State): void {
  const { activities, touched, trees } = state;
  for (const id of touched) {
    const item = trees.items.get(id);
    if (item === undefined || item.remote === null || item.local !== null) continue;
    if (trees.names.remote.isEmpty(id) && activities.get(id)?.state === 'problem')
      step(state, id, { type: 'CHANGED' });
  }
}

/** A run begins: what was a problem at the end of the one before has been named. Another client or setting may get on with it. */
export function takeOverAttempts(state: State, before: Started | null, now: Started): void {
  const { activities, at, tried } = state;
  if (now.forget !== null) {
    tried.clear();
    activities.clear();
    return;
  }
  for (const earlier of tried.values()) earlier.standings.length = 0;
  const isSame = before !== null && clientOf(before) === clientOf(now);
  for (const [id, { state: standing, failure, dueAt }] of [...activities]) {
    const code = standing === 'problem' ? failure?.code : undefined;
    if (code !== undefined && isNothingSaved(state, id, code)) triedOf(state, id).refusedBefore = code;
    // A clock that was set back must not make the day longer.
    const isDue = dueAt === null || dueAt <= at || dueAt > at + restMs;
    if (!isSame || isDue || code === undefined || !rests(state, id, code)) activities.delete(id);
  }
}

const clientOf = ({ version, policy, plugins }: Started): string =>
  JSON.stringify([version, policy, plugins]);

export const isRefusedAgain = (state: State, id: ItemId, code: FailureCode): boolean =>
  state.tried.get(id)?.refusedBefore === code && isNothingSaved(state, id, code);

const isAboutContent = (code: FailureCode): boolean => code === 'contentMismatch' || code === 'contentFailed';

/** Only something new of the item helps. */
const rests = (state: State, id: ItemId, code: FailureCode): boolean =>
  isAboutContent(code) || (failureGuide[code].retry === 'never' && isNothingSaved(state, id, code));

/** Whatever becomes of it, no version waits: what is on disk is on the drive as well, or was deleted there. */
function isNothingSaved({ trees }: State, id: ItemId, code: FailureCode): boolean {
  const item = trees.items.get(id);
  if (item === undefined) return false;
  const { remote, local, synced } = item;
  const isUnchanged = local !== null && synced !== null && localContent(local, synced) === 'same';
  if (code === 'mountBoundary') return isUnchanged;
  if (remote === null) return false;
  if (isAboutContent(code)) return local === null || isUnchanged;
  if (local !== null) return false;
  return (
    code === 'notFound' || (synced !== null && (code === 'accessDenied' || code === 'serviceUnavailable'))
  );
}

function triedOf({ tried }: State, id: ItemId): Tried {
  const known = tried.get(id) ?? { standings: [], refusedBefore: null };
  tried.set(id, known);
  return known;
}

/** A command for the item was carried out. Has it led nowhere? */
function isRepeating({ touched, tried, trees }: State, id: ItemId): boolean {
  const item = trees.items.get(id);
  const passed = tried.get(id)?.standings;
  // Nothing is known when something new was seen of it while the command was at work.
  if (item === undefined || isAtRest(item) || passed === undefined) return false;
  if (passed.length >= passedMax) return true;
  // What the answer told of another item may decide differently now.
  for (const other of touched) if (other !== id) return false;
  return passed.includes(standingOf(item));
}

/** No item needs more commands in a row without anything new in between. */
const passedMax = 12;

/**
 * What the planner decides by, without what every change renews (tags, stamps, numbers of events): a command that renews
 * only those has led nowhere.
 */
function standingOf({ remote, local, synced, match }: Item): string {
  return JSON.stringify([
    remote && [remote.id, remote.parent, remote.name, remote.sizeBytes, remote.hash, remote.modifiedAt],
    local && [local.id, local.parent, local.name, local.sizeBytes, local.hash, local.modifiedAt],
    synced && [synced.parent, synced.name, synced.sizeBytes, synced.hash, synced.remoteHash],
    synced && [synced.modifiedAt, synced.localModifiedAt],
    remote && local && contentBetween(remote, local, match),
    remote && synced && remoteContent(remote, synced),
    local && synced && localContent(local, synced),
  ]);
}
