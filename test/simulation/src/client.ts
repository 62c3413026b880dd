/** One run of the whole client in one process: the daemon's own composition with our real plugins, over the ports of the world. */
import { createInProcessBus } from '@tidemark/bus';
import type { DriveItemId, EventLog, FailureCode, Policy } from '@tidemark/contracts';
import { Failure, plainPolicy } from '@tidemark/contracts';
import { createRun, type RunHandle, stateFromLog, trustRoot } from '@tidemark/daemon';
import { heldPlan, localKnown, remoteKnown, serialise, type State } from '@tidemark/engine';
import { openMemoryLog } from '@tidemark/event-log';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { subjectsOf } from '@tidemark/plugin-host';
import type { Output, Plugin } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import { isAtRest, pathOf } from '@tidemark/trees';
import { contentOf } from './ledger.ts';
import { createLister, listerName, rulesForLog } from './lister.ts';
import { type Attendant, createAttendant, driveHint, monitorPace } from './monitor.ts';
import { pacedDisk, pacedDrive, pacedSpool, weakBus } from './paced-ports.ts';
import { createRepetition } from './repetition.ts';
import { type Life, never } from './schedule.ts';
import { wordsOf } from './words.ts';
import type { World } from './world.ts';

export interface Client extends Attendant {
  readonly life: Life;
  /** Steers it; null before the run has begun. */
  readonly handle: RunHandle | null;
  /** Resolves when the run has ended; never when it was killed. */
  readonly ended: Promise<ClientEnd>;
  /** Asks it to stop, as a signal does. */
  interrupt(): void;
}

export interface ClientEnd {
  /** `resting`: it goes on, and there is nothing to do for it now. */
  readonly cause: 'finished' | 'interrupted' | 'failed' | 'refused' | 'resting';
  /** Why it did not even begin. */
  readonly refusal?: FailureCode;
  /** Null when it could not even begin. */
  readonly state: State | null;
}

/** Stands for the plugin that hears of changes of the drive. */
const channel: Plugin = { name: 'channel' };
const driveKey = 'home';

const pluginsOf = { once: pluginsFor(false), continuous: [...pluginsFor(true), { plugin: channel }] };

function pluginsFor(watch: boolean): { readonly plugin: Plugin; readonly config?: unknown }[] {
  return [
    { plugin: delta },
    { plugin: watcher, config: { watch } },
    ...[uploader, downloader].map((plugin) => ({ plugin })),
  ];
}

export function startClient(world: World, name: string): Client {
  const life: Life = { alive: true };
  const interruption = new AbortController();
  let handle: RunHandle | null = null;
  const begun = (run: RunHandle): void => {
    handle = run;
  };
  const end = (async (): Promise<ClientEnd> => {
    try {
      return await runClient(world, { name, life, begun, interrupted: interruption.signal });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      world.trace.line(`${name} refuses: ${error.code}`);
      return { cause: 'refused', refusal: error.code, state: null };
    }
  })();
  return {
    ...createAttendant(world, () => handle),
    life,
    ended: end,
    get handle() {
      return handle;
    },
    interrupt: () => interruption.abort(),
  };
}

interface Process {
  readonly name: string;
  readonly life: Life;
  readonly begun: (run: RunHandle) => void;
  readonly interrupted: AbortSignal;
}

async function runClient(world: World, { name, life, begun, interrupted }: Process): Promise<ClientEnd> {
  const { clock, schedule, trace, swarm } = world;
  const monitoring = swarm.pace === 'continuous';
  world.beginsAnew = false;
  const { content } = world;
  const lister = swarm.bringsFacts === true ? createLister() : null;
  const plugins = [
    ...pluginsOf[swarm.pace],
    ...[content, lister].flatMap((one) => (one === null ? [] : [{ plugin: one.plugin }])),
  ];
  const turn = (label: string): Promise<void> => schedule.turn(life, label);
  const drive = pacedDrive(world.witness.drive(world.drive.drive), turn);
  const disk = pacedDisk(world.witness.disk(world.disk.disk), turn, life);
  const files = await openMemoryLog(world.files);
  const log = mortalLog(world, name, life, files);
  const { state } = await stateFromLog(files, rulesForLog(swarm));
  const info = await drive.info();
  const knowsFiles = state.trees.byLocalId.size > 1 && !world.wishes.resync;
  // A process looks at the folder anew: the folder of the one before is nothing to it.
  await disk.root({ mark: false });
  const adopted = knowsFiles ? await trustRoot(disk, state, 'sync') : null;
  const root = await disk.root({ mark: true });

  const troubles = world.stream(`bus of ${name}`);
  const bus = weakBus(createInProcessBus({ clock }), turn, troubles, world.faults, () =>
    world.trouble.on
      ? { repeatRate: swarm.busRepeatRate, delayRate: swarm.busDelayRate }
      : { repeatRate: 0, delayRate: 0 },
  );
  const confirmed = (now: State): string | null =>
    world.wishes.confirmed ? (heldPlan(now)?.hash ?? null) : null;
  const faults: string[] = [];
  const run = await createRun(
    {
      ...{ drive, disk, bus, log, clock, output, random: world.stream(`chance of ${name}`) },
      ...(content !== null && { spool: pacedSpool(content.spool, turn) }),
    },
    {
      ...{ state, plugins, interrupted, driveKey, mode: 'real', monitoring },
      confirmation: { due: confirmed, take: confirmed },
      onFault({ plugin, details }) {
        // Its disk would not be watched now; the host lets it try again.
        if (plugin === 'watcher' && details.code !== 'pluginFault')
          trace.line(`  cannot watch: ${details.code}`);
        else faults.push(`${plugin}: ${details.detail}`);
      },
    },
  );
  const repetition = createRepetition();
  world.scopeInUse = world.wishes.scope;
  begun(run.handle);
  if (monitoring) world.agreedAt = (path) => (life.alive ? agreedAt(world, state, path) : null);
  if (monitoring)
    world.hearDrive(
      life,
      () => void bus.publish(subjectsOf(driveKey).observation(channel.name), [driveHint]),
    );
  const cause = await run.carryOut({
    started: (_elsewhere, contentFormats) => ({
      type: 'Started',
      version: 'simulation',
      policy: policyOf(world),
      drive: info,
      root,
      plugins: plugins.map(({ plugin: { name: plugin, version = '' } }) => {
        const format = contentFormats.get(plugin);
        const isLister = plugin === listerName;
        return {
          ...{ name: plugin, version, ...(format !== undefined && { content: format }) },
          ...(isLister && { rules: true as const, facts: true as const }),
        };
      }),
      forget: world.wishes.resync ? 'the user asked for it' : adopted,
    }),
    onRecorded(events) {
      for (const recorded of events) {
        trace.line(`${name} ${recorded.seq} ${wordsOf(recorded.event)}`);
        repetition.heed(recorded.event);
      }
      world.witness.learn(events, state);
    },
  });
  await run.close();
  lister?.check(state);
  if (swarm.snapshots === 'sometimes' && world.stream(`snapshot of ${name}`).happens(0.5))
    await log.saveSnapshot(state.seq, serialise(state));
  await log.close();
  if (faults.length > 0) throw new Error(`plugins were at fault: ${faults.join('; ')}`);
  return { cause, state };
}

/** The drive's item at that path, when both sides show it there as they agreed, and nothing is under way. */
function agreedAt({ disk, drive }: World, state: State, path: string): DriveItemId | null {
  if (!localKnown(state) || !remoteKnown(state) || state.inFlight.size > 0) return null;
  const { trees } = state;
  for (const item of trees.items.values()) {
    const { local, remote } = item;
    if (local?.kind !== 'file' || remote === null || !isAtRest(item)) continue;
    if (pathOf(trees, item, 'local') !== path || pathOf(trees, item, 'remote') !== path) continue;
    const token = disk.user.tokenOf(local, path);
    const bytes = disk.user.read(path);
    const others = drive.user.read(path);
    if (token === null || disk.user.holds(token, path) !== path || bytes === null || others === null)
      return null;
    return drive.user.has(remote.id) && contentOf(bytes) === contentOf(others) ? remote.id : null;
  }
  return null;
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
    ...(swarm.deletesForGood && { deletesForGood: true as const }),
    massDeleteMax: swarm.massDeleteMax,
    massDeleteConfirmed: wishes.confirmed,
    commandsInFlightMax: swarm.commandsInFlightMax,
    pace: swarm.pace === 'continuous' ? monitorPace : simulationPolicy.pace,
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
