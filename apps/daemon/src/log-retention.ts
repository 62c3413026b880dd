/** `log_retention_days` and `log_max_size`: at rest, now and then, old events go into archives, and the oldest archives go. Never ends a run. */
import type { AbortSignalLike, Clock, EventLog } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Notice } from '@tidemark/plugin-sdk';

export interface LogRetention {
  /** Nothing is under way now. Resolves when the log was looked at, if it was time for that. */
  atRest(): Promise<void>;
  /** Stops between two archives; the next run goes on. */
  close(): Promise<void>;
}

export interface LogRetentionOptions {
  readonly log: Pick<EventLog, 'retain'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly days: number;
  readonly sizeBytesMax: number;
  /** The end of the run: it waits for no large log. */
  readonly signal: AbortSignalLike;
  readonly tell: (notice: Notice) => Promise<void>;
}

const everyMs = 3600 * 1000;
const dayMs = 24 * everyMs;

export function createLogRetention(options: LogRetentionOptions): LogRetention {
  const { log, clock, days, sizeBytesMax, signal, tell } = options;
  const closing = new AbortController();
  const close = (): void => closing.abort();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  let nextAt = -Infinity;
  let looking: Promise<void> = Promise.resolve();
  /** Said again only when it has changed. */
  let said: string | null = null;

  async function lookOnce(): Promise<void> {
    const limits = { olderThan: clock.now() - days * dayMs, sizeBytesMax, signal: closing.signal };
    try {
      const { archivedTo, hasArchived, removed, sizeBytes, obstacle } = await log.retain(limits);
      const isTooLarge = sizeBytes > sizeBytesMax;
      await report({
        ...{ archivedTo: hasArchived ? archivedTo : null, sizeBytes, sizeBytesMax },
        removed: removed && { ...removed, until: new Date(removed.until).toISOString() },
        obstacle: obstacle ?? (isTooLarge ? 'what has to be kept takes more' : null),
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { detail } = error.details;
      await report({ archivedTo: null, removed: null, sizeBytes: null, sizeBytesMax, obstacle: detail });
    }
  }

  async function report(done: Omit<Extract<Notice, { type: 'logRetained' }>, 'type'>): Promise<void> {
    const isNews = done.obstacle !== said;
    said = done.obstacle;
    if (done.archivedTo === null && done.removed === null && !(isNews && said !== null)) return;
    await tell({ type: 'logRetained', ...done, obstacle: isNews ? said : null });
  }

  return {
    atRest() {
      if (closing.signal.aborted || clock.monotonic() < nextAt) return looking;
      nextAt = clock.monotonic() + everyMs;
      looking = looking.then(lookOnce);
      return looking;
    },
    async close() {
      close();
      signal.removeEventListener('abort', close);
      await looking;
    },
  };
}
