/**
 * Looking at one side, as a pure chart: the drive has one, the disk has one. Invariants and their tests: `look.spec.md`.
 * Picture: `docs/look.md`.
 *
 * `meta.wants` is what a state asks for while no command is out (`command` null).
 */
import type { CommandId, FailureDetails, RuleId } from '@tidemark/contracts';
import { failureGuide } from '@tidemark/contracts';
import { assign, setup } from 'xstate';
import { laterDelayMs, soonDelayMs } from './backoff.ts';

export interface LookContext {
  /** The look that is under way. */
  readonly command: CommandId | null;
  /** Something may have changed behind the look under way, so another one follows it. */
  readonly again: boolean;
  /** Why the next look is wanted. */
  readonly why: RuleId;
  /** A look missed known items, and no second look has settled yet whether they are gone. */
  readonly unsettled: boolean;
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
  | { readonly type: 'PLANNED'; readonly command: CommandId }
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
  unsettled: false,
  attempts: 0,
  dueAt: null,
  failure: null,
} as const satisfies LookContext;

type Failed = { readonly failure: FailureDetails; readonly at: number };

const definition = setup({
  types: { context: {} as LookContext, events: {} as LookEvent, meta: {} as LookMeta },
  guards: {
    isUnderWay: ({ context }) => context.command !== null,
    isWantedAgain: ({ context }) => context.again,
    isUnsettled: (_, { unsettled }: { readonly unsettled: boolean }) => unsettled,
    isDue: ({ context }, { at }: { readonly at: number }) => context.dueAt !== null && at >= context.dueAt,
    isDueToConfirm: ({ context }, { at }: { readonly at: number }) =>
      context.unsettled && context.dueAt !== null && at >= context.dueAt,
    givesUp: (_, { givesUp }: { readonly givesUp: boolean }) => givesUp,
  },
  actions: {
    want: assign((_, { why }: { readonly why: RuleId }) => ({ why })),
    wantAgain: assign((_, { why }: { readonly why: RuleId }) => ({ why, again: true })),
    sendOut: assign((_, { command }: { readonly command: CommandId }) => ({
      command,
      again: false,
      dueAt: null,
    })),
    end: assign(({ context }, { unsettled }: { readonly unsettled: boolean }) => ({
      ...fresh,
      why: context.why,
      unsettled,
    })),
    postpone: assign(({ context }, failed: Failed) => ({
      command: null,
      attempts: context.attempts + 1,
      dueAt: failed.at + delayMs(failed.failure, context.attempts + 1),
      failure: failed.failure,
    })),
    giveUp: assign(({ context }, { failure }: Failed) => ({
      command: null,
      attempts: context.attempts + 1,
      dueAt: null,
      failure,
    })),
    /** What was missed before the side went away proves nothing. */
    doubt: assign({ unsettled: false }),
    tryAgain: assign({ dueAt: null }),
    restart: assign(fresh),
  },
});

const planned = {
  actions: { type: 'sendOut', params: ({ event }: { event: { command: CommandId } }) => event },
} as const;
const wanted = { type: 'want', params: ({ event }: { event: { why: RuleId } }) => event } as const;
const wantedAgain = { type: 'wantAgain', params: ({ event }: { event: { why: RuleId } }) => event } as const;
const noted = [{ guard: 'isUnderWay', actions: wantedAgain } as const, { actions: wanted } as const];
const end = { type: 'end', params: ({ event }: { event: { unsettled: boolean } }) => event } as const;
const ended = [
  { guard: 'isWantedAgain', target: 'looking', actions: end } as const,
  {
    guard: { type: 'isUnsettled', params: ({ event }: { event: { unsettled: boolean } }) => event },
    target: 'confirming',
    actions: end,
  } as const,
  { target: 'current', actions: end } as const,
];
const failedWith = ({ event }: { event: Failed }): Failed => event;
const failed = [
  {
    guard: { type: 'givesUp', params: ({ event }: { event: { givesUp: boolean } }) => event },
    target: 'abandoned',
    actions: { type: 'giveUp', params: failedWith },
  } as const,
  { target: 'waiting', actions: { type: 'postpone', params: failedWith } } as const,
];
const at = ({ event }: { event: { at: number } }): { at: number } => event;

export const lookMachine = definition.createMachine({
  id: 'look',
  initial: 'looking',
  context: fresh,
  on: {
    RESTARTED: { target: '.looking', actions: 'restart' },
    SUSPENDED: {
      target: '.suspended',
      actions: [{ type: 'postpone', params: failedWith }, 'doubt'],
    },
  },
  states: {
    looking: {
      description: 'A look is wanted or under way',
      meta: { wants: 'look' },
      on: { WANTED: noted, PLANNED: planned, ENDED: ended, FAILED: failed },
    },
    confirming: {
      description: 'A look missed known items; a second one is to settle what became of them',
      meta: { wants: 'confirmation' },
      on: { WANTED: { actions: wantedAgain }, PLANNED: planned, ENDED: ended, FAILED: failed },
    },
    current: {
      description: 'What is known is what the side showed last, and nothing has told of a change since',
      meta: { wants: null },
      on: {
        WANTED: { target: 'looking', actions: wanted },
        PLANNED: { target: 'looking', ...planned },
      },
    },
    waiting: {
      description: 'A look failed; another one is worth it at dueAt',
      meta: { wants: null },
      on: {
        WANTED: { actions: wanted },
        WOKE: [
          { guard: { type: 'isDueToConfirm', params: at }, target: 'confirming', actions: 'tryAgain' },
          { guard: { type: 'isDue', params: at }, target: 'looking', actions: 'tryAgain' },
        ],
      },
    },
    suspended: {
      description:
        'The side is not the one we know: nothing is written anywhere until a look can trust it again',
      meta: { wants: 'look' },
      on: {
        WANTED: noted,
        PLANNED: planned,
        ENDED: ended,
        FAILED: { actions: { type: 'postpone', params: failedWith } },
        WOKE: { guard: { type: 'isDue', params: at }, actions: 'tryAgain' },
      },
    },
    abandoned: {
      description: 'The run has tried often enough, and ends without having seen this side',
      meta: { wants: null },
      on: { WANTED: { actions: wanted } },
    },
  },
});

/** The pause grows with the first five failures and stays: a side that was away for hours is seen soon after it is back. */
function delayMs(failure: FailureDetails, attempts: number): number {
  const counted = Math.min(attempts, 5);
  const own = failureGuide[failure.code].retry === 'soon' ? soonDelayMs(counted) : laterDelayMs(counted);
  return Math.max(failure.afterMs ?? 0, own);
}
