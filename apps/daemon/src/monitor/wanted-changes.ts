/** Changes that a user decided on while a daemon runs. The run that is on ends for them, and the next one takes them for the user's own. */
import { Failure } from '@tidemark/contracts';
import type { Clock, Drive } from '@tidemark/contracts';
import { Busy, type MadeChanges, type WantedChanges } from '@tidemark/control';
import type { ContentPath } from '@tidemark/plugin-sdk/unstable';
import type { OpenedRun } from '../open-run.ts';
import type { RunHandle } from '../profile-run.ts';
import type { UserChangesEnd, UserChangesOptions } from '../user-changes/carry-out.ts';
import { carryOut as makeUnfinished, planUserChanges } from '../user-changes/carry-out.ts';
import { unfinishedChanges } from '../user-changes/unfinished.ts';

export interface ChangesBetweenRuns {
  /** Resolves when they are made. Throws Busy, and a Failure that concerns all of them. */
  ask(wanted: WantedChanges): Promise<MadeChanges>;
  /** Between two runs, with both sides open: what was asked for. Null: nothing was. Otherwise the paths that need no second consent. */
  make(sides: Sides): Promise<ReadonlySet<string> | null>;
  /** They wait for the next run. */
  isAsked(): boolean;
  /** No run can make them. */
  refuse(why: string): void;
  /** Everything ends. */
  close(): void;
}

export interface Sides {
  readonly opened: Pick<OpenedRun, 'log' | 'state' | 'disk'>;
  readonly drive: Drive;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Opens the way through the plugins that change content, for as long as `work` takes. */
  readonly withContent: (
    work: (content: ContentPath | null) => Promise<Pick<UserChangesEnd, 'made' | 'failed'>>,
  ) => Promise<Pick<UserChangesEnd, 'made' | 'failed'>>;
}

/** Transfers under way get so long to end. */
const graceMs = 20_000;

/** `run`: one that can take an order. */
export function createChangesBetweenRuns(run: () => Pick<RunHandle, 'leave'> | null): ChangesBetweenRuns {
  let asking: (PromiseWithResolvers<MadeChanges> & { readonly wanted: WantedChanges }) | null = null;
  return {
    async ask(wanted) {
      const handle = run();
      if (handle === null) throw new Busy('No run is on at the moment; try again in a moment');
      if (asking !== null) throw new Busy('Other changes are being made; try again in a moment');
      asking = { ...Promise.withResolvers<MadeChanges>(), wanted };
      handle.leave({ graceMs, takeDown: false });
      return asking.promise;
    },
    async make(sides) {
      if (asking === null) return null;
      const { wanted, resolve, reject } = asking;
      try {
        resolve(await carryOut(wanted, sides));
      } catch (error) {
        reject(error);
        // The run that follows meets the same obstacle, and tells it.
        if (!(error instanceof Failure)) throw error;
      } finally {
        asking = null;
      }
      return new Set(
        wanted.changes.flatMap((one) => ('toPath' in one ? [one.path, one.toPath] : [one.path])),
      );
    },
    isAsked: () => asking !== null,
    refuse,
    close: () => refuse('The monitor stops; nothing was changed'),
  };

  function refuse(why: string): void {
    asking?.reject(new Busy(why));
    asking = null;
  }
}

async function carryOut(
  { source, asked, changes, settled, isRest }: WantedChanges,
  { opened, drive, clock, signal, withContent }: Sides,
): Promise<MadeChanges> {
  const { log, state, disk } = opened;
  await disk.root({ mark: false });
  const { made, failed } = await withContent(async (content) => {
    const ports = { log, state, disk, drive, clock, signal, source, content };
    return isRest === true ? makeRest(ports, log) : planUserChanges(ports, { asked, changes, settled });
  });
  return {
    schema: 1,
    made,
    failed: failed.map(({ change: { path }, failure: { code, detail } }) => ({ path, code, detail })),
  };
}

/** Those that have ended are not made again: what they moved aside may be in its place by now. */
async function makeRest(
  ports: UserChangesOptions,
  log: OpenedRun['log'],
): Promise<Pick<UserChangesEnd, 'made' | 'failed'>> {
  const unfinished = await unfinishedChanges(log.read());
  return unfinished === null ? { made: 0, failed: [] } : makeUnfinished(ports, unfinished);
}
