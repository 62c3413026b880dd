/**
 * One seed: chaos, then healing, then the laws. Users act on both sides while the whole client works, faults strike, the
 * process is killed and starts again; then everything is quiet, and what is left must be right.
 */
import { changes, checkConvergence, checkNoInvention, checkNoLoss, checkReplay } from './checks.ts';
import type { State } from '@tidemark/engine';
import { answer, isDriveLost, runToRest } from './confirmation.ts';
import type { FaultCounts, FaultName } from './faults.ts';
import { type Law, LawBroken } from './laws.ts';
import { repair } from './repair.ts';
import { createStage, type Stage } from './stage.ts';
import type { Swarm } from './swarm.ts';
import { createWorld, type World } from './world.ts';

export interface SimulationOptions {
  /** Takes the place of what the seed draws. */
  readonly swarm?: Partial<Swarm>;
  /** Awaited faults that are drawn all the same. */
  readonly also?: readonly FaultName[];
  readonly onLine?: (line: string) => void;
  /** Asks at every moment whether anything is lost, to find the moment. Slow. */
  readonly watch?: 'ends' | 'everyMoment';
  /** Looks at a world whose laws held, with the log that it wrote. */
  readonly onEnd?: (world: World) => Promise<void>;
}

export interface SimulationReport {
  readonly seed: number;
  readonly hash: string;
  readonly moments: number;
  readonly runs: number;
  readonly events: number;
  /** What struck, and how often. */
  readonly faults: FaultCounts;
  /** Null when all laws held. */
  readonly broken: { readonly law: Law; readonly detail: string; readonly tail: readonly string[] } | null;
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationReport> {
  const world = createWorld(seed, options.swarm ?? {}, options.onLine, options.also);
  const stage = createStage(world, options.watch ?? 'ends');
  let broken: SimulationReport['broken'] = null;
  try {
    await play(world, stage);
    await options.onEnd?.(world);
  } catch (error) {
    const law = error instanceof LawBroken ? error.law : 'fault';
    const detail =
      error instanceof LawBroken ? error.message : String(error instanceof Error ? error.stack : error);
    broken = { law, detail, tail: world.trace.tail() };
  }
  const { moments, runs } = stage;
  return {
    seed,
    hash: world.trace.hash,
    moments,
    runs,
    events: world.trace.lines,
    faults: world.faults.counts,
    broken,
  };
}

async function play(world: World, stage: Stage): Promise<void> {
  const { trace, swarm } = world;
  const confirms = world.stream('confirmations');
  for (let count = 0; count < swarm.actionsBefore; count += 1) {
    world.actionsLeft += 1;
    world.act();
  }
  while (world.actionsLeft > 0 || world.endsLeft > 0) {
    const before = world.actionsLeft + world.endsLeft;
    const end = await stage.run();
    checkNoLoss(world);
    const isInDoubt = end !== null && end.state !== null && isDriveLost(end.state);
    answer(end, world, world.isFolderThere && confirms.happens(0.5) && !isInDoubt);
    // A quiet run uses nothing up: then something has to happen.
    if (world.actionsLeft > 0) world.act();
    else if (end?.cause === 'resting' && world.endsLeft > 0) {
      world.endsLeft -= 1;
      world.faults.strike('asked-to-stop');
      await stage.stop();
    } else if (world.actionsLeft + world.endsLeft === before) world.endsLeft -= 1;
  }
  trace.line('— heal —');
  world.heal();
  answer(null, world, false);
  // The first run may meet items that rest from before; the second one must find nothing left to wait for.
  const { state } = await runToRest(world, stage);
  // What a run gave up, one after a day tries again, also where the clock was set back before: the user starts it anew.
  if (state !== null && hasProblems(state)) {
    world.clock.jump(2 * dayMs);
    world.beginsAnew = true;
  }
  let rest = await runToRest(world, stage);
  // Settling a conflict makes names of its own, which may clash in turn.
  for (let count = 0; count < repairsMax && repair(world, rest.state); count += 1)
    for (let again = 0; again < 2; again += 1) {
      rest = await runToRest(world, stage);
      answer(null, world, false);
    }
  trace.line('— checks —');
  checkNoInvention(world);
  checkConvergence(world);
  const before = changes(world);
  for (let count = 0; count < 2; count += 1) await runToRest(world, stage);
  if (changes(world) > before) throw new LawBroken('L3', `idle runs made ${changes(world) - before} changes`);
  if (world.content !== null && !hashesLie(world)) await resyncMovesNothing(world, stage);
  await stage.stop();
  await checkReplay(world);
}

/** Where the drive tells other hashes from time to time, only a transfer proves anything. */
const hashesLie = ({ swarm: { rates } }: World): boolean =>
  rates['hash-missing'] !== undefined ||
  rates['hash-always-wrong'] !== undefined ||
  rates['feed-hash-wrong'] !== undefined ||
  rates['size-always-wrong'] !== undefined;

/** What both sides agreed on is forgotten, and is known again without a transfer, though they hold other bytes. */
async function resyncMovesNothing(world: World, stage: Stage): Promise<void> {
  const { counts } = world.drive;
  const transfers = (): number => (counts.get('download') ?? 0) + (counts.get('upload') ?? 0);
  const before = transfers();
  world.wishes.resync = true;
  world.beginsAnew = true;
  await runToRest(world, stage);
  world.wishes.resync = false;
  await runToRest(world, stage);
  if (transfers() > before) throw new LawBroken('L3', `a resync made ${transfers() - before} transfers`);
}

const hasProblems = ({ activities, remote: { full } }: State): boolean =>
  [...activities.values(), full?.activity].some((activity) => activity?.state === 'problem');

const repairsMax = 4;
const dayMs = 86_400_000;
