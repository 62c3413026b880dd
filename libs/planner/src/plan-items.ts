/** Planning: from the items on the agenda to at most `commandsMax` commands, in the order of the items' ids. */
import type { ItemId, Policy } from '@tidemark/contracts';
import type { Item } from '@tidemark/trees';
import { isAtRest } from '@tidemark/trees';
import type { Agenda } from './agenda.ts';
import { createJudged } from './deletable.ts';
import { attemptsLeft, smallest } from './drive-full.ts';
import { reconcile } from './reconcile.ts';
import type { Draft, PlanningView } from './view.ts';

/** Such an item is not worth a look. At rest is not enough where what was uploaded is to leave the disk. */
export const needsNothing = ({ removeSource }: Policy, item: Item): boolean =>
  removeSource === undefined && isAtRest(item);

export function planItems(view: PlanningView, agenda: Agenda, commandsMax: number): Draft[] {
  const drafts: Draft[] = [];
  // Each command must see the ones before it, as if they were already under way.
  const inFlight = new Map<ItemId, Draft>(view.inFlight);
  let widened: PlanningView = { ...view, inFlight, judged: createJudged() };
  const add = (item: Item, draft: Draft): void => {
    drafts.push(draft);
    inFlight.set(item.id, draft);
    // What is under way now decides anew what may be deleted above it.
    if (item.remote === null || item.local === null) widened = { ...widened, judged: createJudged() };
  };
  const waiting: Item[] = [];
  const attempts = attemptsLeft(view);
  while (drafts.length + Math.min(attempts, waiting.length) < commandsMax) {
    const id = agenda.next();
    if (id === undefined) break;
    const item = view.trees.items.get(id);
    if (item === undefined || needsNothing(view.policy, item)) continue;
    const decision = reconcile(widened, item);
    if (decision.type === 'act') {
      add(item, decision.command);
    } else if (decision.type === 'wait') {
      agenda.park(id, decision.for);
      if (decision.for === 'driveSpace') waiting.push(item);
    } else if (decision.type === 'ignored') {
      if (decision.until === 'content') agenda.awaitContent(id);
      else if (decision.until !== undefined) agenda.park(id, decision.until);
    } else if (decision.type === 'stuck' && decision.until !== undefined) {
      agenda.park(id, decision.until);
    }
  }
  for (const item of smallest(waiting, attempts)) {
    const decision = reconcile({ ...widened, full: null }, item);
    if (decision.type === 'act') add(item, decision.command);
  }
  return drafts;
}
