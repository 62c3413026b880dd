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

  take(recorded: RecordedEvent): void {
    this.#conflicts.take(recorded);
    const { event, at } = recorded;
    if (event.type === 'Started') this.#changing.clear();
    else if (event.type === 'Planned') {
      for (const { id, type } of event.commands)
        if (commandEffects[type] === 'writesDrive' || commandEffects[type] === 'writesDisk')
          this.#changing.add(id);
    } else if (event.type === 'CommandFailed') this.#changing.delete(event.command);
    else if (event.type === 'CommandSucceeded') {
      if (this.#changing.delete(event.command)) this.lastChangeAt = at;
    } else if (event.type === 'UserChangeEnded' && event.failure === undefined) this.lastChangeAt = at;
  }

  conflictsIn = ({ trees }: State): readonly Conflict[] => this.#conflicts.conflictsIn(trees);
}

/** What the status report takes of it. */
export interface PastFacts {
  readonly lastChangeAt: number | null;
  /** Null: not known, since not the whole log was read. */
  readonly conflicts: number | null;
}

export const nothingPast: PastFacts = { lastChangeAt: null, conflicts: null };

/** Of the last `eventsMax` events. */
export async function factsOf(
  log: Pick<EventLog, 'first' | 'head' | 'read'>,
  state: State,
  eventsMax: number,
): Promise<PastFacts> {
  const facts = new LogFacts();
  const from = Math.max(log.first, log.head - eventsMax + 1);
  for await (const batch of log.read({ from: seq(from) })) for (const recorded of batch) facts.take(recorded);
  return {
    lastChangeAt: facts.lastChangeAt,
    conflicts: from > 1 ? null : facts.conflictsIn(state).length,
  };
}
