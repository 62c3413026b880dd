/** What the status says of the past, which no state holds: when something was last changed, and which conflicts were met. */
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { commandEffects, seq } from '@tidemark/contracts';
import type { Conflict, State } from '@tidemark/engine';
import { ConflictFinder } from '@tidemark/engine';

/** Told of each event of the log in turn. */
export class LogFacts {
  readonly #conflicts = new ConflictFinder();
  /** Commands under way that change a side. */
  readonly #changing = new Set<string>();
  /** Milliseconds since 1970; null: nothing was changed as far as the log was told. */
  lastChangeAt: number | null = null;
  /** The event that told of it. */
  #lastChangeSeq = 0;

  take(recorded: RecordedEvent): void {
    this.#conflicts.take(recorded);
    const { event, at, seq: number } = recorded;
    const hasChanged = (): void => {
      this.lastChangeAt = at;
      this.#lastChangeSeq = number;
    };
    if (event.type === 'Started') this.#changing.clear();
    else if (event.type === 'Planned') {
      for (const { id, type } of event.commands)
        if (commandEffects[type] === 'writesDrive' || commandEffects[type] === 'writesDisk')
          this.#changing.add(id);
    } else if (event.type === 'CommandFailed') this.#changing.delete(event.command);
    else if (event.type === 'CommandSucceeded') {
      if (this.#changing.delete(event.command)) hasChanged();
    } else if (event.type === 'UserChangeEnded' && event.failure === undefined) hasChanged();
  }

  conflictsIn = ({ trees }: State): readonly Conflict[] => this.#conflicts.conflictsIn(trees);

  /** What the status report is told, however much of the log was read: the same as of its last events alone. */
  pastOf({ first, head }: Pick<EventLog, 'first' | 'head'>, state: State): PastFacts {
    const from = Math.max(first, head - pastEventsMax + 1);
    return {
      lastChangeAt: this.#lastChangeSeq < from ? null : this.lastChangeAt,
      conflicts: from > 1 ? null : this.conflictsIn(state).length,
    };
  }
}

/** So many are read within half a second. */
export const pastEventsMax = 100_000;

/** What the status report takes of it. */
export interface PastFacts {
  readonly lastChangeAt: number | null;
  /** Null: not known, since not the whole log was read. */
  readonly conflicts: number | null;
}

export const nothingPast: PastFacts = { lastChangeAt: null, conflicts: null };

/** Of the last events, so that a status without a daemon does not wait. */
export async function factsOf(
  log: Pick<EventLog, 'first' | 'head' | 'read'>,
  state: State,
): Promise<PastFacts> {
  const facts = new LogFacts();
  const from = Math.max(log.first, log.head - pastEventsMax + 1);
  for await (const batch of log.read({ from: seq(from) })) for (const recorded of batch) facts.take(recorded);
  return facts.pastOf(log, state);
}
