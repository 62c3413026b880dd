/** From a command back to what was seen: the events that it rests on, the commands whose outcomes they are, and so on. */
import { endedCommand } from '@tidemark/contracts';
import type { RecordedEvent } from '@tidemark/contracts';
import type { Events } from '../log/events.ts';
import type { CauseNode, Causes, CommandShown } from '../protocol.ts';
import type { Commands } from './commands.ts';
import { textOfRow } from './rows.ts';

const nodesMax = 28;
const depthMax = 4;
const commandsMax = 4;
const causesMax = 5;

export async function causesOf(start: RecordedEvent, commands: Commands, events: Events): Promise<Causes> {
  const nodes = new Map<string, CauseNode>();
  const edges = new Map<string, readonly [string, string]>();
  let isCut = false;

  function add(node: CauseNode): boolean {
    if (nodes.has(node.id)) return false;
    if (nodes.size >= nodesMax) {
      isCut = true;
      return false;
    }
    nodes.set(node.id, node);
    return true;
  }
  const link = (from: string, to: string): void => {
    if (nodes.has(from) && nodes.has(to)) edges.set(`${from} ${to}`, [from, to]);
  };

  async function takeCommand(command: CommandShown, depth: number): Promise<string> {
    const { id, type, wish, plannedSeq, causes, outcome } = command;
    const node = `command ${id}`;
    if (!add({ id: node, kind: 'command', title: `${type} ${id}`, text: wish, seq: plannedSeq })) return node;
    if (outcome !== null) {
      const recorded = await events.at(outcome.seq);
      if (recorded !== null) link(node, await takeEvent(recorded));
      link(node, `event ${outcome.seq}`);
    }
    if (causes.length > causesMax) isCut = true;
    for (const { seq } of causes.slice(0, causesMax)) {
      const recorded = await events.at(seq);
      if (recorded === null) continue;
      link(await takeEvent(recorded), node);
      await takeOrigin(recorded, depth + 1);
    }
    return node;
  }

  async function takeEvent({ seq, event }: RecordedEvent): Promise<string> {
    const kind =
      event.type === 'CommandFailed' ? 'failed' : endedCommand(event) === null ? 'observation' : 'outcome';
    const text = textOfRow(event, await commands.endedBy(event));
    add({ id: `event ${seq}`, kind, title: `#${seq} ${event.type}`, text, seq });
    return `event ${seq}`;
  }

  /** An outcome comes from a command, which has causes of its own. */
  async function takeOrigin(recorded: RecordedEvent, depth: number): Promise<void> {
    if (depth > depthMax || endedCommand(recorded.event) === null) return;
    const [command] = await commands.of(recorded, 1);
    if (command === undefined) return;
    await takeCommand(command, depth);
    link(`command ${command.id}`, `event ${recorded.seq}`);
  }

  const begun = await commands.of(start, commandsMax);
  if (commands.countOf(start) > begun.length) isCut = true;
  for (const command of begun) await takeCommand(command, 0);
  if (begun.length === 0) await takeEvent(start);
  return { nodes: [...nodes.values()], edges: [...edges.values()], isCut };
}
