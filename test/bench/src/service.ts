/** The simulated service under its real names, in one namespace, started anew for every measurement. */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import {
  certificatesIn,
  connectControl,
  servedNames,
  type ControlClient,
  type Flavour,
} from '@tidemark/graph-simulator';
import { openNamespace, type Namespace } from '@tidemark/test-e2e';

export type Service = {
  readonly control: ControlClient;
  readonly refreshToken: string;
  readonly driveId: string;
  readonly flavour: Flavour;
  /** Of the simulator's process. */
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

export type Site = {
  readonly namespace: Namespace;
  /** Everything the benchmark writes is in here. */
  readonly folder: string;
  /**
   * A fresh folder. None is removed before the end: ext4 does not reuse inodes for some seconds, and files that are made
   * soon after others were deleted cost several times as much.
   */
  readonly freshFolder: () => Promise<string>;
  readonly startService: (flavour: Flavour, latencyMs: number) => Promise<Service>;
  readonly close: () => Promise<void>;
};

const simulatorMain = join(
  createRequire(import.meta.url).resolve('@tidemark/graph-simulator'),
  '..',
  'main.ts',
);

/** @param base folder on the file system to measure on */
export async function openSite(base: string): Promise<Site> {
  const folder = await mkdtemp(join(base, 'tidemark-bench-'));
  await mkdir(join(folder, 'home'));
  const state = join(folder, 'state');
  const { caFile } = await certificatesIn(state);
  const hostNames = [...servedNames.filter((name) => !name.includes('*')), 'bn1301.up.1drv.com'];
  const namespace = await openNamespace({ hostNames, caFile });
  return {
    namespace,
    folder,
    freshFolder: () => mkdtemp(join(folder, 'stage-')),
    startService: (flavour, latencyMs) => startService(namespace, folder, flavour, latencyMs),
    close: async () => {
      await namespace.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startService(
  namespace: Namespace,
  folder: string,
  flavour: Flavour,
  latencyMs: number,
): Promise<Service> {
  const socket = join(folder, 'control.sock');
  await rm(socket, { force: true });
  const process_ = namespace.start(process.execPath, [
    ...[simulatorMain, '--port', '443', '--state', join(folder, 'state')],
    ...['--control-socket', socket, '--flavour', flavour, '--latency-ms', String(latencyMs)],
    // rclone 1.60 sends its bearer token to upload URLs too; the live service lets that pass.
    ...['--set', 'authorizationOnLinks=tolerated'],
  ]);
  const problem: string[] = [];
  process_.stderr?.setEncoding('utf8').on('data', (text: string) => problem.push(text));
  const ready = await Promise.race([
    once(process_.stdout ?? process_, 'data'),
    once(process_, 'exit').then(() => undefined),
  ]);
  if (ready === undefined) throw new Error(`The simulator did not start: ${problem.join('')}`);
  const control = connectControl(socket);
  const { refreshToken, driveId } = await control.about();
  return {
    control,
    refreshToken,
    driveId,
    flavour,
    pid: process_.pid ?? 0,
    stop: async () => {
      const ended = once(process_, 'exit');
      process_.kill('SIGTERM');
      await ended;
    },
  };
}
