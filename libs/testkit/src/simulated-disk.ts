/**
 * The simulated twin of the disk port: synchronous inside, deterministic, fast enough for hundreds of thousands of
 * operations in one property test. It passes the same conformance suite as the real disk.
 */
import { type Clock, type Disk, Failure, type FailureDetails, type Random } from '@tidemark/contracts';
import { createInodes, type SimulatedFileSystem } from './disk/inodes.ts';
import { createSimulatedUser, type SimulatedFolder, type SimulatedUser } from './disk/simulated-user.ts';
import { createSimulatedOperations } from './disk/simulated-operations.ts';
import { noMounts } from './disk/simulated-mounts.ts';
import { createSimulatedStaging } from './disk/simulated-staging.ts';
import { createWatchers, type HintFate } from './disk/watchers.ts';
import { type DiskOperation, refuse, type Simulation } from './disk/simulation.ts';

export interface SimulatedDiskFaults {
  /** Asked before each operation, which throws the answer instead of doing anything. */
  readonly fail?: (operation: DiskOperation, path: string) => FailureDetails | null;
  /** Asked after each operation that changed something: it is done, and the caller hears of a failure. */
  readonly failAfter?: (operation: DiskOperation, path: string) => FailureDetails | null;
  /** The moment between the caller's decision and the operation's first look: time for the user to interfere. */
  readonly before?: (operation: DiskOperation, path: string, user: SimulatedUser) => void;
  /** What becomes of a hint to those who watch; without it each is told at once, within the change. */
  readonly hint?: (folders: readonly string[]) => HintFate;
}

export interface SimulatedDiskOptions {
  readonly random: Random;
  /** Gives new files their time; without it every file is from the same second. */
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
  readonly faults?: SimulatedDiskFaults;
  readonly fileSystem?: SimulatedFileSystem;
  /** `skip`: no symbolic link is followed. */
  readonly symbolicLinks?: 'follow' | 'skip';
}

export interface SimulatedDisk {
  readonly disk: Disk;
  readonly user: SimulatedUser;
  /** The next `times` operations that match fail without doing anything. */
  failNext(
    times: number,
    code: FailureDetails['code'],
    match?: (operation: DiskOperation, path: string) => boolean,
  ): void;
  /** Tells the hints that were held. */
  tellHeld(): void;
  /** Operations of each kind so far, failed ones included. */
  readonly counts: ReadonlyMap<DiskOperation, number>;
}

export function createSimulatedDisk(options: SimulatedDiskOptions): SimulatedDisk {
  const now = (): number => options.clock?.now() ?? 1_700_000_000_000;
  const seconds = (): number => Math.floor(now() / 1000);
  const inodes = createInodes(now, options.fileSystem);
  const { faults = {} } = options;
  const watchers = createWatchers(() => folder.root, faults.hint);
  const folder: SimulatedFolder = {
    inodes,
    fileSystem: options.fileSystem ?? {},
    root: inodes.create('folder', new Uint8Array(0), seconds()),
    trash: new Map(),
    trashedFrom: new Map(),
    placed: new Map(),
    seconds,
    isRootThere: true,
    mounts: noMounts(),
    outside: inodes.create('folder', new Uint8Array(0), seconds()),
    followsLinks: options.symbolicLinks !== 'skip',
    links: new Map(),
    watchers,
  };
  const user = createSimulatedUser(folder);
  const counts = new Map<DiskOperation, number>();
  const failing: {
    times: number;
    code: FailureDetails['code'];
    match: (operation: DiskOperation, path: string) => boolean;
  }[] = [];

  const simulation: Simulation = {
    folder,
    random: options.random,
    sleep: async (delayMs) => options.clock?.sleep(delayMs),
    markers: new WeakMap(),
    verified: null,
    begin(operation, path) {
      counts.set(operation, (counts.get(operation) ?? 0) + 1);
      faults.before?.(operation, path, user);
      const planned = failing.find((each) => each.times > 0 && each.match(operation, path));
      if (planned !== undefined) {
        planned.times--;
        refuse(planned.code, operation, path, 'a fault was asked for');
      }
      throwIf(faults.fail?.(operation, path));
      if (!folder.isRootThere) refuse('rootSuspended', operation, path, 'the sync folder is not there');
      if (operation === 'root') return;
      simulation.verified ??= folder.root;
      if (simulation.verified !== folder.root)
        refuse('rootSuspended', operation, path, 'it is another folder than before');
    },
    end(operation, path, ...more) {
      if (operation !== 'root') watchers.changed(path, ...more);
      throwIf(faults.failAfter?.(operation, path));
    },
  };

  return {
    disk: {
      ...createSimulatedOperations(simulation),
      ...createSimulatedStaging(simulation),
      async close() {},
    },
    user,
    counts,
    tellHeld: () => watchers.tellHeld(),
    failNext: (times, code, match = () => true) => failing.push({ times, code, match }),
  };
}

function throwIf(details: FailureDetails | null | undefined): void {
  if (details !== null && details !== undefined) throw new Failure(details);
}
