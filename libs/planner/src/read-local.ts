/** Only the bytes can tell, since size and time cannot. */
import type { Item } from '@tidemark/trees';
import { pathOf } from '@tidemark/trees';
import type { Decision, PlanningView } from './view.ts';
import { about, act, expectedLocal, waitFor } from './view.ts';

export function readLocal(view: PlanningView, item: Item, differs: string): Decision {
  const { local } = item;
  const path = pathOf(view.trees, item, 'local');
  if (local === null || path === null) return waitFor(local?.parent ?? item.id);
  return act({
    type: 'HashFile',
    ...about(item, path, { rule: 'compare-content', differs }),
    expected: expectedLocal(local),
  });
}
