/** An event as programs are shown it: one line of `log --json`, and the data of an event of the stream. */
import type { RecordedEvent } from '@tidemark/contracts';
import { oneLine } from '@tidemark/settings';

export const eventSchemaVersion = 1;

/** JSON of one line, with its version, and without what only we and the service need to know. */
export function eventJson(recorded: RecordedEvent): string {
  const shown = { schema: eventSchemaVersion, ...recorded };
  return oneLine(
    JSON.stringify(shown, speaksToService.has(recorded.event.type) ? withoutAddresses : undefined),
  );
}

/** Types whose events may hold a delta link, or the address that the service sends notifications to. */
const speaksToService: ReadonlySet<string> = new Set([
  'Started',
  'RemoteRoundCompleted',
  'NothingNew',
  'Planned',
]);

/** No event has a name of the user's under these keys. */
const withoutAddresses = (key: string, value: unknown): unknown =>
  (key === 'cursor' || key === 'url') && typeof value === 'string' ? hidden : value;

const hidden = '(hidden)';
