/** The picture of causes while it is put together: so many boxes, and what leads from which to which. */
import { endedCommand } from '@tidemark/contracts';
import type { RecordedEvent } from '@tidemark/contracts';
import type { CauseNode, Causes, CommandShown } from '../protocol.ts';
import type { Commands } from './commands.ts';
import { textOfRow } from './rows.ts';

export interface CauseGraph {
  /** The name of its box, whether there was room for it or not. */
  event(recorded: RecordedEvent): Promise<string>;
  /** `isNew`: it was not there yet, and there was room for it. */
  command(command: CommandShown): { readonly box: string; readonly isNew: boolean };
  /** Nothing when one of the boxes is not there. */
  link(from: string, to: string): void;
  /** There would be more. */
  cut(): void;
  /** Room for so many more boxes. */
  widen(boxes: number): void;
  readonly shown: Causes;
}

export function createCauseGraph(commands: Commands, boxesMax: number): CauseGraph {
  const nodes = new Map<string, CauseNode>();
  const edges = new Map<string, readonly [string, string]>();
  let isCut = false;
  let most = boxesMax;

  function add(node: CauseNode): boolean {
    if (nodes.has(node.id)) return false;
    if (nodes.size >= most) {
      isCut = true;
      return false;
    }
    nodes.set(node.id, node);
    return true;
  }

  return {
    async event({ seq, event }) {
      const kind =
        event.type === 'CommandFailed' ? 'failed' : endedCommand(event) === null ? 'observation' : 'outcome';
      const id = `event ${seq}`;
      if (!nodes.has(id)) {
        const text = textOfRow(event, await commands.endedBy(event));
        add({ id, kind, title: `#${seq} ${event.type}`, text, seq });
      }
      return id;
    },
    command({ id, type, wish, plannedSeq }) {
      const box = `command ${id}`;
      return {
        box,
        isNew: add({ id: box, kind: 'command', title: `${type} ${id}`, text: wish, seq: plannedSeq }),
      };
    },
    link(from, to) {
      if (nodes.has(from) && nodes.has(to)) edges.set(`${from} ${to}`, [from, to]);
    },
    cut() {
      isCut = true;
    },
    widen(boxes) {
      most = nodes.size + boxes;
    },
    get shown() {
      return { nodes: [...nodes.values()], edges: [...edges.values()], isCut };
    },
  };
}
