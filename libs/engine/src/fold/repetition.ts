/**
 * No run repeats itself. The planner is a pure function of what an item shows: an item that stands, after a command, where it
 * stood before one of the commands that led there would get the same commands again, without an end. It rests instead, until
 * one of the sides shows something new.
 */
import type { Command, FailureDetails, ItemId } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { contentBetween, isAtRest, localContent, remoteContent } from '@tidemark/trees';
import type { State } from './state.ts';

/** A command for the item goes out. */
export function noteStanding(state: State, id: ItemId): void {
  const item = state.trees.items.get(id);
  if (item === undefined) return;
  const passed = state.passed.get(id) ?? [];
  passed.push(standingOf(item));
  state.passed.set(id, passed);
}

/** That command failed: where the item stands is as good a place to begin as before. */
export const takeBackStanding = (state: State, id: ItemId): void => void state.passed.get(id)?.pop();

/** A command for the item was carried out. Has it led nowhere? */
export function isRepeating(state: State, id: ItemId): boolean {
  const item = state.trees.items.get(id);
  const passed = state.passed.get(id);
  if (item === undefined || isAtRest(item)) {
    state.passed.delete(id);
    return false;
  }
  // Something new was seen of it while the command was at work.
  if (passed === undefined) return false;
  if (passed.length >= passedMax) return true;
  // What the answer told of another item may decide differently now.
  for (const other of state.touched) if (other !== id) return false;
  return passed.includes(standingOf(item));
}

/** One of the sides shows something new of the item: what was tried before may help now. */
export const forgetStandings = (state: State, id: ItemId): void => void state.passed.delete(id);

export const noProgress = (command: Command): FailureDetails => ({
  code: 'noProgress',
  detail: `Cannot go on with "${command.path}": ${command.type} was carried out, and nothing came of it`,
});

/** No item needs more commands in a row without anything new in between. */
const passedMax = 12;

/**
 * What the planner decides by, without what every change renews (tags, stamps, numbers of events): a command that renews
 * only those has led nowhere.
 */
function standingOf({ remote, local, synced }: Item): string {
  return JSON.stringify([
    remote && [remote.id, remote.parent, remote.name, remote.sizeBytes, remote.hash, remote.modifiedAt],
    local && [local.id, local.parent, local.name, local.sizeBytes, local.hash, local.modifiedAt],
    synced && [synced.parent, synced.name, synced.sizeBytes, synced.hash, synced.remoteHash],
    synced && [synced.modifiedAt, synced.localModifiedAt],
    remote && local && contentBetween(remote, local),
    remote && synced && remoteContent(remote, synced),
    local && synced && localContent(local, synced),
  ]);
}
