/** What follows when entries change: who is worth another look, and what is counted at the gate. */
import type { ItemId } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { isTemporaryName } from '@tidemark/planner';
import type { Item } from '@tidemark/trees';
import { depthMax, samePlace } from '@tidemark/trees';
import { step } from './failed.ts';
import { forgetStandings } from './repetition.ts';
import { forgetRefused } from './refused-before.ts';
import { countAtGate } from './gate.ts';
import type { State } from './state.ts';

/** `news`: an observation from outside, which gives resting items a fresh attempt. */
export function touch(state: State, ids: readonly ItemId[], news: boolean): void {
  for (const id of ids) {
    if (id === rootItem) continue;
    state.agenda.touch(id);
    const item = state.trees.items.get(id);
    forgetRefused(state, id, news);
    countAtGate(state, id, item, state.at);
    if (item === undefined) {
      state.activities.delete(id);
      forgetStandings(state, id);
      state.provisional.delete(id);
      state.scopeExits.delete(id);
      state.uncompared.delete(id);
      state.unanswered.remote.delete(id);
      state.unanswered.local.delete(id);
      continue;
    }
    const side = temporarySide(item);
    if (side === null) state.provisional.delete(id);
    else state.provisional.set(id, side);
    if (news) forgetStandings(state, id);
    if (news) step(state, id, { type: 'CHANGED' });
    // What a command is at work for is news for the folders above once that has come to something.
    if (state.inFlight.has(id)) continue;
    touchGoing(state, item, 'remote');
    touchGoing(state, item, 'local');
  }
}

/** A folder that is gone on the other side depends on what is in it, however deep. One that is new does not. */
function touchGoing({ trees, agenda }: State, item: Item, side: 'remote' | 'local'): void {
  let id = item[side]?.parent ?? rootItem;
  // Between two pages of the drive, or two parts of a scan, folders may be in each other.
  for (let depth = 0; id !== rootItem && depth < depthMax; depth++) {
    const folder = trees.items.get(id);
    const place = folder?.[side];
    const other = folder?.[side === 'remote' ? 'local' : 'remote'];
    if (folder === undefined || folder.synced === null || place == null || other !== null) return;
    agenda.touch(id);
    id = place.parent;
  }
}

/**
 * The side on which a name swap left the item under a temporary name. The name alone tells: the outcome of the move may never
 * have arrived. On disk the file may have got another number since, where the sync folder is a copy for example; on the drive such a
 * name may be of another client, which is in the middle of a swap of its own.
 */
function temporarySide(item: Item): 'remote' | 'local' | null {
  const { remote, local } = item;
  if (remote !== null && local !== null && samePlace(remote, local)) return null;
  if (remote !== null && isTemporaryName(remote.name, item.id)) return 'remote';
  return local !== null && isTemporaryName(local.name) ? 'local' : null;
}
