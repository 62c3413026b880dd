/** Of a shared folder: its items under the paths that they have in the sync folder around it. */
import type { Command, ItemVerdict, RecordedEvent } from '@tidemark/plugin-sdk';

const placedAt = (below: string, path: string): string => (path === '' ? below : `${below}/${path}`);

/** @param below where the folder lies; empty: it is the sync folder itself */
export function placed(recorded: RecordedEvent, below: string): RecordedEvent {
  const { event } = recorded;
  if (below === '') return recorded;
  if (event.type === 'Planned')
    return {
      ...recorded,
      event: { ...event, commands: event.commands.map((one) => placedCommand(one, below)) },
    };
  if (event.type !== 'LocalScanCompleted' || event.oddities === undefined) return recorded;
  const oddities = event.oddities.map((oddity) => ({ ...oddity, path: placedAt(below, oddity.path) }));
  return { ...recorded, event: { ...event, oddities } };
}

export const placedVerdict = (verdict: ItemVerdict, below: string): ItemVerdict =>
  below === '' ? verdict : { ...verdict, path: placedAt(below, verdict.path) };

function placedCommand(command: Command, below: string): Command {
  const moved = 'toPath' in command ? { toPath: placedAt(below, command.toPath) } : {};
  return { ...command, ...moved, path: placedAt(below, command.path) };
}
