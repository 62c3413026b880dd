/** Reads a log event by event, to the first one after which a predicate holds. */
import type { RecordedEvent } from '@tidemark/contracts';
import type { RulesFor } from '../../fold/evolve.ts';
import type { State } from '../../fold/state.ts';
import { foldedChanges } from '../moments/event-changes.ts';
import type { ItemDifference } from '../moments/shown-items.ts';
import { nothingPlanned } from './laws.ts';
import { askState, type Predicate } from './predicate.ts';

export interface Moment {
  readonly recorded: RecordedEvent;
  readonly changes: readonly ItemDifference[];
  /** How a law is broken, in words. */
  readonly detail: string | null;
}

export interface FirstMoment {
  /** Whether it holds before the first event. What is absent before it was ever there does not count. */
  readonly holdsAtBegin: boolean;
  /** `absent`: whether anything was there so far. */
  readonly wasThere: boolean;
  /** Folds a batch, as far as to the moment. Null: it is not in this batch. */
  take(batch: readonly RecordedEvent[]): Moment | null;
}

/** @param state before the first event; it is folded on */
export function findFirstMoment(predicate: Predicate, state: State, rulesFor: RulesFor): FirstMoment {
  const ask = askState(predicate);
  const atBegin = ask?.(state) ?? false;
  let wasThere = predicate.type !== 'absent' || !atBegin;
  let hung = state.remote.goneFolders.size > 0;

  function brokenByPlan(recorded: RecordedEvent): string | null {
    return predicate.type === 'law' ? (predicate.law.brokenByPlan?.(state, recorded) ?? null) : null;
  }

  /** What holds after the event, as words or an empty text; null when it does not. */
  function holdsAfter({ event, items }: RecordedEvent): string | null {
    switch (predicate.type) {
      case 'conflict':
        return event.type === 'Planned' && event.commands.some(decidesConflict) ? '' : null;
      case 'law': {
        const { brokenIn, brokenBy } = predicate.law;
        // What may hang while folders are gone is to be settled when they no longer are.
        const all = hung && state.remote.goneFolders.size === 0;
        hung = state.remote.goneFolders.size > 0;
        return (all ? brokenIn?.(state) : brokenBy?.(state, items)) ?? null;
      }
      case 'absent': {
        const isAbsent = ask?.(state) ?? false;
        if (!isAbsent) wasThere = true;
        return isAbsent && wasThere ? '' : null;
      }
      case 'hash':
        return ask?.(state) === true ? '' : null;
    }
  }

  const decidesConflict = ({ path, reason }: { path: string; reason: { rule: string } }): boolean =>
    predicate.type === 'conflict' && reason.rule.startsWith('conflict-') && predicate.matches.test(path);

  return {
    holdsAtBegin: predicate.type !== 'absent' && atBegin,
    get wasThere() {
      return wasThere;
    },
    take(batch) {
      for (const recorded of batch) {
        const broken = recorded.event.type === 'Planned' ? brokenByPlan(recorded) : null;
        const changes = foldedChanges(state, recorded, rulesFor);
        const detail = broken ?? holdsAfter(recorded);
        if (detail !== null) return { recorded, changes, detail: detail === '' ? null : detail };
      }
      const last = batch.at(-1);
      if (last === undefined || last.event.type === 'Planned') return null;
      const detail = brokenByPlan(nothingPlanned(last));
      return detail === null ? null : { recorded: last, changes: [], detail };
    },
  };
}
