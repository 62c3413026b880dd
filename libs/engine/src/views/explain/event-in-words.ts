/** An event as one line: its type, and what it says by itself. Names are as they are: the caller escapes the line for its reader. */
import type { Event, EventOf } from '@tidemark/contracts';
import { ruleTexts, sharedFolderTexts } from '@tidemark/contracts';
import { quote } from './commands.ts';

/** @param formatTime turns milliseconds since 1970 into what the reader prefers */
export function eventInWords(event: Event, formatTime: (at: number) => string): string {
  const told = toldBy(event, formatTime);
  return told === '' ? event.type : `${event.type}  ${told}`;
}

/** The same without the type. */
export function toldBy(event: Event, formatTime: (at: number) => string): string {
  switch (event.type) {
    case 'Started':
      return `${event.drive.kind} drive ${event.drive.id}${event.forget === null ? '' : ` (agreement forgotten: ${event.forget})`}`;
    case 'RemoteSeen':
      return `${event.rows.length} rows: ${names(event.rows.map((row) => ('deleted' in row ? `${row.id} deleted` : row.name)))}`;
    case 'LocalSeen':
      return `${event.rows.length} rows: ${names(event.rows.map((row) => row.name))}`;
    case 'RemoteRoundCompleted':
      return `${event.full ? 'full' : 'changes only'}, ${event.unseen.length} not listed`;
    case 'RemoteItemsRead':
      return `${event.rows.length} items: ${names(event.rows.map((row) => ('deleted' in row ? `${row.id} deleted` : 'unread' in row ? `${row.id} unread` : row.name)))}`;
    case 'LocalScanCompleted':
      return `${event.unseen.length} not met, ${event.oddities === undefined ? 'as many as before' : event.oddities.length} not syncable`;
    case 'Planned':
      return event.commands
        .map(({ id, type, path, reason }) => `${id} ${type} ${quote(path)}: ${ruleTexts[reason.rule]}`)
        .join('; ');
    case 'UserChangesPlanned':
      return `${event.asked}, ${event.changes.length} changes: ${names(event.changes.map(({ path }) => path))}`;
    case 'UserChangeEnded':
      return `${event.index}${event.failure === undefined ? '' : `  ${event.failure.detail}`}`;
    case 'PruningPlanned':
      return `${event.files.length} files of the trash: ${names(event.files.map(({ trash }) => trash))}`;
    case 'SharedFolderTold':
      return sharedFolderText(event);
    case 'ContentMatched':
      return `${event.command}  ${event.plugin}: ${event.drive.sizeBytes} bytes on the drive are ${event.disk.sizeBytes} bytes on disk`;
    case 'CommandSucceeded':
      return `${event.command}${event.requestIds === undefined ? '' : `  request ${event.requestIds.join(' ')}`}`;
    case 'CommandFailed':
      return `${event.command}  ${event.failure.code}: ${event.failure.detail}`;
    case 'RemoteCursorLost':
      return event.detail;
    case 'NothingNew':
      return `looks met nothing new; ${event.leftOut} events were left out so far`;
    case 'HintReceived':
      return `${event.side}: ${event.source}`;
    case 'FactsChanged':
      return `${event.facts.length} facts: ${names(event.facts.map(({ key, value }) => (value === null ? `${key} taken back` : key)))}${event.complete === true ? '; all are known now' : ''}`;
    case 'SubscriptionTold':
      return event.told;
    case 'DeletionsConfirmed':
      return event.hash;
    case 'Paused':
      return `${event.why}${event.until === null ? '' : ` until ${formatTime(event.until)}`}`;
    case 'Resumed':
      return `${event.why}: ${event.because}`;
    case 'Stopped':
      return event.cause;
    case 'StopRequested':
    case 'PlanningEnded':
    case 'UserChangesEnded':
    case 'Woke':
      return '';
  }
}

/** With the path. */
export function sharedFolderText({ path, told, toPath }: EventOf<'SharedFolderTold'>): string {
  return `${quote(path)}: ${sharedFolderTexts[told]}${toPath === undefined ? '' : `, to ${quote(toPath)}`}`;
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, 5).map(quote);
  return `${shown.join(', ')}${all.length > shown.length ? ', …' : ''}`;
}
