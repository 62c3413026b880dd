/** What follows when entries change: who is worth another look, and what is counted at the gate. */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { depthMax } from '@tidemark/trees';
import { step } from './failed.ts';
import { forgetStandings } from './repetition.ts';
import { forgetRefused } from './refused-before.ts';
import { countAtGate } from './gate.ts';
import type { State } from './state.ts';

/** `news`: an observation from outside, which gives resting items a fresh attempt. */
export function touch(state: State, ids: Iterable<ItemId>, news: boolean): void {
  for (const id of ids) {
    if (id === rootItem) continue;
    state.agenda.touch(id);
    const item = state.trees.items.get(id);
    forgetRefused(state, id, news);
    countAtGate(state, id, item, state.at);
    if (item === undefined) {
      state.activities.delete(id);
      forgetStandings(state, id);
      state.scopeExits.delete(id);
      state.uncompared.delete(id);
      state.unanswered.remote.delete(id);
      state.unanswered.local.delete(id);
      continue;
    }
    if (news) forgetStandings(state, id);
    if (news) step(state, id, { type: 'CHANGED' });
    // What a command is at work for is news for the folders above once that has come to something.
    if (state.inFlight.has(id)) continue;
    touchGoing(state, item, 'remote', news);
    touchGoing(state, item, 'local', news);
  }
}

/** A folder that is gone on the other side depends on what is in it, however deep: news of that is news of it. One that is new does not. */
function touchGoing(state: State, item: Item, side: 'remote' | 'local', news: boolean): void {
  const { trees, agenda } = state;
  let id = item[side]?.parent ?? rootItem;
  // Between two pages of the drive, or two parts of a scan, folders may be in each other.
  for (let depth = 0; id !== rootItem && depth < depthMax; depth++) {
    const folder = trees.items.get(id);
    const place = folder?.[side];
    const other = folder?.[side === 'remote' ? 'local' : 'remote'];
    if (folder === undefined || folder.synced === null || place == null || other !== null) return;
    agenda.touch(id);
    if (news) step(state, id, { type: 'CHANGED' });
    id = place.parent;
  }
}
