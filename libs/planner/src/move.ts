/** The command that gives an item another place on one side: the one that the other side shows, or a name that is free. */
import type { Established } from '@tidemark/contracts';
import type { Item, Place, Side } from '@tidemark/trees';
import { itemOf, pathOf } from '@tidemark/trees';
import type { Decision, PlanningView, Why } from './view.ts';
import { about, act, expectedLocal, join, waitFor } from './view.ts';

interface How {
  readonly establishes: readonly Established[];
  /** To the temporary name of a name swap. */
  readonly provisional: boolean;
}

export const asAgreed: How = { establishes: ['place'], provisional: false };
export const asNewName: How = { establishes: [], provisional: false };
export const provisionally: How = { establishes: [], provisional: true };

export function move(
  { trees }: PlanningView,
  item: Item,
  side: Side,
  { parent: parentId, name }: Place,
  why: Why & How,
): Decision {
  const { local, remote } = item;
  const { establishes, provisional } = why;
  const parent = itemOf(trees, parentId);
  const folder = pathOf(trees, parent, side);
  if (folder === null) return waitFor(parentId);
  const toPath = join(folder, name);
  const path = pathOf(trees, item, 'local');
  if (side === 'local') {
    if (local === null || path === null) return waitFor(parentId);
    return act({
      type: 'MoveLocal',
      ...about(item, path, why),
      establishes,
      toPath,
      expected: expectedLocal(local),
      provisional,
    });
  }
  if (remote === null || parent.remote === null) return waitFor(parentId);
  return act({
    type: 'MoveRemote',
    ...about(item, path ?? toPath, why),
    fromPath: pathOf(trees, item, 'remote') ?? remote.name,
    establishes,
    driveItemId: remote.id,
    ifMatch: remote.eTag,
    modifiedAt: remote.modifiedAt,
    toParentId: parent.remote.id,
    toName: name,
    provisional,
  });
}
