/**
 * One run of the whole client in one process: the engine's own loop, the real host, our real plugins and the in-process bus,
 * over the ports of the world. Composed as the daemon composes it.
 */
import { createInProcessBus } from '@tidemark/bus';
import type { Command, Event, EventLog, Observation, Policy, RecordedEvent } from '@tidemark/contracts';
import { Failure, seq, plainPolicy } from '@tidemark/contracts';
import { createRulesFor, stateFromLog } from '@tidemark/daemon';
import { createInbox, evolve, heldPlan, run, serialise, type RulesFor, type State } from '@tidemark/engine';
import { openMemoryLog } from '@tidemark/event-log';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { createHost, subjectsOf } from '@tidemark/plugin-host';
import type { Output } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import { pacedDisk, pacedDrive, weakBus } from './paced-ports.ts';
import { createRepetition } from './repetition.ts';
import { type Life, never } from './schedule.ts';
import { wordsOf } from './words.ts';
import type { World } from './world.ts';

export interface Client {
  readonly life: Life;
  /** Resolves when the run has ended by itself; never when it was killed. */
  readonly ended: Promise<ClientEnd>;
  /** Asks it to stop, as a signal does. */
  interrupt(): void;
}

export interface ClientEnd {
  readonly cause: 'finished' | 'interrupted' | 'failed' | 'refused';
  /** Null when it could not even begin. */
  readonly state: State | null;
}

const driveKey = 'home';
const plugins = [delta, watcher, uploader, downloader].map((plugin) => ({ plugin }));

export function startClient(world: World, name: string): Client {
  const life: Life = { alive: true };
  const interruption = new AbortController();
  const end = (async (): Promise<ClientEnd> => {
    try {
      return await runClient(world, name, life, interruption.signal);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      world.trace.line(`${name} refuses: ${error.code}`);
      return { cause: 'refused', state: null };
    }
  })();
  return { life, ended: end, interrupt: () => interruption.abort() };
}

async function runClient(
  world: World,
  name: string,
  life: Life,
  interrupted: AbortSignal,
): Promise<ClientEnd> {
  const { clock, schedule, trace, swarm } = world;
  const turn = (label: string): Promise<void> => schedule.turn(life, label);
  const drive = pacedDrive(world.witness.drive(world.drive.drive), turn);
  const disk = pacedDisk(world.witness.disk(world.disk.disk), turn);
  const files = await openMemoryLog(world.files);
  const log = mortalLog(world, name, life, files);
  const { state } = await stateFromLog(files, createRulesFor());
  const info = await drive.info();
  const root = await disk.root({ mark: true });

  const troubles = world.stream(`bus of ${name}`);
  const bus = weakBus(createInProcessBus({ onError: ignoreLate, clock }), turn, troubles, world.faults, () =>
    world.trouble.on
      ? { repeatRate: swarm.busRepeatRate, delayRate: swarm.busDelayRate }
      : { repeatRate: 0, delayRate: 0 },
  );
  const subjects = subjectsOf(driveKey);
  const faults: string[] = [];
  const host = createHost({
    ...{ plugins, drive, disk, bus, clock, output, driveKey },
    random: world.stream(`chance of ${name}`),
    onFault: ({ plugin, details }) => void faults.push(`${plugin}: ${details.detail}`),
  });
  const rulesFor = createRulesFor(host.rules);
  const inbox = createInbox(clock);
  const observations = await bus.subscribe(subjects.observations, (payload, subject) =>
    inbox.put(subject.slice(subject.lastIndexOf('.') + 1), payload as readonly Observation[]),
  );
  await host.start();
  const nudge = (): void => inbox.nudge();
  interrupted.addEventListener('abort', nudge);
  const repetition = createRepetition();
  const publish = (events: readonly RecordedEvent[]): void => {
    for (const recorded of events) {
      trace.line(`${name} ${recorded.seq} ${wordsOf(recorded.event)}`);
      repetition.heed(recorded.event);
    }
    world.witness.learn(events, state);
    void bus.publish(subjects.event, events);
  };
  world.scopeInUse = world.wishes.scope;
  let cause: 'finished' | 'interrupted' | 'failed' = 'finished';
  try {
    await run({
      state,
      rulesFor,
      log,
      inbox,
      clock,
      opening: [
        {
          type: 'Started',
          version: 'simulation',
          policy: policyOf(world),
          drive: info,
          root,
          plugins: plugins.map(({ plugin }) => ({ name: plugin.name, version: plugin.version ?? '' })),
          forget: null,
        },
      ],
      dispatch: (command: Command) => void bus.publish(subjects.command(command.type), command),
      publish,
      isOver(quiet, dueAt) {
        if (interrupted.aborted) {
          cause = 'interrupted';
          return true;
        }
        if (state.halted !== null) {
          cause = 'failed';
          return quiet;
        }
        const held = quiet && world.wishes.confirmed ? heldPlan(state) : null;
        if (held !== null) {
          void inbox.put('user', [{ type: 'DeletionsConfirmed', hash: held.hash }]);
          return false;
        }
        return quiet && dueAt === null;
      },
    });
  } finally {
    interrupted.removeEventListener('abort', nudge);
  }
  const record = recorder(world, state, log, rulesFor, publish);
  await settleLate(host.settle(), inbox, record);
  inbox.close(new Error('the run has ended'));
  await observations.unsubscribe();
  await record([{ type: 'Stopped', cause }]);
  await host.stop();
  if (swarm.snapshots === 'sometimes' && world.stream(`snapshot of ${name}`).happens(0.5))
    await log.saveSnapshot(state.seq, serialise(state));
  await log.close();
  if (faults.length > 0) throw new Error(`plugins were at fault: ${faults.join('; ')}`);
  return { cause, state };
}

type Record = (events: readonly Event[]) => Promise<void>;

function recorder(
  { clock }: World,
  state: State,
  log: Pick<EventLog, 'append'>,
  rulesFor: RulesFor,
  publish: (events: readonly RecordedEvent[]) => void,
): Record {
  return async (events) => {
    if (events.length === 0) return;
    const recorded = events.map((event) => {
      const next = { seq: seq(state.seq + 1), at: clock.now(), source: 'engine', event };
      return { ...next, items: evolve(state, next, rulesFor) };
    });
    await log.append(recorded);
    publish(recorded);
  };
}

/** Outcomes that arrive while handlers wind down are still recorded, without planning anything new. */
async function settleLate(
  settling: Promise<void>,
  inbox: ReturnType<typeof createInbox>,
  record: Record,
): Promise<void> {
  let over = false;
  const settled = settling.finally(() => {
    over = true;
    inbox.nudge();
  });
  while (!over) {
    const batch = await inbox.take(null);
    await record(
      batch
        .map(({ observation }) => observation)
        .filter((observation) => observation.type === 'CommandSucceeded'),
    );
    inbox.settle();
  }
  await settled;
}

/** The process may die right before a batch is durable, or right after. */
function mortalLog(world: World, name: string, life: Life, log: EventLog): EventLog {
  const chance = world.stream(`death of ${name}`);
  const die = (when: string): Promise<never> => {
    life.alive = false;
    world.trace.line(`${name} is killed ${when} an append`);
    return never();
  };
  return {
    ...log,
    get head() {
      return log.head;
    },
    async append(events) {
      if (!life.alive) return never();
      const dies = world.trouble.on && world.endsLeft > 0 && chance.happens(world.swarm.killRate);
      if (dies) world.endsLeft -= 1;
      const before = dies && chance.happens(0.5);
      if (dies) world.faults.strike(before ? 'killed-before-append' : 'killed-after-append');
      if (before) return die('before');
      await log.append(events);
      if (dies) return die('after');
    },
  };
}

/** What every seed starts from: what is left when no setting says otherwise, and fewer attempts. */
export const simulationPolicy: Policy = {
  ...plainPolicy,
  commandsInFlightMax: 20,
  attemptsMax: 4,
};

function policyOf({ swarm, wishes }: World): Policy {
  return {
    ...simulationPolicy,
    localFirst: swarm.localFirst,
    direction: wishes.direction,
    keepRemote: wishes.direction === 'upload' && swarm.keepRemote,
    cleanupLocal: wishes.direction === 'download' && swarm.cleanupLocal,
    massDeleteMax: swarm.massDeleteMax,
    massDeleteConfirmed: wishes.confirmed,
    commandsInFlightMax: swarm.commandsInFlightMax,
    pathLengthMax: swarm.driveKind === 'personal' ? 430 : 400,
    filter: {
      ...simulationPolicy.filter,
      ...wishes.scope,
      accountKind: swarm.driveKind === 'documentLibrary' ? 'sharepoint' : swarm.driveKind,
    },
  };
}

export const output: Output = {
  line: () => undefined,
  errorLine: () => undefined,
  status: () => undefined,
  isTerminal: false,
  columns: 80,
};

/** A repeated message may come when nobody waits for it any more. */
function ignoreLate(error: unknown): void {
  if (error instanceof Error && error.message === 'the run has ended') return;
  throw error;
}
