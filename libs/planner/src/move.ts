/** The command that gives an item another place on one side: the one that the other side shows, or a name that is free. */
import type { Established } from '@tidemark/contracts';
import type { Item, Place, Side } from '@tidemark/trees';
import { itemOf, otherSide, pathOf, samePlace } from '@tidemark/trees';
import type { Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, join, waitFor } from './view.ts';

export function move({ trees }: PlanningView, item: Item, side: Side, to: Place, why: Why): Decision {
  const { local, remote } = item;
  const wanted = item[otherSide(side)];
  const establishes: Established[] = wanted !== null && samePlace(to, wanted) ? ['place'] : [];
  // Under its new name it is a new file, and what was agreed on about the old one is carried out.
  if (why.rule === 'edit-steps-aside') establishes.push('gone');
  const provisional = why.rule === 'name-swap';
  const parent = itemOf(trees, to.parent);
  const folder = pathOf(trees, parent, side);
  if (folder === null) return waitFor(to.parent);
  const toPath = join(folder, to.name);
  const path = pathOf(trees, item, 'local');
  if (side === 'local') {
    if (local === null || path === null) return waitFor(to.parent);
    return act({
      type: 'MoveLocal',
      ...about(item, path, why),
      establishes,
      toPath,
      expected: expectedLocal(local),
      provisional,
    });
  }
  if (remote === null || parent.remote === null) return waitFor(to.parent);
  return act({
    type: 'MoveRemote',
    ...about(item, path ?? toPath, why),
    fromPath: pathOf(trees, item, 'remote') ?? remote.name,
    establishes,
    driveItemId: remote.id,
    ifMatch: remote.eTag,
    modifiedAt: remote.modifiedAt,
    toParentId: parent.remote.id,
    toName: to.name,
    provisional,
  });
}
