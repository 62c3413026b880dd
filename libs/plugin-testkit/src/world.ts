/** The world of a test: a drive, a sync folder, time and chance, all in memory. Nothing in it waits or differs from run to run. */
import type { Secrets } from '@tidemark/contracts';
import type {
  DesktopNotification,
  Files,
  HttpAnswer,
  HttpRequest,
  HttpRequestOptions,
  Output,
  ShowOnDesktop,
} from '@tidemark/plugin-sdk';
import {
  createManualClock,
  createSeededRandom,
  createSimulatedDisk,
  createSimulatedDrive,
  type ManualClock,
  type SeededRandom,
  type SimulatedDisk,
  type SimulatedDiskFaults,
  type SimulatedDrive,
  type SimulatedDriveFaults,
} from '@tidemark/testkit';
import { createMemoryFiles } from './memory-files.ts';
import { createMemorySecrets } from './memory-secrets.ts';

/** Files by path, relative to the sync folder or the root of the drive; null: a folder. Folders above are made. */
export type Contents = Readonly<Record<string, string | Uint8Array | null>>;

export interface WorldOptions {
  readonly disk?: Contents;
  readonly drive?: Contents;
  /** Default `business`. */
  readonly driveKind?: 'personal' | 'business';
  /** Decides what chance decides. */
  readonly seed?: number;
  /** What hosts answer to requests; without it `200` and nothing. */
  readonly answer?: (request: SentRequest) => Partial<HttpAnswer>;
  /** As `notify_file_actions` of the config says. Default false. */
  readonly wantsFileActions?: boolean;
  readonly diskFaults?: SimulatedDiskFaults;
  readonly driveFaults?: SimulatedDriveFaults;
}

export interface SentRequest extends Omit<HttpRequestOptions, 'signal'> {
  readonly url: string;
}

export interface World {
  /** Moves when it is told to: `await clock.advance(1_000)`. */
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  /** `disk.user` is the person at the folder, `disk.failNext` lets operations fail. */
  readonly disk: SimulatedDisk;
  /** `drive.user` is another device of the same drive. */
  readonly drive: SimulatedDrive;
  /** What plugins with `output` printed, lines of errors included. */
  readonly lines: readonly string[];
  readonly output: Output;
  /** Requests that plugins sent, in order. None of them left the world. */
  readonly requests: readonly SentRequest[];
  readonly request: HttpRequest;
  readonly secrets: (plugin: string) => Secrets;
  /** What plugins keep, from run to run in this world. */
  readonly store: (plugin: string) => Secrets;
  /** What plugins showed on the desktop, in order. */
  readonly shown: readonly DesktopNotification[];
  readonly showOnDesktop: ShowOnDesktop;
  readonly wantsFileActions: boolean;
  /** Files that plugins keep in folders that their users named, by whole path. */
  readonly kept: ReadonlyMap<string, Uint8Array>;
  readonly files: (plugin: string, folder: string) => Files;
  /** Adds files to the sync folder, as its user would. */
  putOnDisk(contents: Contents): void;
  putOnDrive(contents: Contents): void;
  /** The content of a file as text; null when there is none. */
  diskText(path: string): string | null;
  driveText(path: string): string | null;
}

/** @example const world = createWorld({ disk: { 'notes/a.txt': 'hello' } }); */
export function createWorld(options: WorldOptions = {}): World {
  const clock = createManualClock();
  const random = createSeededRandom(options.seed ?? 1);
  const disk = createSimulatedDisk({
    ...{ clock, random: random.fork('disk') },
    ...(options.diskFaults !== undefined && { faults: options.diskFaults }),
  });
  const drive = createSimulatedDrive({
    ...{ clock, random: random.fork('drive'), kind: options.driveKind ?? 'business' },
    ...(options.driveFaults !== undefined && { faults: options.driveFaults }),
  });
  const lines: string[] = [];
  const requests: SentRequest[] = [];
  const shown: DesktopNotification[] = [];
  const kept = new Map<string, Uint8Array>();
  const world: World = {
    async request(url, { signal: _signal, ...rest } = {}) {
      const sent = { url, ...rest };
      requests.push(sent);
      return { status: 200, headers: {}, text: '', ...options.answer?.(sent) };
    },
    ...{
      clock,
      random,
      disk,
      drive,
      lines,
      requests,
      shown,
      kept,
      secrets: createMemorySecrets(),
      store: createMemorySecrets(),
    },
    showOnDesktop: async (notification) => void shown.push(notification),
    wantsFileActions: options.wantsFileActions ?? false,
    files: (_plugin, folder) => createMemoryFiles(kept, folder),
    output: {
      line: (text) => void lines.push(text),
      errorLine: (text) => void lines.push(text),
      status: () => undefined,
      isTerminal: false,
      columns: 80,
    },
    putOnDisk: (contents) => put(disk.user, contents),
    putOnDrive: (contents) => put(drive.user, contents),
    diskText: (path) => textOf(disk.user.read(path)),
    driveText: (path) => textOf(drive.user.read(path)),
  };
  world.putOnDisk(options.disk ?? {});
  world.putOnDrive(options.drive ?? {});
  return world;
}

interface Side {
  write(path: string, bytes: Uint8Array): void;
  makeFolder(path: string): void;
  tree(): ReadonlyMap<string, unknown>;
}

function put(side: Side, contents: Contents): void {
  for (const [path, content] of Object.entries(contents)) {
    const parts = path.split('/');
    const folders = parts
      .slice(0, content === null ? undefined : -1)
      .map((_, depth) => parts.slice(0, depth + 1).join('/'));
    for (const folder of folders) if (!side.tree().has(folder)) side.makeFolder(folder);
    if (content !== null)
      side.write(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }
}

const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);
