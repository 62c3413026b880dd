/** Scope: filters and plugins may keep an item out of the sync. Out of scope is never a deletion (I-12). */
import type { ItemEntries, Side } from '@tidemark/trees';
import { shownPath } from '@tidemark/trees';
import { foldersAbove } from './folders-above.ts';
import type { Decision, PlanningView, ScopeVerdict } from './view.ts';

export type ScopeView = Pick<PlanningView, 'trees' | 'rules'>;

/** The verdict of filters and plugins that leave the item alone; null: in scope, if only as a folder on the way to something. */
export function scopeOf(
  view: ScopeView,
  item: ItemEntries,
  known: boolean,
  side?: Side,
): ScopeVerdict | null {
  const verdict = askRules(view, item, known, side);
  return verdict?.onTheWay === true ? null : verdict;
}

/**
 * What filters and plugins say; null: nothing. They are asked of the place that the item would have. `known`: it was in
 * sync before, which counts for filters that hold for new items only. `side` local: as something that would have to go up to
 * the drive, which does not hold every name.
 */
export function askRules(
  view: ScopeView,
  item: ItemEntries,
  known: boolean,
  side: Side = item.remote === null ? 'local' : 'remote',
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
    // Few rules ask, and to look at every folder above takes as long as all the rest.
    get markers() {
      return markersOf(view, item);
    },
  });
}

export function ignoredBy(
  view: ScopeView,
  item: ItemEntries,
  from?: Side,
): Extract<Decision, { type: 'ignored' }> | null {
  const verdict = scopeOf(view, item, item.synced !== null, from);
  return verdict === null ? null : { type: 'ignored', plugin: verdict.plugin, detail: verdict.detail };
}

function markersOf({ trees, rules: { markers = [] } }: ScopeView, item: ItemEntries): readonly string[] {
  if (markers.length === 0) return markers;
  const folders = [item.id, ...foldersAbove(trees, item, 'local')];
  return markers.filter((name) =>
    folders.some((folder) => trees.names.local.holders(folder, name).length > 0),
  );
}
