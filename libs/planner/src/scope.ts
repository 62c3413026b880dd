/** Scope: filters and plugins may keep an item out of the sync. Out of scope is never a deletion (I-12). */
import { rootItem } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { shownPath } from '@tidemark/trees';
import type { Decision, PlanningView } from './view.ts';

/**
 * The verdict of filters and plugins. Scope is asked of the place that the item would have. `from` local: as something that
 * would have to go up to the drive, which does not hold every name.
 */
export function ignoredBy(
  view: PlanningView,
  item: Item,
  from: 'remote' | 'local' = item.remote === null ? 'local' : 'remote',
): Extract<Decision, { type: 'ignored' }> | null {
  const entry = item.local ?? item.remote;
  if (entry === null || entry.kind === 'opaque') return null;
  const path = shownPath(view.trees, item);
  const verdict = view.rules.ignore({
    path,
    name: entry.name,
    kind: entry.kind,
    sizeBytes: entry.sizeBytes,
    side: from,
    known: item.synced !== null,
    nosync: view.policy.filter.checkNosync && isBelowNosync(view, item),
  });
  return verdict === null ? null : { type: 'ignored', plugin: verdict.plugin, detail: verdict.detail };
}

function isBelowNosync(view: PlanningView, item: Item): boolean {
  let current: Item | undefined = item;
  for (let depth = 0; current !== undefined && current.id !== rootItem && depth < depthMax; depth++) {
    const entry: Item['local'] | Item['remote'] = current.local ?? current.remote;
    if (entry === null) return false;
    if (entry.kind === 'folder' && view.trees.localNames.holders(current.id, '.nosync').length > 0)
      return true;
    current = view.trees.items.get(entry.parent);
  }
  return false;
}

const depthMax = 512;
