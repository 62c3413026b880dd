/** The changes of a user that a crash, or a stop, left open. */
import type { Event, EventOf, RecordedEvent } from '@tidemark/contracts';

/** What was planned, and the places of those that have ended. */
export interface UnfinishedChanges {
  readonly planned: EventOf<'UserChangesPlanned'>;
  readonly ended: ReadonlySet<number>;
}

/** Told of each event in turn. */
export class UnfinishedTracker {
  #planned: EventOf<'UserChangesPlanned'> | null = null;
  #ended = new Set<number>();

  take(event: Event): void {
    if (event.type === 'UserChangeEnded') this.#ended.add(event.index);
    else if (event.type === 'UserChangesEnded') this.#planned = null;
    else if (event.type === 'UserChangesPlanned') {
      this.#planned = event;
      this.#ended = new Set();
    }
  }

  get unfinished(): UnfinishedChanges | null {
    return this.#planned === null ? null : { planned: this.#planned, ended: this.#ended };
  }
}

/** Null when nothing is left open. Throws what reading the log throws. */
export async function unfinishedChanges(
  batches: AsyncIterable<readonly RecordedEvent[]>,
): Promise<UnfinishedChanges | null> {
  const tracker = new UnfinishedTracker();
  for await (const batch of batches) for (const { event } of batch) tracker.take(event);
  return tracker.unfinished;
}

export function unfinishedLines(unfinished: UnfinishedChanges | null): readonly string[] {
  // What no user asked for is made by the next run.
  if (unfinished === null || unfinished.planned.unasked === true) return [];
  const { planned, ended } = unfinished;
  const left = planned.changes.length - ended.size;
  return [
    `NOTE: The ${planned.asked} ended in the middle: ${left} of ${planned.changes.length} changes are left. 'tidemark undo' makes them`,
  ];
}
