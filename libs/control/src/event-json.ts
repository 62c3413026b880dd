/** An event as programs are shown it: one line of `log --json`, and the data of an event of the stream. */
import type { RecordedEvent } from '@tidemark/contracts';
import { oneLine } from '@tidemark/settings';

export const eventSchemaVersion = 1;

/** An event with the version of its shape, and without what only we and the service need to know. */
export type SentEvent = { readonly schema: typeof eventSchemaVersion } & RecordedEvent;

/** JSON of one line. */
export function eventJson(recorded: RecordedEvent): string {
  const shown: SentEvent = { schema: eventSchemaVersion, ...recorded };
  return oneLine(speaksToService.has(recorded.event.type) ? shownJson(shown) : JSON.stringify(shown));
}

/** The same as a value, for a bus that makes JSON of it. */
export function sentEvent(recorded: RecordedEvent): SentEvent {
  return speaksToService.has(recorded.event.type)
    ? (JSON.parse(eventJson(recorded)) as SentEvent)
    : { schema: eventSchemaVersion, ...recorded };
}

/** JSON of what holds events or commands, without addresses. */
export const shownJson = (value: unknown): string => JSON.stringify(value, withoutAddresses);

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
