/** From a command back to what was seen: the events that it rests on, the commands whose outcomes they are, and so on. */
import { endedCommand } from '@tidemark/contracts';
import type { RecordedEvent } from '@tidemark/contracts';
import type { Events } from '../log/events.ts';
import type { CommandShown } from '../protocol.ts';
import type { CauseGraph } from './cause-graph.ts';
import type { Commands } from './commands.ts';

const depthMax = 4;
const commandsMax = 4;
const causesMax = 5;

export async function addCauses(
  start: RecordedEvent,
  graph: CauseGraph,
  { commands, events }: { readonly commands: Commands; readonly events: Events },
): Promise<void> {
  async function takeCommand(command: CommandShown, depth: number): Promise<void> {
    const { causes, outcome } = command;
    const { box, isNew } = graph.command(command);
    if (!isNew) return;
    if (outcome !== null) {
      const recorded = await events.at(outcome.seq);
      if (recorded !== null) graph.link(box, await graph.event(recorded));
    }
    if (causes.length > causesMax) graph.cut();
    for (const { seq } of causes.slice(0, causesMax)) {
      const recorded = await events.at(seq);
      if (recorded === null) continue;
      graph.link(await graph.event(recorded), box);
      await takeOrigin(recorded, depth + 1);
    }
  }

  /** An outcome comes from a command, which has causes of its own. */
  async function takeOrigin(recorded: RecordedEvent, depth: number): Promise<void> {
    if (depth > depthMax || endedCommand(recorded.event) === null) return;
    const [command] = await commands.of(recorded, 1);
    if (command === undefined) return;
    await takeCommand(command, depth);
    graph.link(`command ${command.id}`, `event ${recorded.seq}`);
  }

  const begun = await commands.of(start, commandsMax);
  if (commands.countOf(start) > begun.length) graph.cut();
  for (const command of begun) await takeCommand(command, 0);
  if (begun.length === 0) await graph.event(start);
}
