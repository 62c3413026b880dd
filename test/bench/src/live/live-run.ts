/** Our client with `--monitor`, and the simulated service in this process, so that every moment has one clock. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startSimulator, type Simulator, type SimulatorOptions } from '@tidemark/graph-simulator';

/** How the client is told that the drive changed. A relay over NATS will be the third. */
export const channels = ['webhook', 'socketio'] as const;
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
};

export type LiveRun = {
  readonly simulator: Simulator;
  readonly syncFolder: string;
  /** Where notifications arrive, when the channel is a webhook. */
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
  const webhook = {
    webhook_enabled: 'true',
    webhook_public_url: webhookUrl,
    webhook_listening_host: '127.0.0.1',
    webhook_listening_port: String(port),
  };
  await writeFile(join(configFolder, 'refresh_token'), simulator.refreshToken, { mode: 0o600 });
  await writeFile(
    join(configFolder, 'config'),
    lines({
      sync_dir: syncFolder,
      ...(options.channel === 'webhook' ? webhook : {}),
      monitor_interval: '86400',
      ...options.config,
    }),
  );
  await writeFile(
    join(configFolder, 'tidemark.conf'),
    lines({
      graph_endpoint: simulator.graphUrl,
      login_endpoint: simulator.loginUrl,
      ca_file: simulator.caFile,
    }),
  );
  const child = spawn(join(options.dist, 'onedrive'), ['--monitor', '--verbose', '--confdir', configFolder], {
    cwd: '/',
    env: {
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      HOME: folder,
      ...(options.profileFolder === undefined
        ? {}
        : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profileFolder}` }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = listen(child);
  try {
    await output.said('Sync with Microsoft OneDrive is complete');
    await output.said(
      options.channel === 'webhook' ? 'Created new subscription' : 'Enabled WebSocket support',
    );
  } catch (error) {
    await simulator.close();
    throw error;
  }
  return {
    simulator,
    syncFolder,
    webhookUrl,
    secretsFolder: join(configFolder, 'tidemark/drives/own/secrets'),
    pid: child.pid ?? 0,
    text: output.text,
    stop: async () => {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      await ended;
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listen(child: ChildProcess): { text(): string; said(what: string): Promise<void> } {
  let text = '';
  let look = (): void => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      look();
    });
  child.once('close', () => look());
  return {
    text: () => text,
    said: (what) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (text.includes(what)) resolve();
          else if (child.exitCode !== null) reject(new Error(`It ended without saying '${what}':\n${text}`));
        };
        look();
      }),
  };
}

const lines = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key} = "${value}"\n`)
    .join('');

/** Nobody listens there now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
