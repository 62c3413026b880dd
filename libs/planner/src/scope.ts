/** Scope: filters and plugins may keep an item out of the sync. Out of scope is never a deletion (I-12). */
import type { Item } from '@tidemark/trees';
import { shownPath } from '@tidemark/trees';
import type { Decision, PlanningView } from './view.ts';

/** The verdict of filters and plugins. Scope is asked of the place that the item would have. */
export function ignoredBy(view: PlanningView, item: Item): Extract<Decision, { type: 'ignored' }> | null {
  const entry = item.local ?? item.remote;
  if (entry === null || entry.kind === 'opaque') return null;
  const path = shownPath(view.trees, item);
  const verdict = view.rules.ignore({ path, name: entry.name, kind: entry.kind, sizeBytes: entry.sizeBytes });
  return verdict === null ? null : { type: 'ignored', plugin: verdict.plugin, detail: verdict.detail };
}
