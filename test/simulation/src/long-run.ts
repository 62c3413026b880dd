/**
 * A run that goes on, in one process, over the simulated ports: the daemon's own composition with our plugins, the watcher
 * among them. The test decides what becomes of every hint on its way.
 */
import { createInProcessBus } from '@tidemark/bus';
import type { DriveItemId, HintReceived } from '@tidemark/contracts';
import { createRun } from '@tidemark/daemon';
import { initialState, isQuiet } from '@tidemark/engine';
import { openMemoryLog, createMemoryLogFiles } from '@tidemark/event-log';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { subjectsOf } from '@tidemark/plugin-host';
import type { Plugin } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import {
  createManualClock,
  createSeededRandom,
  createSimulatedDisk,
  createSimulatedDrive,
  type DriveUser,
} from '@tidemark/testkit';
import { output, simulationPolicy } from './client.ts';
import { settled } from './schedule.ts';
import { wordsOf } from './words.ts';

/** `hold`: on its way until `release`. `overflow`: what happened where is lost, that something did is not. */
export type HintFate = 'tell' | 'drop' | 'twice' | 'hold' | 'overflow';

type Side = 'disk' | 'drive';

/** What a user does on one side. */
export type Hands = Pick<DriveUser, 'write' | 'makeFolder' | 'move' | 'remove'> & {
  tree(): ReadonlyMap<string, { readonly kind: string; readonly bytes: Uint8Array }>;
};

export interface LongRun {
  readonly hands: Readonly<Record<Side, Hands>>;
  /** Of every hint from now on. */
  fate: HintFate;
  /** So long after an upload has ended the engine is told of it, from now on. */
  lateMs: number;
  /** What is held arrives now, the youngest first. */
  release(): void;
  /** A hint about nothing. `folders` null: anywhere. */
  forge(side: Side, folders: readonly string[] | null): void;
  /** So many milliseconds pass; with 0 whatever is under way gets on by so many turns only. */
  pass(ms: number, turns: number): Promise<void>;
  /** Waits until what is under way is done: seconds, so that no look is due meanwhile. */
  finish(): Promise<void>;
  /** Waits the longest interval, again and again, until there is nothing left to do. */
  settle(): Promise<void>;
  /** Null when nothing is there. */
  driveItemAt(path: string): DriveItemId | null;
  /** Files sent to the drive so far. */
  uploads(): number;
  stop(): Promise<void>;
}

const driveKey = 'home';
/** Stands for the plugin that hears of changes of the drive. */
const channel: Plugin = { name: 'channel' };

const intervalMs = 3_600_000;
/** Intervals after which everything must have been found: one to notice, one to confirm what is gone, and the same beyond. */
const intervalsMax = 8;

/** The disk begins with the folder `mine`, the drive with `theirs`. */
/** @param onLine told of every event, in words */
export async function startContinuous(onLine?: (line: string) => void): Promise<LongRun> {
  const random = createSeededRandom(1);
  const clock = createManualClock();
  const drive = createSimulatedDrive({ random: random.fork('drive'), clock });
  const disk = createSimulatedDisk({
    random: random.fork('disk'),
    clock,
    faults: { hint: () => longRun.fate },
  });
  disk.user.makeFolder('mine');
  drive.user.makeFolder('theirs');

  const bus = createInProcessBus({ clock });
  const told = subjectsOf(driveKey).observation(uploader.name);
  const lateBus: typeof bus = {
    ...bus,
    async publish(subject, payload) {
      if (subject === told && longRun.lateMs > 0) await clock.sleep(longRun.lateMs);
      await bus.publish(subject, payload);
    },
  };
  const plugins = [
    ...[delta, uploader, downloader, channel].map((plugin) => ({ plugin })),
    { plugin: watcher, config: { watch: true } },
  ];
  const faults: string[] = [];
  const state = initialState();
  const info = await drive.drive.info();
  const root = await disk.disk.root({ mark: true });
  const log = await openMemoryLog(createMemoryLogFiles());
  const run = await createRun(
    {
      ...{ bus: lateBus, clock, output, log, drive: drive.drive, disk: disk.disk },
      random: random.fork('chance'),
    },
    {
      ...{ state, plugins, driveKey, mode: 'real', monitoring: true },
      interrupted: new AbortController().signal,
      onFault: ({ plugin, details }) => void faults.push(`${plugin}: ${details.detail}`),
    },
  );
  const ended = run.carryOut({
    started: () => ({
      type: 'Started',
      version: 'simulation',
      policy: {
        ...simulationPolicy,
        pace: {
          mode: 'continuous',
          pollIntervalMs: intervalMs,
          scanIntervalMs: intervalMs,
          fullRoundEvery: 0,
          deletionDelayMs: 1000,
          subscription: null,
        },
      },
      drive: info,
      root,
      plugins: [],
      forget: null,
    }),
    onRecorded(events) {
      for (const { seq, event } of events) onLine?.(`${seq} ${wordsOf(event)}`);
    },
  });

  let held: HintReceived[] = [];
  const tell = (hint: HintReceived): void =>
    void bus.publish(subjectsOf(driveKey).observation(channel.name), [hint]);
  /** The drive changed. */
  const changed = (): void => {
    const hint: HintReceived = { type: 'HintReceived', side: 'remote', source: 'channel' };
    if (longRun.fate === 'drop') return;
    if (longRun.fate === 'hold') held.unshift(hint);
    else tell(hint);
    if (longRun.fate === 'twice') tell(hint);
  };
  const { user } = drive;
  const longRun: LongRun = {
    fate: 'tell',
    lateMs: 0,
    hands: {
      disk: {
        write: disk.user.write,
        makeFolder: disk.user.makeFolder,
        move: disk.user.rename,
        remove: disk.user.remove,
        tree: disk.user.tree,
      },
      drive: {
        write: (...given) => (user.write(...given), changed()),
        makeFolder: (...given) => (user.makeFolder(...given), changed()),
        move: (...given) => (user.move(...given), changed()),
        remove: (...given) => (user.remove(...given), changed()),
        tree: user.tree,
      },
    },
    release() {
      const due = held;
      held = [];
      for (const hint of due) tell(hint);
      disk.tellHeld();
    },
    forge(side, folders) {
      const where = side === 'disk' && folders !== null ? { folders } : {};
      tell({
        type: 'HintReceived',
        side: side === 'disk' ? 'local' : 'remote',
        source: 'forged',
        ...where,
      });
    },
    async pass(ms, turns) {
      if (ms > 0) await clock.advance(ms);
      else for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    },
    async finish() {
      for (let count = 0; count < 30; count += 1) {
        await clock.advance(1000);
        await settled();
      }
    },
    async settle() {
      // One step of the work may not take an interval.
      await longRun.finish();
      for (let count = 0; count < intervalsMax; count += 1) await clock.advance(intervalMs);
      await settled();
      if (!isQuiet(state)) throw new Error('the run does not come to rest');
      if (faults.length > 0) throw new Error(`plugins were at fault: ${faults.join('; ')}`);
    },
    driveItemAt: user.idAt,
    uploads: () => drive.counts.get('upload') ?? 0,
    async stop() {
      run.handle.leave({ graceMs: 0, takeDown: false });
      await ended;
      await run.close();
      await bus.close();
    },
  };
  await clock.advance(1);
  return longRun;
}
