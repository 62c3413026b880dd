/**
 * The sync state of an item that is not at rest, as a pure chart. An item at rest (three equal entries) has no state
 * here. Invariants and their tests: `item.spec.md`. Picture: `docs/item.md`.
 *
 * Recorded facts come first: `PLANNED` and `RESTARTED` hold in every state, because the log says that a command is out
 * or that a run began, whatever this chart expected.
 */
import type { CommandId, FailureDetails } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { assign, setup } from 'xstate';
import { laterDelayMs, restMs, soonDelayMs } from './backoff.ts';

export interface ItemContext {
  /** Failed attempts since the last success, change of a problem, or start of a run. */
  readonly attempts: number;
  /** Milliseconds since 1970, on the clock that stamped `at`. Set in `waiting` and `problem` only. */
  readonly dueAt: number | null;
  /** Set in `inFlight` only. */
  readonly command: CommandId | null;
  /** Why it waits or rests. Set in `waiting` and `problem` only. */
  readonly failure: FailureDetails | null;
}

export type ItemEvent =
  /** A command for the item was made durable. */
  | { readonly type: 'PLANNED'; readonly command: CommandId }
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
  /** A fresh observation of the item on either side. */
  | { readonly type: 'CHANGED' }
  /** A new run begins: nothing of an earlier run is in flight any more. */
  | { readonly type: 'RESTARTED' };

const atEase = { attempts: 0, dueAt: null, command: null, failure: null } as const satisfies ItemContext;

const definition = setup({
  types: { context: {} as ItemContext, events: {} as ItemEvent },
  guards: {
    cannotHelp: ({ context }, failed: FailedParams) => {
      const { retry } = failureGuide[failed.failure.code];
      return retry === 'never' || retry === 'stop' || context.attempts + 1 >= failed.attemptsMax;
    },
    isDue: ({ context }, woke: { readonly at: number }) => context.dueAt !== null && woke.at >= context.dueAt,
  },
  actions: {
    sendOut: assign((_, planned: { readonly command: CommandId }) => ({
      command: planned.command,
      dueAt: null,
      failure: null,
    })),
    postpone: assign(({ context }, failed: FailedParams) => ({
      attempts: context.attempts + 1,
      dueAt: failed.at + delayMs(failed.failure, context.attempts + 1),
      command: null,
      failure: failed.failure,
    })),
    giveUp: assign(({ context }, failed: FailedParams) => ({
      attempts: context.attempts + 1,
      dueAt: failed.at + restMs,
      command: null,
      failure: failed.failure,
    })),
    tryAgain: assign({ dueAt: null, failure: null }),
    startAfresh: assign(atEase),
  },
});

type FailedParams = Pick<Extract<ItemEvent, { type: 'FAILED' }>, 'failure' | 'at' | 'attemptsMax'>;

export const itemMachine = definition.createMachine({
  id: 'item',
  initial: 'ready',
  context: atEase,
  on: {
    PLANNED: { target: '.inFlight', actions: { type: 'sendOut', params: ({ event }) => event } },
    RESTARTED: { target: '.ready', actions: 'startAfresh' },
  },
  states: {
    ready: { description: 'The planner may ask for a command' },
    inFlight: {
      description: 'One command is out; nothing else is asked for',
      on: {
        SUCCEEDED: { target: 'ready', actions: 'startAfresh' },
        FAILED: [
          {
            guard: { type: 'cannotHelp', params: ({ event }) => event },
            target: 'problem',
            actions: { type: 'giveUp', params: ({ event }) => event },
          },
          { target: 'waiting', actions: { type: 'postpone', params: ({ event }) => event } },
        ],
      },
    },
    waiting: {
      description: 'Another attempt is worth it at dueAt, or earlier when something changes',
      on: {
        WOKE: {
          guard: { type: 'isDue', params: ({ event }) => event },
          target: 'ready',
          actions: 'tryAgain',
        },
        CHANGED: { target: 'ready', actions: 'tryAgain' },
      },
    },
    problem: {
      description: 'No attempt helps until something changes, which may go untold: a day is enough',
      on: {
        WOKE: {
          guard: { type: 'isDue', params: ({ event }) => event },
          target: 'ready',
          actions: 'startAfresh',
        },
        CHANGED: { target: 'ready', actions: 'startAfresh' },
      },
    },
  },
});

/** What the service asked for is a floor, never a ceiling. */
function delayMs(failure: FailureDetails, attempt: number): number {
  const own = failureGuide[failure.code].retry === 'soon' ? soonDelayMs(attempt) : laterDelayMs(attempt);
  return Math.max(failure.afterMs ?? 0, own);
}
