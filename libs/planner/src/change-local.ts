/** Commands that read or change what is on disk, where size and time cannot tell enough. */
import { isYoungStamp } from '@tidemark/contracts';
import type { Item, LocalEntry } from '@tidemark/trees';
import { pathOf } from '@tidemark/trees';
import type { Decision, Draft, PlanningView } from './view.ts';
import { about, act, waitFor } from './view.ts';

/**
 * A change of a file that may have been saved again within the same second: it has to be known to the last byte before. The disk
 * would refuse the change, and reading the file outgrows that second.
 */
export const changeLocal = (view: PlanningView, item: Item, local: LocalEntry, change: Draft): Decision =>
  isYoungStamp(local.stamp) ? readLocal(view, item, local, 'local stamp young') : act(change);

export function readLocal(view: PlanningView, item: Item, local: LocalEntry, differs: string): Decision {
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  return act({
    type: 'HashFile',
    ...about(item, path, 'compare-content', differs),
    expected: { id: local.id, stamp: local.stamp },
  });
}
