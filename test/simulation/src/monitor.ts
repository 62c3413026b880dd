/** What stands for the daemon around a run that goes on: how often it looks, and when it ends the run to begin another. */
import type { HintReceived, Pace } from '@tidemark/contracts';
import type { RunHandle } from '@tidemark/daemon';
import { heldPlan } from '@tidemark/engine';
import type { World } from './world.ts';

export const monitorPace: Pace = {
  mode: 'continuous',
  pollIntervalMs: 300_000,
  scanIntervalMs: 600_000,
  fullRoundEvery: 3,
  deletionDelayMs: 1000,
  subscription: null,
};

export const longestIntervalMs = Math.max(monitorPace.pollIntervalMs, monitorPace.scanIntervalMs);

/** As the daemon has it: what is under way gets so long. */
const graceMs = 20_000;

export interface Attendant {
  /** Asks the run to end when the daemon has a reason to begin another. Says whether it did. */
  attend(): boolean;
  /** The user lets go on what is held. */
  confirm(): void;
}

export function createAttendant(world: World, handle: () => RunHandle | null): Attendant {
  const { trace, faults, wishes, swarm } = world;
  return {
    attend() {
      const run = handle();
      if (run === null || !world.beginsAnew || swarm.pace === 'once') return false;
      world.beginsAnew = false;
      faults.strike('begun-anew');
      trace.line('the daemon ends the run to begin another');
      run.leave({ graceMs, takeDown: false });
      return true;
    },
    confirm() {
      const run = handle();
      const hash = run === null ? undefined : heldPlan(run.state)?.hash;
      if (run === null || hash === undefined) return;
      wishes.confirmed = false;
      trace.line(`the user confirms ${hash}`);
      void run.confirm(hash);
    },
  };
}

/** The service tells of a change of the drive. */
export const driveHint: HintReceived = { type: 'HintReceived', side: 'remote', source: 'channel' };
