/** A version that was changed on disk and deleted on the drive: the name goes, and the version stays under a kept one. */
import { keptNameAt } from '@tidemark/contracts';
import type { Item, LocalEntry } from '@tidemark/trees';
import { pathOf } from '@tidemark/trees';
import { readLocal } from './read-local.ts';
import { freeKeptNames, isKeptAlready, mayBeKept } from './kept-name.ts';
import { move } from './move.ts';
import { noFreeName } from './names.ts';
import { wantedName } from './temporary-name.ts';
import type { Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, waitFor } from './view.ts';

export function keepAside(view: PlanningView, item: Item, local: LocalEntry): Decision {
  const named = { ...local, name: wantedName(local.name) };
  if (local.hash === null && mayBeKept(view, named)) return readLocal(view, item, 'local hash unknown');
  const kept = freeKeptNames(view, local.parent, named.name, local.hash);
  const name = keptNameAt(kept, kept.from);
  if (name === null) return noFreeName;
  if (!isKeptAlready(view.trees, local.parent, name, local.hash))
    return move(view, item, 'local', { parent: local.parent, name }, stepsAside);
  const path = pathOf(view.trees, item, 'local');
  if (path === null) return waitFor(local.parent);
  return act({
    type: 'DeleteLocal',
    ...about(item, path, keptAlready),
    establishes: ['gone'],
    kind: local.kind,
    expected: expectedLocal(local),
  });
}

const stepsAside: Why = { rule: 'edit-steps-aside', differs: 'remote gone, local≠synced' };
const keptAlready: Why = { rule: 'edit-kept-already', differs: 'remote gone, local≠synced, kept=local' };
