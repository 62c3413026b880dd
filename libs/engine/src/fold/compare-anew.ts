/**
 * What both sides agreed on about an item was forgotten: by a run that trusts nothing of before, or because the item was out of
 * scope. Only when both sides have been looked at since does what they show alike count as agreed. Before that, one of them may
 * be how it was long ago, and its next look would read as a deletion.
 */
import { agree, end } from '@tidemark/trees';
import { settle } from './scope.ts';
import type { State } from './state.ts';
import { localKnown, remoteKnown } from './state.ts';

export function compareAnew(state: State): void {
  const { uncompared, touched, lookedFor } = state;
  if (uncompared.size === 0) return;
  const { items } = state.trees;
  if (remoteKnown(state) && localKnown(state)) {
    // What a look finds unchanged is no news, so nothing else would compare it.
    for (const id of uncompared) {
      const item = items.get(id);
      if (item === undefined) continue;
      agree(item, state.seq);
      settle(state, item, false);
    }
    uncompared.clear();
    return;
  }
  for (const id of [...touched, ...lookedFor]) {
    if (!uncompared.has(id)) continue;
    const item = items.get(id);
    // On one side only there is nothing to compare: it is copied.
    if (item === undefined || item.remote === null || item.local === null) uncompared.delete(id);
    else end(item);
  }
}
