/** The third channel: a real nats-server, and `tidemark relay` where the notifications of the service arrive. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNatsServer } from '@tidemark/testkit';
import { configLines, hear } from './child.ts';

export type RelayLine = {
  /** For the client's `tidemark.conf`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
};

/** `port`: where the relay listens. `folder`: for its configuration. */
export async function openRelayLine(dist: string, folder: string, port: number): Promise<RelayLine> {
  const nats = await startNatsServer();
  const configFolder = join(folder, 'relay');
  await mkdir(configFolder, { mode: 0o700 });
  const address = { webhook_listening_host: '127.0.0.1', webhook_listening_port: String(port) };
  await writeFile(join(configFolder, 'config'), configLines(address));
  await writeFile(
    join(configFolder, 'tidemark.conf'),
    configLines({ nats_without_key: 'true', relay_server: nats.url }),
  );
  const relay = spawn(join(dist, 'tidemark'), ['relay', '--verbose', '--confdir', configFolder], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await hear(relay).said('Started the relay');
  return {
    settings: { nats_without_key: 'true', relay_server: nats.url, relay_drive: 'bench' },
    close: async () => {
      const ended = once(relay, 'close');
      relay.kill('SIGTERM');
      await ended;
      await nats.stop();
    },
  };
}
