/**
 * What was known after any event. While the log is read, states are kept now and then, packed; a state in between is folded from the
 * nearest one before it. The state at the cursor stays, so that a step forward folds one event.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq as toSeq } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { deserialise, evolve, serialise } from '@tidemark/engine';
import { createPause } from './pause.ts';

export interface Moments {
  /** The next events of the log, in their order. */
  take(batch: readonly RecordedEvent[]): void;
  /** At the end of what was taken. To be read only. */
  readonly head: State;
  /** Lends the state after that event; it is another one as soon as `use` has returned. */
  at<Result>(seq: number, use: (state: State) => Result): Promise<Result>;
  /** Folds one event. `before` is called with the state before it, and what that returns with the state after it. */
  step<Result>(recorded: RecordedEvent, before: (state: State) => (state: State) => Result): Promise<Result>;
  /** Lends the states after both events. */
  pair<Result>(from: number, to: number, use: (before: State, after: State) => Result): Promise<Result>;
  /**
   * Folds events up to `to`, from the last one before `from` after which a state is kept, told to `watch` as `replay` tells them. Others
   * get their turn meanwhile.
   */
  fold(
    from: number,
    to: number,
    watch: (recorded: RecordedEvent, state: State) => (() => void) | undefined,
  ): Promise<void>;
  /** Resolves when what was asked before is done. */
  settled(): Promise<void>;
  /** How many states are kept, and their bytes. */
  readonly kept: { readonly states: number; readonly bytes: number };
}

export interface MomentsOptions {
  readonly log: () => EventLog;
  readonly rulesFor: RulesFor;
  /** The state before the first event that can be shown; called once for each fold that begins there. */
  readonly begin: () => Promise<State>;
  /** The same, for the head. */
  readonly head: State;
}

/** Packing states takes at most this share of reading. */
const shareMax = 1 / 6;
const eventsMin = 500;
const keptBytesMax = 192 * 1024 * 1024;

interface Kept {
  readonly seq: number;
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
}

export function createMoments({ log, rulesFor, begin, head }: MomentsOptions): Moments {
  let kept: Kept[] = [];
  let bytes = 0;
  let sincePacked = 0;
  let readMs = 0;
  let packMs = 0;
  let turn: Promise<unknown> = Promise.resolve();
  /** At the cursor; null after a failure in the middle of a fold. */
  let current: State | null = null;
  const first = head.seq;

  function take(batch: readonly RecordedEvent[]): void {
    const begun = performance.now();
    for (const recorded of batch) evolve(head, recorded, rulesFor);
    sincePacked += batch.length;
    const ended = performance.now();
    readMs += ended - begun;
    if (sincePacked < eventsMin || packMs > readMs * shareMax) return;
    keep();
    sincePacked = 0;
    packMs += performance.now() - ended;
  }

  function keep(): void {
    const chunks = [...serialise(head)].map((chunk) => zstdCompressSync(chunk));
    const size = chunks.reduce((sum, { length }) => sum + length, 0);
    kept.push({ seq: head.seq, chunks, bytes: size });
    bytes += size;
    if (bytes <= keptBytesMax) return;
    // Every second one goes: the others are still spread over the whole log.
    kept = kept.filter((_one, index) => index % 2 === 1);
    bytes = kept.reduce((sum, one) => sum + one.bytes, 0);
  }

  const nearestTo = (seq: number): Kept | undefined => kept.findLast((one) => one.seq <= seq);

  async function keptState(nearest: Kept | undefined): Promise<State> {
    if (nearest === undefined) return begin();
    const chunks = nearest.chunks.map((chunk) => zstdDecompressSync(chunk).toString());
    const state = await deserialise(chunks, rulesFor);
    if (state === null) throw new Error('A state that was kept cannot be read again');
    return state;
  }

  async function moveTo(seq: number): Promise<State> {
    const nearest = nearestTo(seq);
    const isNear = current !== null && current.seq <= seq && current.seq >= (nearest?.seq ?? first);
    const state = isNear && current !== null ? current : await keptState(nearest);
    current = null;
    await foldUpTo(state, seq);
    current = state;
    return state;
  }

  async function foldUpTo(state: State, seq: number): Promise<void> {
    if (state.seq >= seq) return;
    for await (const batch of log().read({ from: toSeq(state.seq + 1), to: toSeq(seq) }))
      for (const recorded of batch) evolve(state, recorded, rulesFor);
  }

  /** One after the other: they share the state at the cursor. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  return {
    head,
    take,
    at: (seq, use) => inTurn(async () => use(seq === head.seq ? head : await moveTo(seq))),
    step: (recorded, before) =>
      inTurn(async () => {
        const state = await moveTo(recorded.seq - 1);
        const after = before(state);
        evolve(state, recorded, rulesFor);
        return after(state);
      }),
    pair: (from, to, use) =>
      inTurn(async () => {
        const before = await keptState(nearestTo(from));
        await foldUpTo(before, from);
        return use(before, to === head.seq ? head : await moveTo(to));
      }),
    async fold(from, to, watch) {
      const state = await keptState(nearestTo(from - 1));
      const pause = createPause();
      for await (const batch of log().read({ from: toSeq(state.seq + 1), to: toSeq(to) })) {
        for (const recorded of batch) {
          const folded = watch(recorded, state);
          evolve(state, recorded, rulesFor);
          folded?.();
        }
        await pause();
      }
    },
    settled: async () => void (await turn),
    get kept() {
      return { states: kept.length, bytes };
    },
  };
}
