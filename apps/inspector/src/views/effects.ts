/** From an event on to what it led to: the commands that rest on it, their outcomes, the commands that rest on those, and so on. */
import type { Command, ItemId, RecordedEvent } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { type EventIndex, marks } from '../log/event-index.ts';
import type { Events } from '../log/events.ts';
import type { CauseGraph } from './cause-graph.ts';
import type { Commands } from './commands.ts';

const depthMax = 4;
/** Commands that rest on one event. */
const commandsMax = 4;
const itemsMax = 4;
/** Of each item that the event touched: its plans after the event. */
const plansOfItemMax = 40;

export interface EffectsPorts {
  readonly index: EventIndex;
  readonly commands: Commands;
  readonly events: Events;
  /** The numbers of all events that touched the item. */
  readonly history: (item: ItemId) => Promise<readonly number[]>;
}

export async function addEffects(
  start: RecordedEvent,
  graph: CauseGraph,
  ports: EffectsPorts,
): Promise<void> {
  const { commands, events } = ports;

  async function takeEvent(recorded: RecordedEvent, depth: number): Promise<void> {
    if (depth > depthMax) return;
    const touched = recorded.items.filter((item) => item !== rootItem);
    const resting = await commandsOn(recorded, touched.slice(0, itemsMax), ports);
    if (touched.length > itemsMax || resting.length > commandsMax) graph.cut();
    for (const [command, plan] of resting.slice(0, commandsMax)) {
      const shown = await commands.shown(command, plan);
      const { box, isNew } = graph.command(shown);
      graph.link(await graph.event(recorded), box);
      if (isNew) await takeOutcome(box, shown.outcome?.seq, depth);
    }
  }

  async function takeOutcome(box: string, seq: number | undefined, depth: number): Promise<void> {
    const outcome = seq === undefined ? null : await events.at(seq);
    if (outcome === null) return;
    graph.link(box, await graph.event(outcome));
    await takeEvent(outcome, depth + 1);
  }

  if (start.event.type !== 'Planned') return takeEvent(start, 0);
  // What a plan decided is there already: `addCauses` put it there.
  for (const { id, outcome } of await commands.of(start, commandsMax))
    await takeOutcome(`command ${id}`, outcome?.seq, 0);
}

/** Each with its plan, the earliest first. A command rests on events that touched its own item, and so it is in the history of that. */
async function commandsOn(
  { seq }: RecordedEvent,
  touched: readonly ItemId[],
  { index, events, history }: EffectsPorts,
): Promise<readonly (readonly [Command, RecordedEvent])[]> {
  const plans = new Set<number>();
  for (const item of touched) {
    const later = (await history(item)).filter((one) => one > seq && isPlan(index, one));
    for (const one of later.slice(0, plansOfItemMax)) plans.add(one);
  }
  const found: (readonly [Command, RecordedEvent])[] = [];
  for (const at of [...plans].sort((one, other) => one - other)) {
    const plan = await events.at(at);
    if (plan?.event.type !== 'Planned') continue;
    for (const command of plan.event.commands)
      if (command.reason.causes.includes(seq)) found.push([command, plan]);
  }
  return found;
}

const isPlan = (index: EventIndex, seq: number): boolean =>
  seq <= index.last && (index.marks(seq - index.first) & marks.planned) !== 0;
