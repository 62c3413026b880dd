/** `Started`, folded. */
import type { Command, Started } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { stepLook } from '@tidemark/machines';
import { createAgenda, createLeftOut, needsNothing, orderOf } from '@tidemark/planner';
import { end, loseIdentity, setLocal, setRoots } from '@tidemark/trees';
import { keepFormats } from './changed-content.ts';
import { takeOverFull } from './drive-full.ts';
import { awaitFacts } from './facts.ts';
import { countAtGate } from './gate.ts';
import { forgetJustGone } from './just-gone.ts';
import { leaveSending } from './lost-answer.ts';
import { leavePlacing } from './lost-placement.ts';
import { leaveUnanswered } from './own-deletion.ts';
import { reconsider } from './reconsider.ts';
import { takeOverAttempts } from './attempts.ts';
import { settleScopeAtStart } from './scope.ts';
import type { RulesFor, State } from './state.ts';
import { setRules } from './state.ts';
import { startSubscription } from './subscription.ts';

/** A run begins: whatever was under way is forgotten (the differences are still there), and both sides are to be looked at. */
export function startRun(state: State, event: Started, rulesFor: RulesFor): void {
  const { seq, trees } = state;
  const before = state.started;
  if (before !== null && before.drive.id !== event.drive.id)
    throw new Error(`The log belongs to drive ${before.drive.id}: another drive needs a log of its own`);
  const rootChanged = before !== null && before.drive.rootId !== event.drive.rootId;
  const isOtherFolder = before !== null && before.root.id !== event.root.id;
  state.started = event;
  awaitFacts(state, event);
  setRules(state, rulesFor);
  keepFormats(state, event);
  setRoots(trees, event.drive.rootId, event.root.id, seq);
  if (event.forget !== null || rootChanged) {
    for (const item of trees.items.values()) {
      if (item.id === rootItem) continue;
      end(item);
      state.uncompared.add(item.id);
    }
    state.remote.cursor = null;
  }
  for (const side of [state.remote, state.local]) {
    side.look = stepLook(side.look, { type: 'RESTARTED' });
    side.lastAt = null;
  }
  // What the drive's last listing lacked is still to be read by its id; what a scan missed may be back.
  state.local.unseen.clear();
  state.remote.looksSinceFull = 0;
  state.remote.listedAt = null;
  state.local.folders = null;
  if (event.forget !== null) state.local.mounts = [];
  state.phase = 'running';
  state.remote.changedByUs = false;
  for (const command of state.inFlight.values()) {
    leaveUnanswered(state, command);
    leaveSending(state, command);
    leavePlacing(state, command);
    mayBeKeptBeside(state, command);
  }
  state.inFlight.clear();
  forgetJustGone(state);
  takeOverAttempts(state, before, event);
  takeOverFull(state, event);
  state.halted = null;
  state.agenda = createAgenda(orderOf(event.policy, trees));
  for (const item of trees.items.values()) if (!needsNothing(event.policy, item)) state.agenda.touch(item.id);
  if (event.forget !== null && isOtherFolder) forgetDisk(state);
  startSubscription(state);
  settleScopeAtStart(state, before, event);
  countUnagreed(state, before);
}

/** What was never agreed on, or is gone from the drive, may go by the settings and rules of one run, and stay by those of another. */
function countUnagreed(state: State, before: Started | null): void {
  const mayGo = ({ policy }: Started): boolean => policy.cleanupLocal || policy.mirrorLocal === true;
  if (![before, state.started].some((run) => run !== null && mayGo(run))) return;
  const leftOut = createLeftOut();
  for (const item of state.trees.items.values())
    if ((item.synced === null || item.remote === null) && item.id !== rootItem)
      countAtGate(state, item.id, item, leftOut);
}

/**
 * Killed in the middle of a conflict: the file that was on disk may be the kept version by now, which is an item of its own, so
 * only the name tells which file the item is. Taken for a move, the item online would go with the kept version.
 */
function mayBeKeptBeside({ seq, trees }: State, command: Command): void {
  const item = trees.items.get(command.item);
  if (command.type === 'DownloadFile' && command.keepAs !== null && item !== undefined)
    loseIdentity(trees, item, seq);
}

/** What was seen of the disk was seen in another folder: its identities say nothing about files here. */
function forgetDisk(state: State): void {
  const { trees } = state;
  const seen = [...trees.items.values()].filter(({ id, local }) => id !== rootItem && local !== null);
  for (const item of seen) setLocal(trees, item, null);
  reconsider(
    state,
    seen.map(({ id }) => id),
    false,
  );
}
