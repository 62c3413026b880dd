/**
 * Watches whether the sync folder of a run that goes on is there (I-10). The run itself changes nothing while it is not, and finds
 * by itself that it is back; a copy that stands in its place is for the next run to take over.
 */
import type { Clock, FailureDetails } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { rootAt } from '@tidemark/disk';
import type { RootRecognition } from '@tidemark/engine';

export interface RootWatchOptions {
  readonly clock: Clock;
  /** Absolute path of the sync folder. */
  readonly folder: string;
  /** Whether the folder that the run began with stands there. */
  readonly isThere: () => boolean;
  /** Compares what stands there with what was synced. Throws Failure `rootSuspended` when nothing does. */
  readonly recognise: () => Promise<RootRecognition>;
  /** Called once each time it goes. */
  readonly gone: (why: FailureDetails) => void;
  readonly back: () => void;
  /** Another folder stands there, and the next run can go on with it. */
  readonly replaced: () => void;
  readonly signal: AbortSignal;
}

const beatMs = 1_000;
const firstCheckMs = 2_000;
const longestCheckMs = 60_000;

/** Resolves when the signal is aborted, or the folder was replaced. */
export async function watchRoot(options: RootWatchOptions): Promise<void> {
  const { clock, folder, signal } = options;
  let isGone = false;
  const recheck = createRecheckSchedule(clock);
  while (!signal.aborted) {
    await clock.sleep(beatMs, signal);
    if (signal.aborted) return;
    if (options.isThere()) {
      if (isGone) options.back();
      isGone = false;
      continue;
    }
    if (!isGone) options.gone(missing(folder));
    isGone = true;
    if (!recheck.isDue(rootAt(folder))) continue;
    const verdict = await verdictOf(options.recognise);
    if (verdict === 'other') continue;
    return options.replaced();
  }
}

async function verdictOf(recognise: RootWatchOptions['recognise']): Promise<RootRecognition['verdict']> {
  try {
    return (await recognise()).verdict;
  } catch (error) {
    if (error instanceof Failure && error.code === 'rootSuspended') return 'other';
    throw error;
  }
}

/** When another look at the folder is worth it: at once when another one stands there, then less and less often. */
export function createRecheckSchedule(clock: Pick<Clock, 'monotonic'>): {
  /** @param seen what stands there; null: nothing, for which there is nothing to look at */
  isDue(seen: string | null): boolean;
} {
  let last: string | null = null;
  let waitMs = firstCheckMs;
  let dueAt = 0;
  return {
    isDue(seen) {
      const now = clock.monotonic();
      if (seen !== last) {
        last = seen;
        waitMs = firstCheckMs;
        dueAt = now;
      }
      if (seen === null || now < dueAt) return false;
      dueAt = now + waitMs;
      waitMs = Math.min(waitMs * 2, longestCheckMs);
      return true;
    },
  };
}

const missing = (folder: string): FailureDetails => ({
  code: 'rootSuspended',
  detail: `Cannot trust the sync folder: "${folder}" is missing or another folder than before`,
});
