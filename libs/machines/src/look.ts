/** Looking at one side as plain data: what the engine keeps for the drive and for the disk. */
import type { SnapshotFrom } from 'xstate';
import { type LookContext, type LookEvent, type LookMeta, lookMachine } from './look.machine.ts';
import { createStepper } from './stepper.ts';

export type LookState = SnapshotFrom<typeof lookMachine>['value'];

/** JSON data. A step returns a new one, or the same one when nothing changed. */
export interface LookActivity extends LookContext {
  readonly state: LookState;
}

export const lookStates = [
  'looking',
  'confirming',
  'current',
  'waiting',
  'suspended',
  'abandoned',
] as const satisfies readonly LookState[];

const step = createStepper<LookState, LookContext, LookEvent>(lookMachine, lookStates);

/** A side that was never looked at. */
export const firstLook: LookActivity = {
  state: 'looking',
  command: null,
  again: false,
  why: 'run-started',
  unsettled: false,
  attempts: 0,
  dueAt: null,
  failure: null,
};

/**
 * The activity after the event.
 * @example
 * const out = stepLook(firstLook, { type: 'PLANNED', command });
 * stepLook(out, { type: 'ENDED', unsettled: false }).state; // 'current'
 */
export function stepLook(activity: LookActivity, event: LookEvent): LookActivity {
  const before = { state: activity.state, context: activity };
  const after = step(before, event);
  if (after === before) return activity;
  const { command, again, why, unsettled, attempts, dueAt, failure } = after.context;
  return { state: after.state, command, again, why, unsettled, attempts, dueAt, failure };
}

/** What the side asks for now; null while a command is out, and while it waits for a deadline. */
export function lookWanted({ state, command, dueAt }: LookActivity): LookMeta['wants'] {
  if (command !== null || dueAt !== null) return null;
  const meta = lookMachine.states[state]?.meta;
  if (meta === undefined) throw new Error(`The look chart says nothing about ${state}`);
  return meta.wants;
}
