/**
 * The event log as server-sent events: what was appended behind an event, and what is appended from now on. A stream holds only the
 * events that it reads out at the moment: the log itself is what waits for a slow reader.
 */
import type { RecordedEvent, StreamReader } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { oneLine } from '@tidemark/settings';
import { eventJson, eventSchemaVersion } from './event-json.ts';

/** The log of a daemon, as far as it can be read at the moment. */
export interface EventFeed {
  /** Seqs of the first event that can still be read, and of the last one; null while the log is not open. */
  range(): { readonly first: number; readonly head: number } | null;
  /** Some events behind that one, in order; empty when there are none at the moment. Throws Failure. */
  behind(seq: number): Promise<readonly RecordedEvent[]>;
  /** Resolves when events may have been appended, when the time is up, and when the signal is aborted. */
  appended(limitMs: number, signal: StreamReader['signal']): Promise<void>;
}

/** Shorter than what proxies and clients take for a dead line. */
const heartbeatMs = 10_000;

/** `after` null: what is appended from now on. */
export async function* eventStream(
  feed: EventFeed,
  after: number | null,
  reader: StreamReader,
): AsyncGenerator<string> {
  let last = after;
  let why: StreamEnd = 'stopping';
  let detail = '';
  yield ': the event log\nretry: 2000\n\n';
  try {
    while (reader.ended === null) {
      const range = feed.range();
      last ??= range?.head ?? null;
      const gap = range === null || last === null ? null : gapOf(range, last);
      if (gap !== null) {
        why = gap;
        break;
      }
      const events = range === null || last === null ? [] : await feed.behind(last);
      if (events.length > 0) {
        yield events.map(frame).join('');
        last = events.at(-1)?.seq ?? last;
      } else if (!(await isAppended(feed, reader))) yield ': nothing new\n\n';
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const range = feed.range();
    why = range !== null && last !== null ? (gapOf(range, last) ?? 'failed') : 'failed';
    detail = error.message;
  }
  if (reader.ended === 'slow') why = 'slow';
  yield endFrame(why, last, why === 'failed' ? detail : endTexts[why]);
}

/** Why a stream ends. A client that asks again behind the last event misses nothing, unless it is `removed` or `ahead`. */
type StreamEnd = 'stopping' | 'slow' | 'removed' | 'ahead' | 'failed';

const endTexts: Record<Exclude<StreamEnd, 'failed'>, string> = {
  stopping: 'the daemon stops',
  slow: 'the reader left events untaken for too long; ask again behind the last one',
  removed: 'the events that follow were removed from the log; ask for /v1/status and go on behind its seq',
  ahead: 'the log ends before that event: it is another log; ask for /v1/status and go on behind its seq',
};

function gapOf(
  { first, head }: { readonly first: number; readonly head: number },
  last: number,
): StreamEnd | null {
  if (last > head) return 'ahead';
  return last + 1 < first ? 'removed' : null;
}

/** False when the time was up. */
async function isAppended(feed: EventFeed, { signal }: StreamReader): Promise<boolean> {
  const before = feed.range()?.head;
  await feed.appended(heartbeatMs, signal);
  return signal.aborted || feed.range()?.head !== before;
}

const frame = (recorded: RecordedEvent): string => `id: ${recorded.seq}\ndata: ${eventJson(recorded)}\n\n`;

const endFrame = (why: StreamEnd, last: number | null, detail: string): string =>
  `event: end\ndata: ${oneLine(JSON.stringify({ schema: eventSchemaVersion, why, seq: last, detail }))}\n\n`;
