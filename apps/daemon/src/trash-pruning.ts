/** `trash_days`: between passes, now and then, what has been in the trash for long is removed for good. Never ends a run. */
import type { AbortSignalLike, Clock } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import type { Notice } from '@tidemark/plugin-sdk';

export interface TrashPruning {
  /** Nothing is under way now. Resolves when the trash was looked at, if it was time for that. */
  atRest(): Promise<void>;
  /** Stops in the middle; the next run goes on. */
  close(): Promise<void>;
}

export interface TrashPruningOptions {
  readonly disk: Pick<FolderDisk, 'pruneTrash'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly days: number;
  /** The end of the run: it waits for no large trash. */
  readonly signal: AbortSignalLike;
  readonly tell: (notice: Notice) => Promise<void>;
}

const everyMs = 3600 * 1000;
const dayMs = 24 * everyMs;
const filesMax = 1000;

export function createTrashPruning({ disk, clock, days, signal, tell }: TrashPruningOptions): TrashPruning {
  const closing = new AbortController();
  const close = (): void => closing.abort();
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  let nextAt = -Infinity;
  let looking: Promise<void> = Promise.resolve();

  async function lookOnce(): Promise<void> {
    try {
      const pruned = await disk.pruneTrash({ keepMs: days * dayMs, filesMax, signal: closing.signal });
      if (pruned.paths.length > 0 || pruned.obstacle !== null)
        await tell({ type: 'trashPruned', days, ...pruned });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { detail } = error.details;
      await tell({ type: 'trashPruned', days, paths: [], sizeBytes: 0, obstacle: detail });
    }
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
