import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ControlClient } from '@tidemark/graph-simulator';
import { openHome, type Home } from './behind-nat.ts';
import { requireCommand, type Namespace } from './namespace.ts';
import { asLines } from './profile.ts';
import { binaryPath } from './run-binary.ts';
import { installCertificate, siteFile, startNginx, tlsSite, writeEtc } from './webhook/nginx.ts';
import { openTwoMachines, type TwoMachines } from './webhook/two-machines.ts';

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

/** A service, a public host with nginx, nats-server (TLS, nkeys) and the relay, and a daemon at home that nobody can reach. */
export type RelayWorld = {
  readonly machines: TwoMachines;
  readonly home: Home;
  readonly control: ControlClient;
  readonly nats: Service;
  readonly relay: Service;
  readonly daemon: Service;
  readonly configFolder: string;
  readonly syncFolder: string;
  readonly close: () => Promise<void>;
};

const natsName = 'nats.example.org';

/** Everything is set up as the guide says and running; the daemon not yet. */
export async function openRelayWorld(): Promise<RelayWorld> {
  requireCommand('nats-server', 'nats-server');
  const machines = await openTwoMachines();
  const { machine, authority, control, host, folder } = machines;
  const home = await openHome(machines, [natsName]);
  const started: Service[] = [];
  const close = async (): Promise<void> => {
    for (const service of started.toReversed()) await service.kill();
    await home.close();
    await machines.close();
  };
  const service = (
    namespace: Namespace,
    command: string,
    args: readonly string[],
    ready: RegExp,
  ): Service => {
    const environment = { HOME: folder, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
    const made = createService(() => namespace.start(command, args, { environment }), ready);
    started.push(made);
    return made;
  };
  try {
    await writeEtc(machine, siteFile, tlsSite(host));
    await installCertificate(machine, host, await authority.issue({ names: [host] }));
    await startNginx(machine);
    const { hostFolder, configFolder, syncFolder } = await writeProfiles(machines);
    const nats = service(
      machine.namespace,
      'nats-server',
      ['-c', await writeNatsConfig(machines, [hostFolder, configFolder])],
      /Server is ready/,
    );
    await nats.start();
    const tidemark = binaryPath('tidemark');
    const relayArgs = ['relay', '--verbose', '--confdir', hostFolder];
    const relay = service(machine.namespace, tidemark, relayArgs, /Started the relay/);
    await relay.start();
    const daemonArgs = ['monitor', '--verbose', '--confdir', configFolder];
    const daemon = service(home.namespace, tidemark, daemonArgs, /Receiving notifications through the relay/);
    return { machines, home, control, nats, relay, daemon, configFolder, syncFolder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One for the relay, without a login, and one for the daemon. */
async function writeProfiles({ control, host, folder, authority }: TwoMachines) {
  const at = (name: string): string => join(folder, name);
  const [hostFolder, configFolder, syncFolder] = [at('relay host'), at('config'), at('sync')];
  await writeFile(at('nats-ca.pem'), authority.certificate);
  const common = { relay_server: `tls://${natsName}:4222`, relay_ca_file: at('nats-ca.pem') };
  const config = {
    sync_dir: syncFolder,
    // No poll and no scan within any test: what arrives was told.
    monitor_interval: '86400',
    webhook_enabled: 'true',
    webhook_public_url: `https://${host}/webhooks/onedrive`,
    webhook_retry_interval: '1',
    webhook_expiration_interval: '3600',
  };
  for (const [profile, drive] of [
    [hostFolder, {}],
    [configFolder, { relay_drive: 'home' }],
  ] as const) {
    await mkdir(profile, { mode: 0o700 });
    const own = { ...common, ...drive, relay_nkey_file: join(profile, 'relay.nkey') };
    await writeFile(join(profile, 'tidemark.conf'), asLines(own));
  }
  await writeFile(join(configFolder, 'config'), asLines(config));
  const { refreshToken } = await control.about();
  await writeFile(join(configFolder, 'refresh_token'), refreshToken, { mode: 0o600 });
  return { hostFolder, configFolder, syncFolder };
}

/** With the users that `tidemark relay user` prints. */
async function writeNatsConfig(
  { machine, authority, folder }: TwoMachines,
  profiles: readonly string[],
): Promise<string> {
  const { certificate, privateKey } = await authority.issue({ names: [natsName] });
  await writeFile(join(folder, 'nats.pem'), certificate);
  await writeFile(join(folder, 'nats-key.pem'), privateKey, { mode: 0o600 });
  // The relay reaches it under the same name.
  await appendFile(join(machine.etc, 'hosts'), `127.0.0.1 ${natsName}\n`);
  const users = profiles.map((profile) => {
    const made = spawnSync(binaryPath('tidemark'), ['relay', 'user', '--confdir', profile], {
      encoding: 'utf8',
    });
    if (made.status !== 0) throw new Error(`Cannot make a user: ${made.stderr}`);
    return made.stdout;
  });
  const path = join(folder, 'nats.conf');
  await writeFile(
    path,
    `listen: "0.0.0.0:4222"
jetstream { store_dir: "${join(folder, 'store')}" }
tls { cert_file: "${join(folder, 'nats.pem')}", key_file: "${join(folder, 'nats-key.pem')}" }
max_payload: 64KB
authorization { users: [
${users.join('')}] }
`,
  );
  return path;
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
