/** The recorded events of a batch as another course of things has them: left out, later, or twice. */
import type { RecordedEvent, Seq } from '@tidemark/contracts';
import type { State } from '../../fold/state.ts';
import type { EventPattern } from '../moments/event-pattern.ts';
import { matchesPattern } from '../moments/event-pattern.ts';

export interface EventEdits {
  readonly without: readonly (Seq | EventPattern)[];
  /** `by`: so many events later. */
  readonly delayed: readonly { readonly seq: Seq; readonly by: number }[];
  /** Events that come a second time, right after the first. */
  readonly repeated: readonly Seq[];
}

export const noEdits: EventEdits = { without: [], delayed: [], repeated: [] };

export interface Editor {
  /** What comes in the place of the event. `state`: as recorded, after the event. */
  edit(recorded: RecordedEvent, state: State): readonly RecordedEvent[];
  /** Delayed events whose time came with the batch that ended at `seq`. */
  due(seq: Seq): readonly RecordedEvent[];
}

/** A run begins and the engine plans whatever else happens. */
export const isEditable = ({ event }: RecordedEvent): boolean =>
  event.type !== 'Started' && event.type !== 'Planned';

export function createEditor({ without, delayed, repeated }: EventEdits): Editor {
  const waiting: { readonly at: number; readonly recorded: RecordedEvent }[] = [];
  return {
    edit(recorded, state) {
      if (!isEditable(recorded)) return [recorded];
      const isLeftOut = without.some((one) =>
        typeof one === 'number' ? one === recorded.seq : matchesPattern(one, recorded, state),
      );
      if (isLeftOut) return [];
      const delay = delayed.find(({ seq }) => seq === recorded.seq);
      if (delay !== undefined) {
        waiting.push({ at: recorded.seq + delay.by, recorded });
        return [];
      }
      return repeated.includes(recorded.seq) ? [recorded, recorded] : [recorded];
    },
    due(seq) {
      const come = waiting.filter(({ at }) => at <= seq);
      for (const one of come) waiting.splice(waiting.indexOf(one), 1);
      return come.map(({ recorded }) => recorded);
    },
  };
}
