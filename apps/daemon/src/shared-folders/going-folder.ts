/** One shared folder of a monitor: one run after the other, until it is ended. */
import { Failure } from '@tidemark/contracts';
import type { MadeChanges, WantedChanges } from '@tidemark/control';
import { escaped } from '@tidemark/disk';
import { heldPlan } from '@tidemark/engine';
import type { RunHandle } from '../profile-run.ts';
import { createChangesBetweenRuns } from '../monitor/wanted-changes.ts';
import { keyOfPlace, type KnownPlace, readKnownPlaces } from './known-folders.ts';
import type { OpenedPlace } from './open-place.ts';
import { runSharedFolder, type SharedRun } from './run-shared-folder.ts';

export interface GoingFolder {
  /** Where it lies as long as it goes on. */
  readonly path: string;
  /** Looks at both sides although neither is due. One that waits for another attempt looks when it begins anew. */
  look(): Promise<void>;
  /** Lets what is held in it go on: the plan with that hash, or any. False: there is none. */
  confirm(hash: string | null): Promise<boolean>;
  /** Ends its run, makes what a user decided on, and begins the next one. Throws Busy, and Failure. */
  change(wanted: WantedChanges): Promise<MadeChanges>;
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
  const changes = createChangesBetweenRuns(() => handle);
  /** The next run is to make what was asked for. */
  let isPending = false;
  const ended = goOn();
  return {
    path,
    look: async () => handle?.look().catch(() => undefined),
    async confirm(hash) {
      const held = handle === null ? null : heldPlan(handle.state);
      if (handle === null || held === null || (hash !== null && held.hash !== hash)) return false;
      await handle.confirm(held.hash);
      await handle.pulse();
      return true;
    },
    change: changes.ask,
    async end() {
      ending.abort();
      await ended;
    },
  };

  async function goOn(): Promise<void> {
    while (!interrupted.aborted) {
      isPending = changes.isAsked();
      try {
        await runOnce();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // Its folder was removed or moved, and the next look at the sync folder says which.
        const isMoved = error instanceof Failure && error.code === 'rootSuspended';
        if (!isMoved) warn(`Shared folder "${escaped(path)}": ${escaped(error.message)}`);
      }
      handle = null;
      if (isPending) changes.refuse(`"${path}" cannot be reached at the moment; nothing was changed`);
      if (!interrupted.aborted && !changes.isAsked()) await clock.sleep(retryMs, interrupted);
    }
    changes.close();
  }

  async function runOnce(): Promise<void> {
    const known = readKnownPlaces(profile).find((one) => keyOfPlace(one) === key);
    if (known === undefined) return;
    const onBegun = (run: RunHandle): void => {
      handle = run;
      options.onBegun?.(run);
    };
    const run = { ...options, mode: 'real', monitoring: true, interrupted, onBegun, betweenRuns } as const;
    await runSharedFolder(run, { ...known, path });
  }

  /** No plugin that changes content is let into a shared folder. */
  function betweenRuns(opened: OpenedPlace): Promise<ReadonlySet<string> | null> {
    const { drive } = opened.account;
    isPending = false;
    return changes.make({ opened, drive, clock, signal: interrupted, withContent: (work) => work(null) });
  }
}
