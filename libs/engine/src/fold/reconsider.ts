/** What follows when entries change: which items are worth another look, and what is counted at the gate. */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { createLeftOut, ignoredBy } from '@tidemark/planner';
import type { Item, Side } from '@tidemark/trees';
import { otherSide, upwards } from '@tidemark/trees';
import { forgetTried, step } from './attempts.ts';
import { countAtGate } from './gate.ts';
import type { State } from './state.ts';
import { noteTogether } from './together.ts';

/** `news`: an observation from outside, which gives resting items a fresh attempt. */
export function reconsider(state: State, ids: Iterable<ItemId>, news: boolean): void {
  const leftOut = createLeftOut();
  for (const id of ids) {
    if (id === rootItem) continue;
    state.agenda.touch(id);
    const item = state.trees.items.get(id);
    forgetTried(state, id, news);
    countAtGate(state, id, item, leftOut);
    if (item === undefined) {
      const { activities, local, remote, outOfScope, together, uncompared } = state;
      for (const facts of [
        activities,
        local.unanswered,
        local.placing,
        remote.unanswered,
        remote.sending,
        remote.arrivals,
        outOfScope,
        together,
        uncompared,
        state.unproven,
        state.unprovenOnDrive,
      ])
        facts.delete(id);
      continue;
    }
    noteTogether(state, item);
    if (news) step(state, id, { type: 'CHANGED' });
    reconsiderOnTheWay(state, item);
    // What a command is at work for is news for the folders above once that has come to something.
    if (state.inFlight.has(id)) continue;
    reconsiderAbove(state, item, 'remote', news);
    reconsiderAbove(state, item, 'local', news);
  }
}

/** Rules may say something else of it, although nothing was told of it. */
export function reconsiderRules(state: State, item: Item): void {
  state.agenda.touch(item.id);
  countAtGate(state, item.id, item);
  reconsiderOnTheWay(state, item);
}

/** It may be what folders on the way to it were left for: then what waits for one of those has to know as well. */
function reconsiderOnTheWay(state: State, item: Item): void {
  const { agenda, trees } = state;
  if (!agenda.awaitsContent() || ignoredBy(state, item) !== null) return;
  for (const side of ['remote', 'local'] as const) {
    let isAwaited = false;
    for (const id of upwards(trees, item[side]?.parent ?? rootItem, side)) {
      const folder = trees.items.get(id);
      if (id === rootItem || folder === undefined || folder[otherSide(side)] !== null) break;
      isAwaited ||= agenda.awaitsContent(id);
      if (isAwaited) agenda.touch(id);
    }
  }
}

/** A folder that is gone on the other side depends on what is in it, however deep: news of that is news of it. One that is new does not. */
function reconsiderAbove(state: State, item: Item, side: Side, news: boolean): void {
  for (const id of upwards(state.trees, item[side]?.parent ?? rootItem, side)) {
    const folder = state.trees.items.get(id);
    if (id === rootItem || !folder?.synced || folder[side] === null || folder[otherSide(side)] !== null)
      return;
    state.agenda.touch(id);
    if (news) step(state, id, { type: 'CHANGED' });
  }
}
