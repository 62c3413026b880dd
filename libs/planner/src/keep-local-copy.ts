/**
 * `upload_only`, and both sides changed: the newer version on the drive keeps its name there, and the older one on disk keeps it here. A
 * copy of that one is kept beside it and goes up as a new file. As long as the copy is there, nothing is left to do.
 */
import { keptNames } from '@tidemark/contracts';
import type { Item, LocalEntry } from '@tidemark/trees';
import { isAtRest, itemOf, pathOf } from '@tidemark/trees';
import { freeKeptNames, keptName } from './kept-name.ts';
import { readLocal } from './read-local.ts';
import type { Both, Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, waitFor } from './view.ts';

export function keepLocalCopy(
  view: PlanningView,
  { item, local }: Both,
  why: Pick<Why, 'differs' | 'plugin'>,
): Decision {
  if (local.hash === null) return readLocal(view, item, 'local hash unknown');
  for (const copy of copiesOf(view, local)) {
    const hash = hashOf(copy);
    if (hash === local.hash) return settled(copy, why);
    // Its bytes are about to be known.
    if (hash === null && !isAtRest(copy)) return waitFor(copy.id);
  }
  const path = pathOf(view.trees, item, 'local');
  const folder = pathOf(view.trees, itemOf(view.trees, local.parent), 'local');
  if (path === null || folder === null) return waitFor(local.parent);
  return act({
    type: 'KeepLocalCopy',
    ...about(item, path, { rule: 'conflict-kept-apart', ...why }),
    establishes: [],
    expected: expectedLocal(local),
    sizeBytes: local.sizeBytes,
    modifiedAt: local.modifiedAt,
    folder,
    keepAs: freeKeptNames(view, local.parent, local.name),
  });
}

/** Files of that size under the names that copies of the file get. */
function* copiesOf({ trees, policy }: PlanningView, local: LocalEntry): Iterable<Item> {
  for (const name of keptNames(keptName(local.name, policy.hostName))) {
    const holders = trees.names.local.holders(local.parent, name);
    if (holders.length === 0 && trees.names.remote.holders(local.parent, name).length === 0) return;
    for (const id of holders) {
      const copy = itemOf(trees, id);
      if (copy.local?.kind === 'file' && copy.local.sizeBytes === local.sizeBytes) yield copy;
    }
  }
}

const hashOf = ({ local, synced }: Item): string | null =>
  local?.hash ?? (local !== null && synced !== null && local.stamp === synced.stamp ? synced.hash : null);

/** Looked at again when the copy changes: without it, the version would be on disk alone. */
function settled({ id, local }: Item, { plugin = 'upload_only' }: Pick<Why, 'plugin'>): Decision {
  if (local === null) return waitFor(id);
  const detail = `the newer version online keeps the name there, and this one is kept as "${local.name}"`;
  return { type: 'ignored', plugin, detail, until: id };
}
