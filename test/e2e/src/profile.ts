import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type {
  Counters,
  DriveOperations,
  LoggedRequest,
  Simulator,
  SimulatorOptions,
} from '@tidemark/graph-simulator';
import { startSimulator } from '@tidemark/graph-simulator';
import { quickXorHash } from '@tidemark/quickxor';
import { afterAll, expect, inject, onTestFinished } from 'vitest';
import { startBinary, type BinaryName, type BinaryOptions, type Ended, type Running } from './run-binary.ts';
import { summaryOfDrive, summaryOfFolder, type TreeSummary } from './fidelity/local-tree.ts';

export type ProfileOptions = SimulatorOptions & {
  /** Lines of `config` besides `sync_dir`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Lines of `tidemark.conf` besides the simulator's address. */
  readonly tidemarkConfig?: Readonly<Record<string, string>>;
};

/** A run of the command, and what it asked the service for. */
export type SyncEnded = Ended & {
  readonly counters: Counters;
  readonly requests: readonly LoggedRequest[];
};

/** One account on a simulated service, one config directory, one sync folder. Gone when the test ends. */
export type TestProfile = {
  readonly simulator: Simulator;
  readonly drive: DriveOperations;
  /** Holds everything of this test. */
  readonly folder: string;
  readonly configFolder: string;
  readonly syncFolder: string;
  readonly trashFolder: string;
  readonly logFolder: string;
  /** Absolute path of something in the sync folder. */
  readonly at: (path: string) => string;
  /** Writes a file into the sync folder, with the folders above it. */
  readonly write: (path: string, content: string | Uint8Array) => Promise<void>;
  readonly read: (path: string) => Promise<string>;
  readonly setConfig: (lines: Readonly<Record<string, string>>) => Promise<void>;
  readonly start: (name: BinaryName, args: readonly string[], options?: BinaryOptions) => Running;
  readonly onedrive: (args: readonly string[], options?: BinaryOptions) => Promise<SyncEnded>;
  readonly tidemark: (args: readonly string[], options?: BinaryOptions) => Promise<SyncEnded>;
  /** `onedrive --sync …`, which has to succeed. */
  readonly sync: (...args: readonly string[]) => Promise<SyncEnded>;
  readonly local: () => Promise<TreeSummary>;
  readonly remote: () => TreeSummary;
  /** Names that hold this content: in the folder, on the drive, in the trash, in the recycle bin. */
  readonly whereIs: (content: string) => Promise<string[]>;
};

const shared = await mkdtemp(join(tmpdir(), 'e2e-'));
afterAll(() => rm(shared, { recursive: true, force: true }));
const certificateFolder = join(inject('forAllFiles'), 'certificates');
/**
 * A profile trusts the simulator by `ca_file`; to read the system's store besides would cost each run a seventh of its processor
 * time. `drop-in` and `fidelity` have a store and no `ca_file`.
 */
const emptyStore = { SSL_CERT_FILE: '/dev/null', SSL_CERT_DIR: join(shared, 'no-certificates') };
await mkdir(emptyStore.SSL_CERT_DIR);

/** A test that runs beside others (`it.concurrent`) gives its own `onFinished`, from its context. */
export async function openProfile(
  options: ProfileOptions = {},
  onFinished: typeof onTestFinished = onTestFinished,
): Promise<TestProfile> {
  const { config = {}, tidemarkConfig = {}, ...service } = options;
  const simulator = await startSimulator({ stateFolder: certificateFolder, ...service });
  const folder = await mkdtemp(join(shared, 'profile-'));
  onFinished(async () => {
    await simulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  const configFolder = join(folder, 'config');
  const syncFolder = join(folder, 'sync');
  const trashFolder = join(configFolder, 'tidemark/files/trash');
  const drive = simulator.drive();
  const at = (path: string): string => join(syncFolder, path);
  const setConfig = (lines: Readonly<Record<string, string>>): Promise<void> =>
    writeFile(join(configFolder, 'config'), asLines({ sync_dir: syncFolder, ...lines }));
  await mkdir(configFolder, { mode: 0o700 });
  await setConfig({ ...(service.flavour === 'library' ? { drive_id: drive.driveId } : {}), ...config });
  await writeFile(join(configFolder, 'refresh_token'), simulator.refreshToken, { mode: 0o600 });
  const address = {
    graph_endpoint: simulator.graphUrl,
    login_endpoint: simulator.loginUrl,
    ca_file: simulator.caFile,
  };
  await writeFile(join(configFolder, 'tidemark.conf'), asLines({ ...address, ...tidemarkConfig }));

  const start: TestProfile['start'] = (name, args, runOptions = {}) => {
    const environment = {
      XDG_CACHE_HOME: join(inject('forAllFiles'), 'cache'),
      ...emptyStore,
      ...runOptions.environment,
    };
    return startBinary(name, [...args, '--confdir', configFolder], {
      home: folder,
      ...runOptions,
      environment,
    });
  };
  const run = async (
    name: BinaryName,
    args: readonly string[],
    runOptions: BinaryOptions = {},
  ): Promise<SyncEnded> => {
    simulator.resetCounters();
    const ended = await start(name, args, runOptions).ended;
    expect(ended.text, 'a credential shows').not.toContain(simulator.refreshToken);
    return { ...ended, counters: simulator.counters(), requests: simulator.requestLog() };
  };
  const local = async (): Promise<TreeSummary> => withoutOurs(await summaryOfFolder(syncFolder));
  const remote = (): TreeSummary => summaryOfDrive(drive.dump());
  return {
    simulator,
    drive,
    folder,
    configFolder,
    syncFolder,
    trashFolder,
    logFolder: join(configFolder, 'tidemark/drives/own/log'),
    at,
    write: async (path, content) => {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), content);
    },
    read: (path) => readFile(at(path), 'utf8'),
    setConfig,
    start,
    onedrive: (args, runOptions) => run('onedrive', args, runOptions),
    tidemark: (args, runOptions) => run('tidemark', args, runOptions),
    sync: async (...args) => {
      const ended = await run('onedrive', ['--sync', ...args]);
      expect(ended.exitCode, ended.text).toBe(0);
      return ended;
    },
    local,
    remote,
    whereIs: async (content) => {
      const hash = hashOf(content);
      const trash = existsSync(trashFolder) ? await summaryOfFolder(trashFolder) : {};
      const places = {
        folder: await local(),
        drive: remote(),
        trash,
        'recycle bin': summaryOfDrive(drive.recycled()),
      };
      return Object.entries(places).flatMap(([place, summary]) =>
        Object.entries(summary).flatMap(([path, found]) => (found === hash ? [`${place}:${path}`] : [])),
      );
    },
  };
}

/** Same paths, same kinds, same contents by QuickXorHash; so nothing half-written lies under any name either. */
export async function expectEqualSides({ local, remote }: TestProfile): Promise<void> {
  expect(await local()).toEqual(remote());
}

export const hashOf = (content: string): string => quickXorHash(new TextEncoder().encode(content));

/** Every file below a folder with its content; to tell whether anything at all was changed. */
export async function everythingIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    found[path] = entry.isFile() ? await readFile(path, 'latin1') : 'folder';
  }
  return found;
}

export const asLines = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} = "${value}"\n`)
    .join('');

/** On a file system of its own: the place for files on their way in. */
function withoutOurs(summary: TreeSummary): TreeSummary {
  return Object.fromEntries(
    Object.entries(summary).filter(([path]) => !/^\/\.tidemark-staging(\/|$)/.test(path)),
  );
}
