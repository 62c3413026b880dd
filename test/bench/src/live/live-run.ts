/** Our client with `--monitor`, and the simulated service in this process, so that every moment has one clock. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startSimulator, type Simulator, type SimulatorOptions } from '@tidemark/graph-simulator';
import { configLines, hear } from './child.ts';
import { openPluginLine } from './plugin-line.ts';
import { openRelayLine } from './relay-line.ts';

/** How the client is told that the drive changed. */
export const channels = ['webhook', 'socketio', 'relay'] as const;
export type Channel = (typeof channels)[number];

export type LiveOptions = {
  readonly channel: Channel;
  readonly service: SimulatorOptions;
  /** Fills the sync folder before the client starts. */
  readonly prepare?: (syncFolder: string) => void;
  /** Lines of the client's `config`. */
  readonly config?: Readonly<Record<string, string>>;
  /** The built command. */
  readonly dist: string;
  /** On the file system to measure on. */
  readonly base: string;
  /** Absent: no CPU profile is taken. */
  readonly profileFolder: string | undefined;
  /** Plugins of ours that have processes of their own. */
  readonly processes?: readonly string[];
};

export type LiveRun = {
  readonly simulator: Simulator;
  readonly syncFolder: string;
  /** Where notifications arrive, unless the channel is Socket.IO. */
  readonly webhookUrl: string;
  readonly secretsFolder: string;
  readonly pid: number;
  /** Everything it said. */
  readonly text: () => string;
  readonly stop: () => Promise<void>;
};

/** Ready when both sides are equal, the folder is watched and the channel is open. Throws Error with what was said. */
export async function startLive(options: LiveOptions): Promise<LiveRun> {
  const folder = await mkdtemp(join(options.base, 'tidemark-live-'));
  const stateFolder = join(options.base, 'tidemark-bench-certificates');
  const simulator = await startSimulator({ stateFolder, ...options.service });
  const [syncFolder, configFolder] = [join(folder, 'sync'), join(folder, 'config')];
  await mkdir(syncFolder);
  options.prepare?.(syncFolder);
  await mkdir(configFolder, { mode: 0o700 });
  const port = await freePort();
  const webhookUrl = `http://127.0.0.1:${port}/webhooks/onedrive`;
  const relay = options.channel === 'relay' ? await openRelayLine(options.dist, folder, port) : null;
  const webhook = {
    webhook_enabled: 'true',
    webhook_public_url: webhookUrl,
    webhook_listening_host: '127.0.0.1',
    webhook_listening_port: String(port),
  };
  await writeFile(join(configFolder, 'refresh_token'), simulator.refreshToken, { mode: 0o600 });
  await writeFile(
    join(configFolder, 'config'),
    configLines({
      sync_dir: syncFolder,
      ...(options.channel === 'socketio' ? {} : webhook),
      monitor_interval: '86400',
      ...options.config,
    }),
  );
  await writeFile(
    join(configFolder, 'tidemark.conf'),
    configLines({
      graph_endpoint: simulator.graphUrl,
      login_endpoint: simulator.loginUrl,
      ca_file: simulator.caFile,
      ...relay?.settings,
    }),
  );
  const profiling =
    options.profileFolder === undefined
      ? {}
      : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profileFolder}` };
  const plugins =
    options.processes === undefined
      ? null
      : await openPluginLine(options.dist, configFolder, options.processes, profiling);
  const child = spawn(join(options.dist, 'onedrive'), ['--monitor', '--verbose', '--confdir', configFolder], {
    cwd: '/',
    env: {
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      HOME: folder,
      ...profiling,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const daemon = hear(child);
  const output = options.processes?.includes('reporter') === true ? plugins?.heard('reporter') : daemon;
  try {
    if (output === undefined) throw new Error('Nothing is printed');
    await output.said('Sync with Microsoft OneDrive is complete');
    await output.said(
      options.channel === 'socketio' ? 'Enabled WebSocket support' : 'Created new subscription',
    );
  } catch (error) {
    await plugins?.close();
    await relay?.close();
    await simulator.close();
    throw error;
  }
  return {
    simulator,
    syncFolder,
    webhookUrl,
    secretsFolder: join(configFolder, 'tidemark/drives/own/secrets'),
    pid: child.pid ?? 0,
    text: () => output.text(),
    stop: async () => {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      await ended;
      await plugins?.close();
      await relay?.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Nobody listens there now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
