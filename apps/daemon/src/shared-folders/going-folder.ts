/** One shared folder of a monitor: one run after the other, until it is ended. */
import { Failure } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { RunHandle } from '../profile-run.ts';
import { keyOfPlace, type KnownPlace, readKnownPlaces } from './known-folders.ts';
import { runSharedFolder, type SharedRun } from './run-shared-folder.ts';

export interface GoingFolder {
  /** Where it lies as long as it goes on. */
  readonly path: string;
  /** Looks at both sides although neither is due. One that waits for another attempt looks when it begins anew. */
  look(): Promise<void>;
  /** Resolves when its run has ended. */
  end(): Promise<void>;
}

/** What could not be reached or failed is tried again after so long. */
const retryMs = 60_000;

export function keepGoing(options: Omit<SharedRun, 'mode' | 'monitoring'>, place: KnownPlace): GoingFolder {
  const { profile, clock, warn } = options;
  const { path } = place;
  const key = keyOfPlace(place);
  const ending = new AbortController();
  const interrupted = AbortSignal.any([options.interrupted, ending.signal]);
  let handle: RunHandle | null = null;
  const ended = goOn();
  return {
    path,
    look: async () => handle?.look().catch(() => undefined),
    async end() {
      ending.abort();
      await ended;
    },
  };

  async function goOn(): Promise<void> {
    while (!interrupted.aborted) {
      try {
        await runOnce();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // Its folder was removed or moved, and the next look at the sync folder says which.
        const isMoved = error instanceof Failure && error.code === 'rootSuspended';
        if (!isMoved) warn(`Shared folder "${escaped(path)}": ${escaped(error.message)}`);
      }
      handle = null;
      if (!interrupted.aborted) await clock.sleep(retryMs, interrupted);
    }
  }

  async function runOnce(): Promise<void> {
    const known = readKnownPlaces(profile).find((one) => keyOfPlace(one) === key);
    if (known === undefined) return;
    const onBegun = (run: RunHandle): void => {
      handle = run;
      options.onBegun?.(run);
    };
    const run = { ...options, mode: 'real', monitoring: true, interrupted, onBegun } as const;
    await runSharedFolder(run, { ...known, path });
  }
}
