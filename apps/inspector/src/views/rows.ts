/** Events as rows of a list. */
import type { Command, Event, RecordedEvent } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import { eventInWords, toldBy, wishOf } from '@tidemark/engine';
import type { EventIndex } from '../log/event-index.ts';
import { marks } from '../log/event-index.ts';
import type { EventRow, ItemName } from '../protocol.ts';

export const formatTime = (at: number): string => new Date(at).toISOString();

/** `command`: that the event ended; null when it ended none that is known. `pathOf`: of an item, as it is now or was last. */
export function rowOf(
  { seq, at, source, event, items }: RecordedEvent,
  previousAt: number | null,
  command: Command | null,
  pathOf: (item: number) => string | null,
): EventRow {
  const [one] = items;
  return {
    ...{ seq, at, source, type: event.type, text: textOfRow(event, command), kind: kindOf(event) },
    gap: previousAt === null ? null : at - previousAt,
    item: one === undefined || items.length > 1 ? null : nameOf(one, pathOf),
  };
}

/** In the words of `explain` where it has any. `command`: that the event ended. */
export function textOfRow(event: Event, command: Command | null): string {
  if (event.type === 'Planned') {
    const { commands } = event;
    const [first] = commands;
    if (first === undefined) return '';
    const wish = `${wishOf(first)}: ${ruleTexts[first.reason.rule]}`;
    return commands.length === 1
      ? wish
      : `${commands.length} commands: ${commands.slice(0, 3).map(wishOf).join('; ')} …`;
  }
  if (command === null) return toldBy(event, formatTime);
  if (event.type === 'CommandFailed') return `${wishOf(command)}: ${event.failure.detail}`;
  return event.type === 'CommandSucceeded' ? wishOf(command) : toldBy(event, formatTime);
}

export const textOf = (event: Event): string => eventInWords(event, formatTime);

function nameOf(item: number, pathOf: (item: number) => string | null): ItemName | null {
  const path = pathOf(item);
  return path === null ? null : { item, path };
}

function kindOf({ type }: Event): EventRow['kind'] {
  if (type === 'CommandFailed' || type === 'RemoteCursorLost') return 'failed';
  if (type === 'Planned' || type === 'UserChangesPlanned' || type === 'PruningPlanned') return 'decision';
  return outcomes.has(type) ? 'outcome' : 'observation';
}

const outcomes: ReadonlySet<Event['type']> = new Set(['CommandSucceeded', 'UserChangeEnded']);

/** The next event in that direction that is of the wanted kind; null when there is none. */
export function nextMarked(index: EventIndex, from: number, by: 1 | -1, wanted: number): number | null {
  for (let row = from - index.first + by; row >= 0 && row < index.length; row += by)
    if ((index.marks(row) & wanted) !== 0) return index.first + row;
  return null;
}

export const commandOrOutcome = marks.planned | marks.outcome;
