/** What was decided about one item last, and what led to it. */
import type { Command, CommandFailed, CommandSucceeded, Event, ItemId, Seq } from '@tidemark/contracts';
import { plannedAt, ruleTexts } from '@tidemark/contracts';
import type { Side } from '@tidemark/trees';
import { outcomeOf, quote } from './commands.ts';
import type { Change } from './sentences.ts';
import { isOvertaken, isThere, missingFrom, sides } from './sentences.ts';
import type { TimelineEntry } from './timeline.ts';

export interface Decision {
  readonly command: Command;
  readonly ruleText: string;
  /** What was seen that led to it. */
  readonly causes: readonly Pick<TimelineEntry, 'seq' | 'sentence'>[];
  /** null: still under way, or a run ended before it came to its end. */
  readonly outcome: (TimelineEntry & { readonly event: CommandSucceeded | CommandFailed }) | null;
}

/** Told of each change of the item in turn. */
export class Decisions {
  last: Decision | null = null;
  /** Events since both sides had it last, by which one came to miss it. Entries that are not there cannot name their cause. */
  #absences: readonly Seq[] = [];
  readonly #item: ItemId;
  readonly #timeline: readonly TimelineEntry[];

  /** @param timeline of the item, as far as it goes at the time of a change */
  constructor(item: ItemId, timeline: readonly TimelineEntry[]) {
    this.#item = item;
    this.#timeline = timeline;
  }

  /** A side came to miss it by that event, which is no change of its own. */
  missedSince(seq: Seq): void {
    this.#absences = [...this.#absences, seq];
  }

  take(change: Change): void {
    const { recorded, before, after } = change;
    const isMissed = (side: Side): boolean =>
      missingFrom(side, after) > missingFrom(side, before) || isOvertaken(side, change);
    if (sides.some(isMissed)) this.missedSince(recorded.seq);
    else if (sides.every((side) => missingFrom(side, after) === 0)) this.#absences = [];
    this.last = this.#after(change);
  }

  #after({ recorded, command, before, after }: Change): Decision | null {
    const { seq, at, event } = recorded;
    if (event.type === 'Planned' && after.command !== null) return this.#decided(after.command);
    if (!isOutcome(event) || command === null) return this.last;
    const outcome = { seq, at, sentence: outcomeOf(command, event), event };
    if (command.id === this.last?.command.id) return { ...this.last, outcome };
    const isTakenAlong = event.type === 'CommandSucceeded' && isThere(before) && !isThere(after);
    return isTakenAlong ? { ...this.#decided(command), outcome } : this.last;
  }

  #decided(command: Command): Decision {
    const { rule, causes } = command.reason;
    const elsewhere =
      command.item === this.#item
        ? 'An event of another item'
        : `An event of ${quote(command.path)}, which took it along`;
    // What was missed after it was planned did not lead to it.
    const led = this.#absences.filter((seq) => seq < plannedAt(command.id));
    const seqs = [...new Set([...causes, ...led])].sort((a, b) => a - b);
    const sentenceOf = (seq: Seq): string =>
      this.#timeline.find((entry) => entry.seq === seq)?.sentence ?? elsewhere;
    return {
      ...{ command, ruleText: ruleTexts[rule], outcome: null },
      causes: seqs.map((seq) => ({ seq, sentence: sentenceOf(seq) })),
    };
  }
}

export const isOutcome = (event: Event): event is CommandSucceeded | CommandFailed =>
  event.type === 'CommandSucceeded' || event.type === 'CommandFailed';
