/** One event folded, and which items know something else afterwards. */
import type { ItemId, RecordedEvent } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { shownPath } from '@tidemark/trees';
import type { RulesFor } from '../../fold/evolve.ts';
import { evolve } from '../../fold/evolve.ts';
import type { State } from '../../fold/state.ts';
import { type Entries, entriesOf, type ItemDifference } from './shown-items.ts';

/** Folds the event into the state, and returns what it changed, in the order of the paths. */
export function foldedChanges(state: State, recorded: RecordedEvent, rulesFor: RulesFor): ItemDifference[] {
  const { items } = state.trees;
  const before = new Map<ItemId, { readonly entries: Entries; readonly path: string }>();
  for (const id of recorded.items) {
    const item = items.get(id);
    if (item !== undefined) before.set(id, { entries: entriesOf(item), path: shownPath(state.trees, item) });
  }
  evolve(state, recorded, rulesFor);
  const differences: ItemDifference[] = [];
  for (const id of recorded.items) {
    if (id === rootItem) continue;
    const item = items.get(id);
    const was = before.get(id);
    const entries = item === undefined ? null : entriesOf(item);
    if (JSON.stringify(was?.entries ?? null) === JSON.stringify(entries)) continue;
    const path = item === undefined ? (was?.path ?? '') : shownPath(state.trees, item);
    differences.push({ item: id, path, before: was?.entries ?? null, after: entries });
  }
  return differences.sort((one, other) => (one.path < other.path ? -1 : 1) || one.item - other.item);
}
