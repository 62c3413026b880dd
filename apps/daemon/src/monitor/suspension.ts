/** A daemon whose sync folder is not there, or is another one: it says so once, waits, and goes on by itself. */
import type { Clock, FailureCode, FailureDetails, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { FolderDisk } from '@tidemark/disk';
import { rootAt } from '@tidemark/disk';
import type { Output } from '@tidemark/plugin-sdk';
import { diskOf, mountCheck } from '../open-disk.ts';
import type { Profile } from '../profile.ts';
import type { RunHandle } from '../profile-run.ts';
import { recogniseRoot } from '../recognise-root.ts';
import type { DaemonStatus } from './daemon-status.ts';
import { createRecheckSchedule, watchRoot } from './root-watch.ts';

export interface Suspension {
  /** No run can begin: waits until something else stands at the path of the sync folder, or for a while. */
  outwait(error: Failure, isEnough: () => boolean): Promise<void>;
  /** Watches the folder of a run until it ends. Never rejects. */
  follow(run: RunHandle, disk: FolderDisk, ended: AbortSignal): Promise<void>;
  /** A run has begun with a folder that can be trusted. */
  over(): void;
}

export interface SuspensionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly say: (line: string) => void;
  readonly daemonStatus: Pick<DaemonStatus, 'suspended'>;
  readonly profile: () => Profile;
  readonly interrupted: AbortSignal;
}

const beatMs = 1_000;
/** The next run finds what is under way by itself. */
const leaveGraceMs = 2_000;

/** While the daemon opened it anew, another process began to sync the folder. */
export const isBusy = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === 'rootBusy';

/** The sync folder is not there, or another one. Who asked for a start to be refused then (`check_nomount`) gets that. */
export const isSuspension = (error: unknown): error is Failure =>
  error instanceof Failure && error.code === 'rootSuspended' && error !== mountCheck;

export function createSuspension(options: SuspensionOptions): Suspension {
  const { clock, random, output, say, daemonStatus, profile, interrupted } = options;
  const recheck = createRecheckSchedule(clock);
  let told: FailureCode | null = null;

  function tell(why: FailureDetails): void {
    if (told !== why.code) {
      output.errorLine(`WARNING: ${why.detail}`);
      output.errorLine('         Nothing is changed on either side until it is back');
    }
    told = why.code;
    daemonStatus.suspended(why);
  }

  function over(): void {
    if (told !== null) say(`The sync folder is back: ${profile().settings.sync_dir}`);
    told = null;
    daemonStatus.suspended(null);
  }

  return {
    over,
    async outwait({ details }, isEnough) {
      tell(details);
      do await clock.sleep(beatMs, interrupted);
      while (!interrupted.aborted && !isEnough() && !recheck.isDue(rootAt(profile().settings.sync_dir)));
    },
    async follow(run, disk, ended) {
      const inUse = profile();
      const leave = (): void => run.leave({ graceMs: leaveGraceMs, takeDown: false });
      try {
        await watchRoot({
          ...{ clock, signal: ended },
          folder: inUse.settings.sync_dir,
          isThere: () => disk.isRootThere(),
          async recognise() {
            const probe = diskOf(inUse, clock, random);
            try {
              return await recogniseRoot(probe, run.state);
            } finally {
              await probe.close();
            }
          },
          gone: tell,
          back() {
            over();
            // Rejects when the run has ended: the next one looks anyway.
            run.look().catch(() => undefined);
          },
          replaced: leave,
        });
      } catch (error) {
        output.errorLine(`ERROR: ${error instanceof Error ? error.message : String(error)}`);
        leave();
      }
    },
  };
}
