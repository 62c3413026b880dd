/** The sync state of one item as plain data: what the engine keeps for items that are not at rest. */
import type { SnapshotFrom } from 'xstate';
import { type ItemContext, type ItemEvent, itemMachine } from './item.machine.ts';
import { createStepper } from './stepper.ts';

export type ItemState = SnapshotFrom<typeof itemMachine>['value'];

/** JSON data. Frozen in meaning: a step returns a new one, or the same one when nothing changed. */
export interface ItemActivity extends ItemContext {
  readonly state: ItemState;
}

export const itemStates = ['ready', 'inFlight', 'waiting', 'problem'] as const satisfies readonly ItemState[];

const step = createStepper<ItemState, ItemContext, ItemEvent>(itemMachine, itemStates);
const ready: ItemActivity = { state: 'ready', attempts: 0, dueAt: null, command: null, failure: null };

/**
 * The activity after the event. `null` stands for an item without any history: ready, no attempts.
 * @example
 * const out = stepItem(null, { type: 'PLANNED', command });
 * stepItem(out, { type: 'SUCCEEDED' }).state; // 'ready'
 */
export function stepItem(activity: ItemActivity | null, event: ItemEvent): ItemActivity {
  const from = activity ?? ready;
  const before = { state: from.state, context: from };
  const after = step(before, event);
  if (after === before) return from;
  const { attempts, dueAt, command, failure } = after.context;
  return { state: after.state, attempts, dueAt, command, failure };
}
