/**
 * The agenda: which items are worth another look. It is a memory of plans that came to nothing, not a list of work: planning
 * from the agenda gives what planning from every item gives, only sooner. Forgetting it costs time and nothing else.
 */
import type { ItemId } from '@tidemark/contracts';
import { createQueue } from './queue.ts';
import type { Order } from './transfer-order.ts';
import type { Gate } from './view.ts';

export interface Agenda {
  /** The item, or something its decision depends on, changed. */
  touch(item: ItemId): void;
  openGate(gate: Gate): void;
  /**
   * The first item due, removed: the lowest one without an order. Ids are numbers of first sighting, so folders tend to come
   * before what is in them.
   */
  next(): ItemId | undefined;
  /** Looked at in vain: due again when `until` changes or opens. */
  park(item: ItemId, until: ItemId | Gate): void;
  /** A folder that was looked at in vain: worth another look when something in it changes. */
  awaitContent(folder: ItemId): void;
  /** Does that folder await content, or any? */
  awaitsContent(folder?: ItemId): boolean;
  readonly isEmpty: boolean;
}

/** @param order null: the lowest item first */
export function createAgenda(order: Order | null = null): Agenda {
  const due = createQueue(order);
  const parked = new Map<ItemId | Gate, ItemId[]>();
  const awaitingContent = new Set<ItemId>();
  // Wake transitively: if A waits for B and B is planned again, A's answer may change too. Circles of names can be longer than two.
  const wake = (first: ItemId | Gate): void => {
    const woken: (ItemId | Gate)[] = [first];
    for (let key = woken.pop(); key !== undefined; key = woken.pop()) {
      const waiting = parked.get(key);
      if (waiting === undefined) continue;
      parked.delete(key);
      for (const item of waiting) {
        due.add(item);
        woken.push(item);
      }
    }
  };
  return {
    touch(item) {
      awaitingContent.delete(item);
      due.add(item);
      wake(item);
    },
    openGate: wake,
    next: due.next,
    park(item, until) {
      const waiting = parked.get(until);
      if (waiting === undefined) parked.set(until, [item]);
      else waiting.push(item);
    },
    awaitContent: (folder) => void awaitingContent.add(folder),
    awaitsContent: (folder) =>
      folder === undefined ? awaitingContent.size > 0 : awaitingContent.has(folder),
    get isEmpty() {
      return due.isEmpty;
    },
  };
}
