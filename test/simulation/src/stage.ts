/**
 * The stage: lets things happen in a world, one at a time, while a client runs. A run of `--sync` is over when it ends; a run
 * that goes on stays, and is over for now when it has come to rest.
 */
import { isQuiet } from '@tidemark/engine';
import { changesOn, checkNoLoss } from './checks.ts';
import { type Client, type ClientEnd, startClient } from './client.ts';
import { askedFor } from './confirmation.ts';
import { LawBroken } from './laws.ts';
import { longestIntervalMs } from './monitor.ts';
import { settled } from './schedule.ts';
import type { World } from './world.ts';

export interface Stage {
  readonly moments: number;
  /** Processes that were started. */
  readonly runs: number;
  /** One run of the client, to its end or until it rests; null when it was killed. */
  run(): Promise<ClientEnd | null>;
  /** Asks a run that goes on to stop, and waits for its end. */
  stop(): Promise<void>;
}

interface Running {
  readonly name: string;
  readonly client: Client;
  /** Null while it runs. */
  readonly outcome: { readonly end: ClientEnd } | { readonly error: unknown } | null;
  /** @throws LawBroken when it changed a side that it must not touch */
  checkDirection(): void;
}

const momentsMax = 40_000;

export function createStage(world: World, watch: 'ends' | 'everyMoment'): Stage {
  const { schedule, clock, swarm, trace, saves } = world;
  const choices = world.stream('choices');
  const patience = world.stream('patience');
  const goesOn = swarm.pace === 'continuous';
  let moments = 0;
  let runs = 0;
  let current: Running | null = null;

  async function run(): Promise<ClientEnd | null> {
    const running = current ?? begin();
    current = running;
    const { client, name } = running;
    if (world.wishes.confirmed && client.handle !== null) client.confirm();
    // Without trouble each side has been looked at twice by then, whatever hints were lost.
    const intervals = world.trouble.on ? patience.below(2) : 2;
    const notBeforeMs = clock.monotonic() + intervals * longestIntervalMs;
    for (let moment = 0; moment < momentsMax; moment += 1) {
      await settled();
      moments += 1;
      if (world.witness.broken !== null) throw world.witness.broken;
      if (running.outcome !== null) {
        client.life.alive = false;
        endRun();
        saves.check();
        saves.forget();
        const end = endOf(running.outcome);
        running.checkDirection();
        return told(end, name);
      }
      if (!client.life.alive) {
        endRun();
        saves.forget();
        return null;
      }
      if (watch === 'everyMoment') checkNoLoss(world);
      const rests = restOf(client);
      if (rests !== null && clock.monotonic() >= notBeforeMs && saves.dueInMs === null) {
        saves.check();
        running.checkDirection();
        return told(rests, name);
      }
      await happen(client);
    }
    throw new LawBroken('progress', 'the client does not come to rest');
  }

  function endRun(): void {
    current = null;
    world.agreedAt = null;
  }

  function told(end: ClientEnd, name: string): ClientEnd {
    const asked = askedFor(end);
    if (asked === null) return end;
    world.faults.strike('deletions-held');
    trace.line(`${name} asks: ${asked}`);
    return end;
  }

  function begin(): Running {
    runs += 1;
    const name = `run${runs}`;
    trace.line(`— ${name} —`);
    const { direction } = world.wishes;
    const untouched = direction === 'both' ? null : direction === 'upload' ? 'disk' : 'drive';
    const before = untouched === null ? 0 : changesOn(untouched, world, 'but copies');
    strikeForRun();
    let outcome: Running['outcome'] = null;
    const client = startClient(world, name);
    client.ended.then(
      (end) => (outcome = { end }),
      (error: unknown) => (outcome = { error }),
    );
    return {
      name,
      client,
      get outcome() {
        return outcome;
      },
      checkDirection() {
        if (untouched !== null && changesOn(untouched, world, 'but copies') > before)
          throw new LawBroken('direction', `a run that only does ${direction} changed the ${untouched}`);
      },
    };
  }

  /** What holds for a whole run. */
  function strikeForRun(): void {
    const { faults, wishes } = world;
    if (swarm.deletesForGood) faults.strike('deletes-for-good');
    const { birthTimes, renumbers, sharesNumbers, tickSeconds, times } = swarm.fileSystem;
    if (goesOn) faults.strike('run-goes-on');
    if (wishes.direction !== 'both') faults.strike(`${wishes.direction}-only`);
    if (birthTimes === false) faults.strike('no-birth-times');
    if (renumbers === true) faults.strike('inodes-renumbered');
    if (sharesNumbers === true) faults.strike('inodes-shared');
    if (tickSeconds !== undefined) faults.strike('coarse-times');
    if (times !== undefined) faults.strike('short-times');
  }

  /** How a run that goes on stands when there is nothing to do for it but to wait for its next look. */
  function restOf({ handle }: Client): ClientEnd | null {
    if (!goesOn || handle === null || schedule.waiting > 0) return null;
    if (handle.state.phase !== 'running' || !isQuiet(handle.state)) return null;
    return { cause: 'resting', state: handle.state };
  }

  /** The next thing that happens in this world. */
  async function happen(client: Client): Promise<void> {
    if (world.actionsLeft > 0 && choices.happens(swarm.actionRate)) return world.act();
    if (world.trouble.on && world.endsLeft > 0 && choices.happens(swarm.interruptRate / 10)) {
      world.endsLeft -= 1;
      end(client, choices.happens(0.5) ? 'asked-to-stop' : 'killed-anywhere');
      return;
    }
    // What was asked of it comes before time passes.
    if (client.attend()) return;
    if (schedule.waiting > 0) {
      trace.line(`  ${schedule.next()}`);
      tell(saves.stepped());
      return;
    }
    const [wakesInMs] = clock.sleeping;
    if (wakesInMs === undefined) throw new LawBroken('progress', 'the client waits for nothing');
    const nextMs = Math.min(wakesInMs, saves.dueInMs ?? Infinity);
    trace.line(`  ${nextMs} ms pass`);
    await clock.advance(nextMs);
    tell(saves.passed(nextMs));
  }

  function tell(said: string | null): void {
    if (said !== null) trace.line(said);
  }

  function end(client: Client, how: 'asked-to-stop' | 'killed-anywhere'): void {
    world.faults.strike(how);
    if (how === 'asked-to-stop') {
      trace.line('the client is asked to stop');
      client.interrupt();
    } else {
      trace.line('the client is killed');
      client.life.alive = false;
    }
  }

  return {
    get moments() {
      return moments;
    },
    get runs() {
      return runs;
    },
    run,
    async stop() {
      if (current === null) return;
      current.client.interrupt();
      while (current !== null) await run();
    },
  };
}

function endOf(outcome: NonNullable<Running['outcome']>): ClientEnd {
  if ('error' in outcome) throw outcome.error;
  return outcome.end;
}
