/**
 * What a run writes. Looks that meet nothing new leave nothing to write: their events are held back until the run is at rest again,
 * and one `NothingNew` stands for all of them. It is written before the next news, or once a day.
 */
import type { Event, RecordedEvent } from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import { evolve } from '../fold/evolve.ts';
import type { State } from '../fold/state.ts';
import { eventsFolded, policyOf } from '../fold/state.ts';
import { isQuiet } from '../plan/plan.ts';
import type { RunOptions } from './run.ts';

export interface LogWriter {
  /** Resolves when the batch is durable, or held back. It has been published then. Throws what the log throws. */
  commit(recorded: readonly RecordedEvent[]): Promise<void>;
}

export function createLogWriter({
  state,
  rulesFor,
  log,
  publish,
}: Pick<RunOptions, 'state' | 'rulesFor' | 'log' | 'publish'>): LogWriter {
  let heldBack: (readonly RecordedEvent[])[] = [];
  /** How the run stood when everything was written. Null while it is not at rest. */
  let rest: Rest | null = null;

  async function commit(recorded: readonly RecordedEvent[]): Promise<void> {
    if (recorded.length === 0) return;
    if (rest === null || !recorded.every(isNothingNew)) return write(recorded);
    heldBack.push(recorded);
    publish(recorded);
    if (isAtRest(state)) await sumUp(rest);
    else if (heldBack.length > heldBackMax) await write();
  }

  /** The fold has taken in all of them. One event takes their place, in the state as in the log. */
  async function sumUp(before: Rest): Promise<void> {
    if (standingOf(state) !== before.standing) return write();
    const { remote, local, at } = state;
    // It is part of what this event stands for.
    const listedAt = remote.listedAt === null ? null : seq(Math.min(remote.listedAt, before.seq + 1));
    const event: Event = {
      type: 'NothingNew',
      leftOut: eventsFolded(state) - before.seq,
      remote: {
        ...{ lastAt: remote.lastAt, cursor: remote.cursor, looksSinceFull: remote.looksSinceFull },
        ...(listedAt !== null && { listedAt }),
      },
      local: { lastAt: local.lastAt },
    };
    const next = { seq: seq(before.seq + 1), at, source: 'engine', event };
    const batch = [{ ...next, items: evolve(state, next, rulesFor) }];
    heldBack = [batch];
    publish(batch);
    if (at - before.at >= heldBackMaxMs) await write();
  }

  async function write(recorded: readonly RecordedEvent[] = []): Promise<void> {
    const batches = heldBack;
    heldBack = [];
    await Promise.all([...batches, recorded].map((batch) => log.append(batch)));
    if (recorded.length > 0) publish(recorded);
    rest = isAtRest(state) ? restOf(state) : null;
  }

  return { commit };
}

/** A delta link on disk must not become so old that the drive does not know it any more. */
const heldBackMaxMs = 86_400_000;
/** Batches of a look that does not come to its end. */
const heldBackMax = 100;

interface Rest {
  readonly seq: number;
  readonly at: number;
  readonly standing: string;
}

const restOf = (state: State): Rest => ({ seq: state.seq, at: state.at, standing: standingOf(state) });

/** What the passing of time, or a look that meets nothing new, may change without touching an item. No replay knows of it otherwise. */
const standingOf = ({ subscription, remote, unproven, unprovenOnDrive, uncompared }: State): string =>
  JSON.stringify([
    subscription.activity,
    remote.full,
    ...[unproven, unprovenOnDrive, uncompared].map(({ size }) => size),
  ]);

/** The event tells that time passed, that a side was looked at, and that it was found as it was known. */
function isNothingNew({ event, items }: RecordedEvent): boolean {
  if (items.length > 0) return false;
  switch (event.type) {
    case 'Woke':
    case 'HintReceived':
    case 'NothingNew':
      return true;
    case 'Planned':
      return event.commands.every(({ type }) => commandEffects[type] === 'reads');
    case 'RemoteRoundCompleted':
      return event.unseen.length === 0;
    case 'LocalScanCompleted': {
      const { unseen, oddities, mounts, newFolders } = event;
      return (
        unseen.length === 0 && oddities === undefined && mounts === undefined && newFolders === undefined
      );
    }
    default:
      return false;
  }
}

/** Nothing is under way or wanted, and no question is open: one more look that meets nothing new changes only when it ended. */
function isAtRest(state: State): boolean {
  const { remote, local, phase, halted, started, trees } = state;
  if (started === null || policyOf(state).pace.mode === 'once') return false;
  if (phase !== 'running' || halted !== null || !isQuiet(state)) return false;
  const isOpen = ({ look, unseen, unanswered }: State['remote'] | State['local']): boolean =>
    look.state !== 'current' || look.attempts > 0 || unseen.size > 0 || unanswered.size > 0;
  if (isOpen(remote) || isOpen(local) || trees.orphans.rows().length > 0) return false;
  if (local.placing.size > 0) return false;
  const { goneFolders, takenAlong, goneMeanwhile, readAgain } = remote;
  return goneFolders.size + takenAlong.size + goneMeanwhile.size + readAgain.size === 0;
}
