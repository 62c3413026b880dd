/** `log`: the events, newest last, filtered by item, type, plugin and time. */
import type { Event, RecordedEvent } from '@tidemark/contracts';
import { ruleTexts } from '@tidemark/contracts';
import { eventJson } from '@tidemark/control';
import { logFolder } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { readLog } from '../read-log.ts';
import { parseSince } from '../since.ts';
import { clock } from '../open.ts';

export async function log(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'log') return 2;
  const since = action.since === undefined ? 0 : parseSince(action.since, clock.now());
  if (since === null) {
    output.errorLine(
      `ERROR: Cannot read --since "${action.since}": give a time like 2026-01-31T14:00:00Z, or a span like 30m, 4h, 2d`,
    );
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
        else
          output.line(
            `${String(recorded.seq).padStart(6)}  ${new Date(recorded.at).toISOString()}  ${recorded.source.padEnd(10)}  ${describe(recorded.event)}`,
          );
      }
    }
    return 0;
  });
}

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

function describe(event: Event): string {
  switch (event.type) {
    case 'Started':
      return `Started  ${event.drive.kind} drive ${event.drive.id}${event.forget === null ? '' : ` (agreement forgotten: ${event.forget})`}`;
    case 'RemoteSeen':
      return `RemoteSeen  ${event.rows.length} rows: ${names(event.rows.map((row) => ('deleted' in row ? `${row.id} deleted` : row.name)))}`;
    case 'LocalSeen':
      return `LocalSeen  ${event.rows.length} rows: ${names(event.rows.map((row) => row.name))}`;
    case 'RemoteRoundCompleted':
      return `RemoteRoundCompleted  ${event.full ? 'full' : 'changes only'}, ${event.unseen.length} not listed`;
    case 'RemoteItemsRead':
      return `RemoteItemsRead  ${event.rows.length} items: ${names(event.rows.map((row) => ('deleted' in row ? `${row.id} deleted` : 'unread' in row ? `${row.id} unread` : row.name)))}`;
    case 'LocalScanCompleted':
      return `LocalScanCompleted  ${event.unseen.length} not met, ${event.oddities === undefined ? 'as many as before' : event.oddities.length} not syncable`;
    case 'Planned':
      return `Planned  ${event.commands.map((command) => `${command.id} ${command.type} "${escaped(command.path)}": ${ruleTexts[command.reason.rule]}`).join('; ')}`;
    case 'UserChangesPlanned':
      return `UserChangesPlanned  ${event.asked}, ${event.changes.length} changes: ${names(event.changes.map(({ path }) => path))}`;
    case 'UserChangeEnded':
      return `UserChangeEnded  ${event.index}${event.failure === undefined ? '' : `  ${event.failure.detail}`}`;
    case 'UserChangesEnded':
      return 'UserChangesEnded';
    case 'PruningPlanned':
      return `PruningPlanned  ${event.files.length} files of the trash: ${names(event.files.map(({ trash }) => trash))}`;
    case 'CommandSucceeded':
      return `CommandSucceeded  ${event.command}${event.requestIds === undefined ? '' : `  request ${event.requestIds.join(' ')}`}`;
    case 'CommandFailed':
      return `CommandFailed  ${event.command}  ${event.failure.code}: ${escaped(event.failure.detail)}`;
    case 'RemoteCursorLost':
      return `RemoteCursorLost  ${escaped(event.detail)}`;
    case 'NothingNew':
      return `NothingNew  looks met nothing new; ${event.leftOut} events were left out so far`;
    case 'HintReceived':
      return `HintReceived  ${event.side}: ${escaped(event.source)}`;
    case 'SubscriptionTold':
      return `SubscriptionTold  ${event.told}`;
    case 'StopRequested':
      return 'StopRequested';
    case 'DeletionsConfirmed':
      return `DeletionsConfirmed  ${escaped(event.hash)}`;
    case 'Paused':
      return `Paused  ${event.why}${event.until === null ? '' : ` until ${new Date(event.until).toISOString()}`}`;
    case 'Resumed':
      return `Resumed  ${event.why}: ${event.because}`;
    case 'PlanningEnded':
      return 'PlanningEnded';
    case 'Woke':
      return 'Woke';
    case 'Stopped':
      return `Stopped  ${event.cause}`;
  }
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, 5).map((name) => `"${escaped(name)}"`);
  return `${shown.join(', ')}${all.length > shown.length ? ', …' : ''}`;
}
