/**
 * One seed: chaos, then healing, then the laws. Users act on both sides while the whole client works, faults strike, the
 * process is killed and starts again; then everything is quiet, and what is left must be right.
 */
import {
  changes,
  changesOn,
  checkConvergence,
  checkNoInvention,
  checkNoLoss,
  checkReplay,
} from './checks.ts';
import { type Client, type ClientEnd, startClient } from './client.ts';
import { answer, askedFor } from './confirmation.ts';
import type { FaultCounts, FaultName } from './faults.ts';
import { type Law, LawBroken } from './laws.ts';
import { repair } from './repair.ts';
import { settled } from './schedule.ts';
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
    answer(end, world.wishes, world.isFolderThere && confirms.happens(0.5));
    // A quiet run uses nothing up: then something has to happen.
    if (world.actionsLeft > 0) world.act();
    else if (world.actionsLeft + world.endsLeft === before) world.endsLeft -= 1;
  }
  trace.line('— heal —');
  world.heal();
  answer(null, world.wishes, false);
  // The first run may meet items that rest from before; the second one must find nothing left to wait for.
  for (let count = 0; count < 2; count += 1) await finished(world, stage);
  // Settling a conflict makes names of its own, which may clash in turn.
  for (let count = 0; count < repairsMax && repair(world); count += 1)
    for (let again = 0; again < 2; again += 1) await finished(world, stage);
  trace.line('— checks —');
  checkNoInvention(world);
  checkConvergence(world);
  const before = changes(world);
  for (let count = 0; count < 2; count += 1) await finished(world, stage);
  if (changes(world) > before) throw new LawBroken('L3', `idle runs made ${changes(world) - before} changes`);
  await checkReplay(world);
}

const repairsMax = 4;

/** The user says what she meant, and runs it again. */
async function confirmed(world: World, stage: Stage, asking: ClientEnd): Promise<ClientEnd | null> {
  answer(asking, world.wishes, true);
  const end = await stage.run();
  answer(null, world.wishes, false);
  return end;
}

async function finished(world: World, stage: Stage): Promise<void> {
  const first = await stage.run();
  const isAsked = first !== null && askedFor(first) !== null;
  const end = isAsked ? await confirmed(world, stage, first) : first;
  if (end === null || end.cause !== 'finished')
    throw new LawBroken('progress', `a run without trouble was ${end?.cause ?? 'killed'}`);
  checkNoLoss(world);
}

interface Stage {
  readonly moments: number;
  readonly runs: number;
  /** One run of the client, to its end; null when it was killed. */
  run(): Promise<ClientEnd | null>;
}

const momentsMax = 40_000;

function createStage(world: World, watch: 'ends' | 'everyMoment'): Stage {
  const { schedule, clock, swarm, trace } = world;
  const choices = world.stream('choices');
  let moments = 0;
  let runs = 0;

  async function run(): Promise<ClientEnd | null> {
    runs += 1;
    const name = `run${runs}`;
    trace.line(`— ${name} —`);
    const { direction } = world.wishes;
    const untouched = direction === 'both' ? null : direction === 'upload' ? 'disk' : 'drive';
    const before = untouched === null ? 0 : changesOn(untouched, world, 'but copies');
    if (direction !== 'both') world.faults.strike(`${direction}-only`);
    const { birthTimes, renumbers, tickSeconds, times } = swarm.fileSystem;
    if (birthTimes === false) world.faults.strike('no-birth-times');
    if (renumbers === true) world.faults.strike('inodes-renumbered');
    if (tickSeconds !== undefined) world.faults.strike('coarse-times');
    if (times !== undefined) world.faults.strike('short-times');
    const client = startClient(world, name);
    let outcome: { readonly end: ClientEnd } | { readonly error: unknown } | null = null;
    client.ended.then(
      (end) => (outcome = { end }),
      (error: unknown) => (outcome = { error }),
    );
    for (let moment = 0; moment < momentsMax; moment += 1) {
      await settled();
      moments += 1;
      if (world.witness.broken !== null) throw world.witness.broken;
      if (outcome !== null) {
        client.life.alive = false;
        const end = endOf(outcome);
        if (untouched !== null && changesOn(untouched, world, 'but copies') > before)
          throw new LawBroken('direction', `a run that only does ${direction} changed the ${untouched}`);
        const asked = askedFor(end);
        if (asked !== null) {
          world.faults.strike('deletions-held');
          trace.line(`${name} asks: ${asked}`);
        }
        return end;
      }
      if (!client.life.alive) return null;
      if (watch === 'everyMoment') checkNoLoss(world);
      await happen(client);
    }
    throw new LawBroken('progress', 'the client does not come to rest');
  }

  /** The next thing that happens in this world. */
  async function happen(client: Client): Promise<void> {
    if (world.actionsLeft > 0 && choices.happens(swarm.actionRate)) return world.act();
    if (world.trouble.on && world.endsLeft > 0 && choices.happens(swarm.interruptRate / 10)) {
      world.endsLeft -= 1;
      if (choices.happens(0.5)) {
        world.faults.strike('asked-to-stop');
        trace.line('the client is asked to stop');
        client.interrupt();
      } else {
        world.faults.strike('killed-anywhere');
        trace.line('the client is killed');
        client.life.alive = false;
      }
      return;
    }
    if (schedule.waiting > 0) {
      trace.line(`  ${schedule.next()}`);
      return;
    }
    const [nextMs] = clock.sleeping;
    if (nextMs === undefined) throw new LawBroken('progress', 'the client waits for nothing');
    trace.line(`  ${nextMs} ms pass`);
    await clock.advance(nextMs);
  }

  return {
    get moments() {
      return moments;
    },
    get runs() {
      return runs;
    },
    run,
  };
}

function endOf(outcome: { readonly end: ClientEnd } | { readonly error: unknown }): ClientEnd {
  if ('error' in outcome) throw outcome.error;
  return outcome.end;
}
