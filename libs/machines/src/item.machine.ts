/**
 * The sync state of an item that is not at rest, as a pure chart. An item at rest (three equal entries) has no state
 * here. Invariants and their tests: `item.spec.md`. Picture: `docs/item.md`.
 *
 * Recorded facts come first: `PLANNED` holds in every state, because the log says that a command is out, whatever this
 * chart expected.
 */
import type { FailureDetails } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { assign, setup } from 'xstate';
import { delayMs, restMs } from './backoff.ts';
import type { Activity, StateOf } from './chart.ts';
import { chartOf, functionsOf } from './chart.ts';

export interface ItemContext {
  /** Failed attempts since the last success, or change of a problem. */
  readonly attempts: number;
  /** Milliseconds since 1970, on the clock that stamped `at`. Set in `waiting` and `problem` only. */
  readonly dueAt: number | null;
  /** Why it waits or rests. Set in `waiting` and `problem` only. */
  readonly failure: FailureDetails | null;
}

export type ItemEvent =
  /** A command for the item was made durable. */
  | { readonly type: 'PLANNED' }
  /** The command came to a good end. */
  | { readonly type: 'SUCCEEDED' }
  /** The world said no. `at`: milliseconds since 1970. `attemptsMax` is policy. */
  | {
      readonly type: 'FAILED';
      readonly failure: FailureDetails;
      readonly at: number;
      readonly attemptsMax: number;
    }
  /** A deadline passed. `at`: milliseconds since 1970. */
  | { readonly type: 'WOKE'; readonly at: number }
  /** A fresh observation of the item on either side, or another reason to expect more of an attempt. */
  | { readonly type: 'CHANGED' };

const atEase = { attempts: 0, dueAt: null, failure: null } as const satisfies ItemContext;

const on = functionsOf<ItemContext, ItemEvent>();

const definition = setup({
  types: { context: {} as ItemContext, events: {} as ItemEvent },
  guards: {
    cannotHelp: on('FAILED', ({ failure, attemptsMax }, { attempts }) => {
      const { retry } = failureGuide[failure.code];
      return retry === 'never' || retry === 'stop' || attempts + 1 >= attemptsMax;
    }),
    isDue: on('WOKE', ({ at }, { dueAt }) => dueAt !== null && at >= dueAt),
  },
  actions: {
    postpone: assign(
      on('FAILED', ({ failure, at }, context) => {
        const attempts = context.attempts + 1;
        return { attempts, dueAt: at + delayMs(failure, attempts), failure };
      }),
    ),
    giveUp: assign(
      on('FAILED', ({ failure, at }, { attempts }) => ({
        attempts: attempts + 1,
        dueAt: at + restMs,
        failure,
      })),
    ),
    tryAgain: assign({ dueAt: null, failure: null }),
    startAfresh: assign(atEase),
  },
});

export const itemMachine = definition.createMachine({
  id: 'item',
  initial: 'ready',
  context: atEase,
  on: {
    PLANNED: { target: '.inFlight', actions: 'tryAgain' },
  },
  states: {
    ready: { description: 'The planner may ask for a command' },
    inFlight: {
      description: 'One command is out; nothing else is asked for',
      on: {
        SUCCEEDED: { target: 'ready', actions: 'startAfresh' },
        FAILED: [
          { guard: 'cannotHelp', target: 'problem', actions: 'giveUp' },
          { target: 'waiting', actions: 'postpone' },
        ],
      },
    },
    waiting: {
      description: 'Another attempt is worth it at dueAt, or earlier when something changes',
      on: {
        WOKE: { guard: 'isDue', target: 'ready', actions: 'tryAgain' },
        CHANGED: { target: 'ready', actions: 'tryAgain' },
      },
    },
    problem: {
      description: 'No attempt helps until something changes, which may go untold: a day is enough',
      on: {
        WOKE: { guard: 'isDue', target: 'ready', actions: 'startAfresh' },
        CHANGED: { target: 'ready', actions: 'startAfresh' },
      },
    },
  },
});

export type ItemState = StateOf<typeof itemMachine>;
export type ItemActivity = Activity<ItemState, ItemContext>;

const chart = chartOf<ItemState, ItemContext, ItemEvent>(itemMachine);
export const itemStates = chart.states;

/**
 * The activity after the event. `null` stands for an item without any history: ready, no attempts.
 * @example
 * const out = stepItem(null, { type: 'PLANNED', command });
 * stepItem(out, { type: 'SUCCEEDED' }).state; // 'ready'
 */
export const stepItem = (activity: ItemActivity | null, event: ItemEvent): ItemActivity =>
  chart.step(activity ?? chart.first, event);
