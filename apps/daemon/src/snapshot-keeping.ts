/**
 * Keeps a snapshot when the next start would have much to fold without it: at rest while a run goes on, and at its end. The run
 * goes on while parts are written, and a snapshot of a state that moved on meanwhile is given up for one of the next rest.
 */
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { Failure, SnapshotUnusable } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { deserialise, serialise } from '@tidemark/engine';
import { createRulesFor } from './rules-for.ts';

export interface SnapshotKeeping {
  /** Was made durable. */
  recorded(events: readonly RecordedEvent[]): void;
  /** Nothing is under way now. Resolves when a snapshot was kept, or given up, if it was worth one. A failure is told. */
  atRest(): Promise<void>;
  /** This version can read the newest snapshot. Not known before the first rest. */
  readonly isUsable: boolean;
  /** Waits for what is under way. */
  settled(): Promise<void>;
  /** Nothing changes any more. A failure is told. */
  atEnd(): Promise<void>;
}

export interface SnapshotKeepingOptions {
  readonly log: Pick<EventLog, 'head' | 'latestSnapshot' | 'saveSnapshot'>;
  readonly state: State;
  /** A snapshot could not be kept. Told once. */
  readonly onFailure: (failure: Failure) => void;
}

/** When a snapshot is worth its price, which grows with the items. */
interface Worth {
  readonly changesMin: number;
  readonly itemsPerChange: number;
}

/** Reading a few hundred events costs no more than reading a snapshot. */
const whenEnded: Worth = { changesMin: 500, itemsPerChange: 20 };
/** Without it, a start after the plugin was removed, or is another version, would have to forget what was agreed. */
const whenRulesEnded: Worth = { changesMin: 0, itemsPerChange: Infinity };
/** A start folds as many changes in half a second, and a busy run comes to rest again and again. */
const whileRunning: Worth = { changesMin: 5000, itemsPerChange: 10 };
/** States that moved on, one after the other, until the run waits for a whole snapshot. */
const attemptsMax = 10;

export function createSnapshotKeeping({ log, state, onFailure }: SnapshotKeepingOptions): SnapshotKeeping {
  /** What a start would fold: each item that an event touched counts as one. Null: not counted yet. */
  let changes: number | null = null;
  let isUsable = false;
  let sinceBegin = 0;
  let attempts = 0;
  let isFailureTold = false;
  let keeping: Promise<void> | null = null;

  async function isWorthIt({ changesMin, itemsPerChange }: Worth): Promise<boolean> {
    if (changes === null) {
      const latest = await log.latestSnapshot();
      isUsable = latest !== null && (await isReadable(latest.chunks));
      changes = Math.max(state.seq - (latest?.seq ?? 0), sinceBegin);
      // What another version left is replaced at once: events may be removed only behind one that can be read.
      if (latest !== null && !isUsable) changes = Infinity;
    }
    return changes > Math.max(changesMin, state.trees.items.size / itemsPerChange);
  }

  async function keep(text: (state: State) => Iterable<string>): Promise<void> {
    const counted = changes ?? 0;
    await log.saveSnapshot(state.seq, text(state));
    changes = counted === Infinity ? 0 : (changes ?? 0) - counted;
    isUsable = true;
    attempts = 0;
  }

  const keepAtRest = (): Promise<void> =>
    keepIfWorthIt(whileRunning, () => {
      attempts += 1;
      return attempts > attemptsMax ? allAtOnce : unlessMoved;
    });

  /** A snapshot is a cache: no run fails for want of one. */
  async function keepIfWorthIt(worth: Worth, how: () => (state: State) => Iterable<string>): Promise<void> {
    try {
      // The log holds back looks that met nothing new.
      if (log.head === state.seq && (await isWorthIt(worth))) await keep(how());
    } catch (error) {
      if (error instanceof StateMoved) return;
      if (!(error instanceof Failure)) throw error;
      if (!isFailureTold) onFailure(error);
      isFailureTold = true;
    }
  }

  return {
    recorded(events) {
      let touched = 0;
      for (const { items } of events) touched += Math.max(1, items.length);
      sinceBegin += touched;
      if (changes !== null) changes += touched;
    },
    atRest: () => (keeping ??= keepAtRest().finally(() => (keeping = null))),
    get isUsable() {
      return isUsable;
    },
    settled: async () => {
      await keeping;
    },
    async atEnd() {
      await keeping;
      const hasRules = state.started?.plugins.some(({ rules }) => rules === true) ?? false;
      await keepIfWorthIt(hasRules ? whenRulesEnded : whenEnded, () => serialise);
    },
  };
}

/** By its first part: the rest is of the same version. */
async function isReadable(chunks: AsyncIterable<string>): Promise<boolean> {
  try {
    for await (const chunk of chunks) return (await deserialise([chunk], createRulesFor())) !== null;
  } catch (error) {
    if (!(error instanceof SnapshotUnusable)) throw error;
  }
  return false;
}

class StateMoved extends Error {}

/** Between two parts others have their turn. */
function* unlessMoved(state: State): Iterable<string> {
  const at = state.seq;
  for (const chunk of serialise(state)) {
    if (state.seq !== at) throw new StateMoved(`the state moved on from event ${at}`);
    yield chunk;
  }
}

const allAtOnce = (state: State): Iterable<string> => [...serialise(state)];
