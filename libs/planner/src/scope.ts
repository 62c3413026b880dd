/** Scope: filters and plugins may keep an item out of the sync. Out of scope is never a deletion (I-12). */
import { rootItem } from '@tidemark/contracts';
import type { ItemEntries } from '@tidemark/trees';
import { depthMax, nosyncName, shownPath } from '@tidemark/trees';
import type { Decision, PlanningView, ScopeVerdict } from './view.ts';

export type ScopeView = Pick<PlanningView, 'trees' | 'rules' | 'policy'>;

/** Local: as something that would have to go up to the drive, which does not hold every name. */
type From = 'remote' | 'local';

/**
 * The verdict of filters and plugins; null: in scope. Scope is asked of the place that the item would have. `known`: it was in
 * sync before, which counts for filters that hold for new items only.
 */
export function scopeOf(
  view: ScopeView,
  item: ItemEntries,
  known: boolean,
  side: From = item.remote === null ? 'local' : 'remote',
): ScopeVerdict | null {
  const entry = item.local ?? item.remote;
  if (entry === null || entry.kind === 'opaque') return null;
  return view.rules.ignore({
    path: shownPath(view.trees, item),
    name: entry.name,
    kind: entry.kind,
    sizeBytes: entry.sizeBytes,
    side,
    known,
    nosync: view.policy.filter.checkNosync && isBelowNosync(view, item),
  });
}

export function ignoredBy(
  view: ScopeView,
  item: ItemEntries,
  from?: From,
): Extract<Decision, { type: 'ignored' }> | null {
  const verdict = scopeOf(view, item, item.synced !== null, from);
  return verdict === null ? null : { type: 'ignored', plugin: verdict.plugin, detail: verdict.detail };
}

function isBelowNosync(view: ScopeView, item: ItemEntries): boolean {
  let current: ItemEntries | undefined = item;
  for (let depth = 0; current !== undefined && current.id !== rootItem && depth < depthMax; depth++) {
    const entry: ItemEntries['local'] | ItemEntries['remote'] = current.local ?? current.remote;
    if (entry === null) return false;
    if (entry.kind === 'folder' && view.trees.names.local.holders(current.id, nosyncName).length > 0)
      return true;
    current = view.trees.items.get(entry.parent);
  }
  return false;
}
