/** `log`: the events, newest last, filtered by item, type, plugin and time. */
import type { RecordedEvent } from '@tidemark/contracts';
import { eventJson } from '@tidemark/control';
import { logFolder } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import { eventInWords } from '@tidemark/engine';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { readLog } from '../read-log.ts';
import { parseSince, sinceForms } from '../since.ts';
import { clock } from '../open.ts';

export async function log(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'log') return 2;
  const since = action.since === undefined ? 0 : parseSince(action.since, clock.now());
  if (since === null) {
    output.errorLine(`ERROR: Cannot read --since "${action.since}": ${sinceForms}`);
    return exitCodeOf('usage', commandLine);
  }
  return readLog(context, action.log ?? logFolder(profile), async (events) => {
    for await (const batch of events.read()) {
      await context.drained();
      for (const recorded of batch) {
        if (recorded.at < since) continue;
        if (action.types.length > 0 && !action.types.includes(recorded.event.type)) continue;
        if (action.plugin !== undefined && recorded.source !== action.plugin) continue;
        if (action.item !== undefined && !mentions(recorded, action.item)) continue;
        if (action.output === 'json') output.line(eventJson(recorded));
        else output.line(eventLine(recorded));
      }
    }
    return 0;
  });
}

/** An event in one line. */
export const eventLine = ({ seq, at, source, event }: RecordedEvent): string =>
  `${String(seq).padStart(6)}  ${new Date(at).toISOString()}  ${source.padEnd(10)}  ${escaped(eventInWords(event, formatTime))}`;

/** An item's number or a path that an event speaks of. */
function mentions({ event, items }: RecordedEvent, item: string): boolean {
  if (/^\d+$/.test(item) && items.some((id) => id === Number(item))) return true;
  return (
    event.type === 'Planned' &&
    event.commands.some(
      (command) => command.path === item || ('toPath' in command && command.toPath === item),
    )
  );
}

const formatTime = (at: number): string => new Date(at).toISOString();
