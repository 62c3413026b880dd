/** Commands as the page shows them: what was decided and why, by which events, and what came of it. */
import type { Command, Event, RecordedEvent } from '@tidemark/contracts';
import { endedCommand, plannedAt, ruleTexts } from '@tidemark/contracts';
import { decidedByText, outcomeOf, wishOf } from '@tidemark/engine';
import type { EventIndex } from '../log/event-index.ts';
import { marks } from '../log/event-index.ts';
import type { Events } from '../log/events.ts';
import type { CommandShown, Outcome } from '../protocol.ts';
import { textOf, textOfRow } from './rows.ts';

export interface Commands {
  /** Those that the event decided, or the one that it ended; at most so many. */
  of(recorded: RecordedEvent, most: number): Promise<readonly CommandShown[]>;
  /** The command that the event ended; null when it ended none, or one from before the log. */
  endedBy(event: Event): Promise<Command | null>;
  /** One of the commands of that plan. */
  shown(command: Command, plan: RecordedEvent): Promise<CommandShown>;
  /** How many they are. */
  countOf(recorded: RecordedEvent): number;
}

export function createCommands(index: EventIndex, events: Events): Commands {
  async function shown(command: Command, plan: RecordedEvent): Promise<CommandShown> {
    const { id, type, item, path, reason } = command;
    return {
      ...{ id, type, item, path, plannedSeq: plan.seq, plannedAt: plan.at, wish: wishOf(command) },
      ...{ rule: reason.rule, ruleText: ruleTexts[reason.rule], differs: reason.differs },
      decidedBy: reason.plugin === undefined ? null : decidedByText(reason.plugin),
      causes: await causesOf(command),
      outcome: await outcomeFor(command, plan),
    };
  }

  async function causesOf({ reason }: Command): Promise<CommandShown['causes']> {
    const found: { seq: number; text: string }[] = [];
    for (const seq of reason.causes.slice(0, causesMax)) {
      const recorded = await events.at(seq);
      if (recorded === null) continue;
      const { event } = recorded;
      const ended = (await planOf(event))?.[1] ?? null;
      found.push({ seq, text: `${event.type}: ${textOfRow(event, ended)}` });
    }
    return found;
  }

  async function outcomeFor(command: Command, plan: RecordedEvent): Promise<Outcome | null> {
    const row = rowOfOutcome(index, command, plan.seq);
    const recorded = row === null ? null : await events.at(index.first + row);
    return recorded === null ? null : outcomeShown(command, recorded);
  }

  async function planOf(event: Event): Promise<readonly [plan: RecordedEvent, command: Command] | null> {
    const ended = endedCommand(event);
    const plan = ended === null ? null : await events.at(plannedAt(ended));
    if (plan?.event.type !== 'Planned') return null;
    const command = plan.event.commands.find(({ id }) => id === ended);
    return command === undefined ? null : [plan, command];
  }

  return {
    shown,
    endedBy: async (event) => (await planOf(event))?.[1] ?? null,
    countOf: ({ event }) =>
      event.type === 'Planned' ? event.commands.length : endedCommand(event) === null ? 0 : 1,
    async of(recorded, most) {
      const { event } = recorded;
      if (event.type === 'Planned') {
        const all: CommandShown[] = [];
        for (const command of event.commands.slice(0, most)) all.push(await shown(command, recorded));
        return all;
      }
      const found = await planOf(event);
      return found === null ? [] : [await shown(found[1], found[0])];
    },
  };
}

const causesMax = 12;

/** A command is ended by the events of its plan that name it: those of the same type and item come one at a time. */
function rowOfOutcome(index: EventIndex, { id, type, item }: Command, plan: number): number | null {
  if (index.underWay.has(id)) return null;
  for (let row = plan - index.first + 1; row < index.length; row += 1) {
    if ((index.marks(row) & marks.outcome) === 0) continue;
    const ended = index.ended(row);
    if (ended === null || ended.plannedSeq !== plan || ended.type !== type) continue;
    if (ended.item === null || ended.item === item || item === 0) return row;
  }
  return null;
}

export function outcomeShown(command: Command, { seq, at, event }: RecordedEvent): Outcome {
  const isFailed = event.type === 'CommandFailed' || event.type === 'RemoteCursorLost';
  const isAnswer = event.type === 'CommandSucceeded' || event.type === 'CommandFailed';
  return { seq, at, isFailed, text: isAnswer ? outcomeOf(command, event) : textOf(event) };
}
