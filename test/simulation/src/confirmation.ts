/**
 * What the client asks of its user: to confirm deletions, an empty folder or a loss of the drive, or whether another folder is to
 * be synced from now on. A person says yes when she finds her files there.
 */
import { heldPlan, type State } from '@tidemark/engine';
import { checkNoLoss } from './checks.ts';
import type { ClientEnd } from './client.ts';
import { LawBroken } from './laws.ts';
import type { Stage } from './stage.ts';
import type { World } from './world.ts';

/** Another folder: she starts it anew, is told so, and gives `--resync`; then deletions of each side may be held. */
const answersMax = 4;

/**
 * Runs without trouble, with a user who answers what she is asked, until there is nothing left to do.
 *
 * @throws LawBroken
 */
export async function runToRest(world: World, stage: Pick<Stage, 'run'>): Promise<ClientEnd> {
  let end = await stage.run();
  for (let answers = 0; answers < answersMax && end !== null && askedFor(end) !== null; answers += 1) {
    answer(end, world, true);
    end = await stage.run();
    answer(null, world, false);
  }
  if (end === null || !isGood(end))
    throw new LawBroken('progress', `a run without trouble was ${end?.cause ?? 'killed'}`);
  const asked = askedFor(end);
  if (asked !== null) throw new LawBroken('progress', `a run without trouble asks again and again: ${asked}`);
  checkNoLoss(world);
  // A daemon that has ended its run begins the next one.
  return end.cause === 'finished' && world.swarm.pace === 'continuous' ? runToRest(world, stage) : end;
}

const isGood = ({ cause }: ClientEnd): boolean => cause === 'finished' || cause === 'resting';

/** What the run that has ended waits for, in words; null when it asks nothing. */
export function askedFor({ state, refusal }: ClientEnd): string | null {
  if (refusal === 'rootSuspended') return 'the sync folder is another one';
  if (state === null) return null;
  if (isStranger(state)) return 'the sync folder is another one';
  if (isDriveLost(state)) return 'the drive lost most of what was there';
  if (state.halted?.code === 'rootSuspended') return state.halted.detail;
  return heldPlan(state) === null ? null : 'deletions are held';
}

/** The answer, for the next run: `--force`, or `--resync`. A daemon that waits for another folder, or for the drive, is started anew. */
export function answer(end: ClientEnd | null, world: World, saysYes: boolean): void {
  const isAsked = saysYes && end !== null && askedFor(end) !== null;
  world.wishes.confirmed = isAsked && end.refusal === undefined;
  world.wishes.resync = isAsked && end.refusal !== undefined;
  if (isAsked && end.state !== null && (isStranger(end.state) || isDriveLost(end.state)))
    world.beginsAnew = true;
}

/** A run that goes on waits until another folder than the one that stands there is back. */
const isStranger = ({ local: { look } }: State): boolean =>
  look.state === 'suspended' && look.failure?.code === 'rootSuspended';

/** The drive truly lost it, or one listing lies: that is only known once the world lies no more. */
export const isDriveLost = ({ halted, remote: { look } }: State): boolean =>
  halted?.code === 'driveSuspended' ||
  (look.state === 'suspended' && look.failure?.code === 'driveSuspended');
