/** The log that is shown: its newest form, read where it is, and the index of all its events, which grows in the background. */
import type { EventLog, RecordedEvent } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { EventIndex } from './event-index.ts';
import { createPause } from './pause.ts';

export interface LogReader {
  /** As it was when it was opened last. */
  readonly log: EventLog;
  readonly index: EventIndex;
  /** Resolves when everything that the log had at the call is in the index. Throws what reading the log throws. */
  readAll(): Promise<void>;
  /** Why reading ended early, or does not go on, in words; null while all is well. */
  readonly trouble: string | null;
  /** Opens the log again if it may have grown; resolves to whether it has. */
  refresh(): Promise<boolean>;
  close(): Promise<void>;
}

export interface LogReaderOptions {
  readonly log: EventLog;
  /** The first event to read. */
  readonly first: number;
  /** Opens the log as it is now; resolves to null when nothing was added. Null for a log that nothing is added to. */
  readonly reopen: (() => Promise<EventLog | null>) | null;
  /** Called with each batch before anything is told of it. */
  readonly onBatch?: (batch: readonly RecordedEvent[]) => void | Promise<void>;
}

export function createLogReader({ log: opened, first, reopen, onBatch }: LogReaderOptions): LogReader {
  let log = opened;
  /** Why reading ended early. */
  let endedBy: string | null = null;
  /** Why the log could not be opened again, the last time. */
  let unopenedBy: string | null = null;
  let reading: Promise<void> | null = null;
  let isClosed = false;
  const index = new EventIndex(first);

  async function readOn(): Promise<void> {
    const pause = createPause();
    for await (const batch of log.read({ from: seq(index.last + 1), to: log.head })) {
      if (isClosed) return;
      await onBatch?.(batch);
      for (const recorded of batch) index.add(recorded);
      await pause();
    }
  }

  function readAll(): Promise<void> {
    reading ??= readOn()
      .catch((error: unknown) => {
        endedBy = inWords(error);
        throw error;
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  return {
    index,
    readAll,
    get log() {
      return log;
    },
    get trouble() {
      return endedBy ?? unopenedBy;
    },
    async refresh() {
      if (reopen === null || isClosed) return false;
      await reading;
      const next = await reopen().catch((error: unknown) => {
        unopenedBy = inWords(error);
        throw error;
      });
      unopenedBy = null;
      if (next === null) return false;
      const previous = log;
      log = next;
      await previous.close();
      const hasGrown = next.head > index.last;
      if (hasGrown) await readAll();
      return hasGrown;
    },
    async close() {
      isClosed = true;
      await reading?.catch(() => undefined);
      await log.close();
    },
  };
}

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));
