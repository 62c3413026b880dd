/**
 * Looking at one side, as a pure chart: the drive has one, the disk has one. Invariants and their tests: `look.spec.md`.
 * Picture: `docs/look.md`.
 *
 * `meta.wants` is what a state asks for while no command is out (`command` null).
 */
import type { Command, FailureDetails, RuleId } from '@tidemark/contracts';
import { assign, setup } from 'xstate';
import { delayMs } from './backoff.ts';
import type { Activity, StateOf } from './chart.ts';
import { chartOf, functionsOf } from './chart.ts';

export interface LookContext {
  /** The look that is under way. */
  readonly command: Command | null;
  /** Something may have changed behind the look under way, so another one follows it. */
  readonly again: boolean;
  /** Why the next look is wanted. */
  readonly why: RuleId;
  /** Failed looks since the last one that came to its end. */
  readonly attempts: number;
  /** Milliseconds since 1970, on the clock that stamped `at`. */
  readonly dueAt: number | null;
  /** Why the side waits or is suspended. */
  readonly failure: FailureDetails | null;
}

export type LookEvent =
  /** The side may have changed. */
  | { readonly type: 'WANTED'; readonly why: RuleId }
  /** A command that looks was made durable. */
  | { readonly type: 'PLANNED'; readonly command: Command }
  /** The look told everything. `unsettled`: it missed known items, and another look has to say what became of them. */
  | { readonly type: 'ENDED'; readonly unsettled: boolean }
  /** `at`: milliseconds since 1970. `givesUp`: the run ends by itself and has tried often enough. */
  | {
      readonly type: 'FAILED';
      readonly failure: FailureDetails;
      readonly at: number;
      readonly givesUp: boolean;
    }
  /** What the side shows cannot be trusted: it is not the one we know. */
  | { readonly type: 'SUSPENDED'; readonly failure: FailureDetails; readonly at: number }
  | { readonly type: 'WOKE'; readonly at: number }
  /** A new run begins: nothing of an earlier one is under way any more. */
  | { readonly type: 'RESTARTED' };

export interface LookMeta {
  /** `confirmation`: a second look at what the first one missed. */
  readonly wants: 'look' | 'confirmation' | null;
}

const fresh = {
  command: null,
  again: false,
  why: 'run-started',
  attempts: 0,
  dueAt: null,
  failure: null,
} as const satisfies LookContext;

const on = functionsOf<LookContext, LookEvent>();

const definition = setup({
  types: { context: {} as LookContext, events: {} as LookEvent, meta: {} as LookMeta },
  guards: {
    isUnderWay: ({ context }) => context.command !== null,
    isWantedAgain: ({ context }) => context.again,
    isUnsettled: on('ENDED', ({ unsettled }) => unsettled),
    isDue: on('WOKE', ({ at }, { dueAt }) => dueAt !== null && at >= dueAt),
    givesUp: on('FAILED', ({ givesUp }) => givesUp),
  },
  actions: {
    want: assign(on('WANTED', ({ why }) => ({ why }))),
    wantAgain: assign(on('WANTED', ({ why }) => ({ why, again: true }))),
    sendOut: assign(on('PLANNED', ({ command }) => ({ command, again: false, dueAt: null }))),
    /** It reads single items, so what else is wanted stays so. */
    sendOutToConfirm: assign(on('PLANNED', ({ command }) => ({ command, dueAt: null }))),
    end: assign(({ context }) => ({ ...fresh, why: context.why })),
    postpone: assign(
      on(['FAILED', 'SUSPENDED'], ({ failure, at }, context) => {
        const attempts = context.attempts + 1;
        // The pause grows with the first five failures and stays: a side that was away for hours is seen soon after it is back.
        return { command: null, attempts, dueAt: at + delayMs(failure, Math.min(attempts, 5)), failure };
      }),
    ),
    giveUp: assign({ dueAt: null }),
    tryAgain: assign({ dueAt: null }),
    restart: assign(fresh),
  },
});

const noted = [{ guard: 'isUnderWay', actions: 'wantAgain' }, { actions: 'want' }] as const;
const ended = [
  { guard: 'isWantedAgain', target: 'looking', actions: 'end' },
  { guard: 'isUnsettled', target: 'confirming', actions: 'end' },
  { target: 'current', actions: 'end' },
] as const;
const failed = [
  { guard: 'givesUp', target: 'abandoned', actions: ['postpone', 'giveUp'] },
  { target: 'waiting', actions: 'postpone' },
] as const;

export const lookMachine = definition.createMachine({
  id: 'look',
  initial: 'looking',
  context: fresh,
  on: {
    RESTARTED: { target: '.looking', actions: 'restart' },
    SUSPENDED: { target: '.suspended', actions: 'postpone' },
  },
  states: {
    looking: {
      description: 'A look is wanted or under way',
      meta: { wants: 'look' },
      on: { WANTED: noted, PLANNED: { actions: 'sendOut' }, ENDED: ended, FAILED: failed },
    },
    confirming: {
      description: 'A look missed known items; a second one is to settle what became of them',
      meta: { wants: 'confirmation' },
      on: {
        WANTED: { actions: 'wantAgain' },
        PLANNED: { actions: 'sendOutToConfirm' },
        ENDED: ended,
        FAILED: failed,
      },
    },
    current: {
      description: 'What is known is what the side showed last, and nothing has told of a change since',
      meta: { wants: null },
      on: {
        WANTED: { target: 'looking', actions: 'want' },
        PLANNED: { target: 'looking', actions: 'sendOut' },
      },
    },
    waiting: {
      description: 'A look failed; another one of everything that is wanted is worth it at dueAt',
      meta: { wants: null },
      on: {
        WANTED: { actions: 'want' },
        WOKE: { guard: 'isDue', target: 'looking', actions: 'tryAgain' },
      },
    },
    suspended: {
      description:
        'The side is not the one we know: nothing is written anywhere until a look can trust it again',
      meta: { wants: 'look' },
      on: {
        WANTED: noted,
        PLANNED: { actions: 'sendOut' },
        ENDED: ended,
        FAILED: { actions: 'postpone' },
        WOKE: { guard: 'isDue', actions: 'tryAgain' },
      },
    },
    abandoned: {
      description: 'The run has tried often enough, and ends without having seen this side',
      meta: { wants: null },
      on: { WANTED: { actions: 'want' } },
    },
  },
});

export type LookState = StateOf<typeof lookMachine>;
export type LookActivity = Activity<LookState, LookContext>;

const chart = chartOf<LookState, LookContext, LookEvent, LookMeta>(lookMachine);
/** `first`: a side that was never looked at. */
export const { states: lookStates, first: firstLook, step: stepLook } = chart;

/** What the side asks for now; null while a command is out, and while it waits for a deadline. */
export const lookWanted = ({ state, command, dueAt }: LookActivity): LookMeta['wants'] =>
  command === null && dueAt === null ? chart.meta(state).wants : null;
