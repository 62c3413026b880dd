import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { certificatesIn, connectControl, servedNames, type ControlClient } from '@tidemark/graph-simulator';
import { openBehindNat, type BehindNat } from './behind-nat.ts';
import { requireCommand } from './namespace.ts';
import { asLines } from './profile.ts';
import { binaryPath } from './run-binary.ts';

/** A program that can be killed and started again, with everything it said. */
export type Service = {
  start(): Promise<void>;
  /** As a crash or a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end; its exit code. */
  stop(): Promise<number | null>;
  readonly said: readonly string[];
  /** Resolves with the first line that matches, said before or after. */
  says(pattern: RegExp): Promise<string>;
};

/** Outside: the simulated service, nats-server with TLS and nkeys, the relay. Inside: a daemon that nobody can reach. */
export type RelayWorld = {
  readonly network: BehindNat;
  readonly control: ControlClient;
  readonly nats: Service;
  readonly relay: Service;
  readonly daemon: Service;
  readonly relayUrl: string;
  readonly configFolder: string;
  readonly syncFolder: string;
  readonly close: () => Promise<void>;
};

const simulatorMain = fileURLToPath(new URL('../../../tools/graph-simulator/src/main.ts', import.meta.url));
const natsName = 'nats.example.org';
const relayPort = 8888;

/** Everything is set up and running, the daemon not yet. */
export async function openRelayWorld(): Promise<RelayWorld> {
  requireCommand('nats-server', 'nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'relay-'));
  const { caFile } = await certificatesIn(join(folder, 'service'));
  const hostNames = [...servedNames.filter((name) => !name.includes('*')), 'bn1301.up.1drv.com', natsName];
  const network = await openBehindNat({ hostNames, caFile });
  const started: Service[] = [];
  const close = async (): Promise<void> => {
    for (const service of started.toReversed()) await service.kill();
    await network.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { outside, inside, outsideAddress } = network;
    const service = (...given: Parameters<typeof createService>): Service => {
      const made = createService(...given);
      started.push(made);
      return made;
    };
    const socket = join(folder, 'control.sock');
    const simulatorArgs = ['--host', outsideAddress, '--port', '443', '--state', join(folder, 'service')];
    const simulator = service(
      () => outside.start(process.execPath, [simulatorMain, ...simulatorArgs, '--control-socket', socket]),
      /graphUrl/,
    );
    await simulator.start();
    const control = connectControl(socket);

    const [hostFolder, configFolder, syncFolder] = ['host', 'config', 'sync'].map((name) =>
      join(folder, name),
    );
    if (hostFolder === undefined || configFolder === undefined || syncFolder === undefined) throw new Error();
    const natsCa = makeCertificate(folder);
    const common = { relay_server: `tls://${natsName}:4222`, relay_ca_file: natsCa };
    const relayUrl = `http://${outsideAddress}:${relayPort}/webhooks/onedrive`;
    await mkdir(hostFolder, { mode: 0o700 });
    await writeFile(
      join(hostFolder, 'tidemark.conf'),
      asLines({ ...common, relay_nkey_file: join(hostFolder, 'relay.nkey') }),
    );
    await writeFile(join(hostFolder, 'config'), asLines({ webhook_listening_host: outsideAddress }));
    await mkdir(configFolder, { mode: 0o700 });
    await writeFile(
      join(configFolder, 'tidemark.conf'),
      asLines({ ...common, relay_drive: 'home', relay_nkey_file: join(configFolder, 'relay.nkey') }),
    );
    const config = {
      sync_dir: syncFolder,
      // No poll and no scan within any test: what arrives was told.
      monitor_interval: '86400',
      webhook_enabled: 'true',
      webhook_public_url: relayUrl,
      webhook_retry_interval: '1',
      webhook_expiration_interval: '3600',
    };
    await writeFile(join(configFolder, 'config'), asLines(config));
    const { refreshToken } = await control.about();
    await writeFile(join(configFolder, 'refresh_token'), refreshToken, { mode: 0o600 });

    const users = [hostFolder, configFolder].map((confdir) => {
      const made = spawnSync(binaryPath('tidemark'), ['relay', 'user', '--confdir', confdir], {
        encoding: 'utf8',
      });
      if (made.status !== 0) throw new Error(`Cannot make a user: ${made.stderr}`);
      return made.stdout;
    });
    const natsConfig = join(folder, 'nats.conf');
    await writeFile(
      natsConfig,
      `listen: "${outsideAddress}:4222"
jetstream { store_dir: "${join(folder, 'store')}" }
tls { cert_file: "${join(folder, 'nats.pem')}", key_file: "${join(folder, 'nats-key.pem')}" }
max_payload: 64KB
authorization { users: [
${users.join('')}] }
`,
    );
    const environment = { HOME: folder, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
    const nats = service(
      () => outside.start('nats-server', ['-c', natsConfig], { environment }),
      /Server is ready/,
    );
    await nats.start();
    const relayArgs = ['relay', '--verbose', '--confdir', hostFolder];
    const relay = service(
      () => outside.start(binaryPath('tidemark'), relayArgs, { environment }),
      /Started the relay/,
    );
    await relay.start();
    const daemonArgs = ['monitor', '--verbose', '--confdir', configFolder];
    const daemon = service(
      () => inside.start(binaryPath('tidemark'), daemonArgs, { environment }),
      /Receiving notifications through the relay/,
    );
    return { network, control, nats, relay, daemon, relayUrl, configFolder, syncFolder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `ready`: what it says when it can be used. */
function createService(spawned: () => ChildProcess, ready: RegExp): Service {
  const said: string[] = [];
  const listeners = new Set<() => void>();
  let child: ChildProcess | undefined;

  function says(pattern: RegExp, from = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said.slice(from).find((line) => pattern.test(line));
        const isOver = child === undefined || child.exitCode !== null || child.signalCode !== null;
        if (found === undefined && !isOver) return;
        listeners.delete(look);
        if (found === undefined) reject(new Error(`it ended without saying ${pattern}:\n${said.join('\n')}`));
        else resolve(found);
      };
      listeners.add(look);
      look();
    });
  }

  return {
    said,
    says,
    async start() {
      const from = said.length;
      child = spawned();
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on('line', (line) => {
          said.push(line);
          for (const look of listeners) look();
        });
      }
      child.once('close', () => {
        for (const look of listeners) look();
      });
      await says(ready, from);
    },
    async kill() {
      await end(child, 'SIGKILL');
    },
    async stop() {
      return end(child, 'SIGTERM');
    },
  };
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<number | null> {
  if (child === undefined) return null;
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }
  return child.exitCode;
}

/** For the NATS server, by an authority of its own: `nats.pem` and `nats-key.pem` in the folder. The authority's file. */
function makeCertificate(folder: string): string {
  const at = (name: string): string => join(folder, name);
  const run = (...args: readonly string[]): void => {
    const made = spawnSync('openssl', args, { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  run(
    'req',
    '-x509',
    ...key,
    '-days',
    '30',
    '-subj',
    '/CN=Relay authority',
    '-keyout',
    at('ca-key.pem'),
    '-out',
    at('ca.pem'),
  );
  run(
    'req',
    ...key,
    '-subj',
    `/CN=${natsName}`,
    '-addext',
    `subjectAltName=DNS:${natsName}`,
    '-keyout',
    at('nats-key.pem'),
    '-out',
    at('nats.csr'),
  );
  const signing = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca-key.pem'),
    '-CAcreateserial',
    '-copy_extensions',
    'copy',
  ];
  run('x509', '-req', '-in', at('nats.csr'), ...signing, '-days', '30', '-out', at('nats.pem'));
  return at('ca.pem');
}
