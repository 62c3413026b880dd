/** A real NATS server with TLS and a user for everybody, a real relay, and daemons' ends of the line. For specs only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsAccess, publicNkeyOf } from '@tidemark/bus';
import type { RelayedNotification, RelayLine } from '@tidemark/contracts';
import { createSystemClock } from '@tidemark/graph';
import { certificatesIn } from '@tidemark/graph-simulator';
import { createSecretFiles } from '@tidemark/secrets';
import { type NatsServer, startNatsServer } from '@tidemark/testkit';
import { natsUser } from './nats-user.ts';
import { createOpenRelay } from './open-line.ts';
import { type RelayNews, runRelay } from './run-relay.ts';

export const { digest } = createSecretFiles('/nowhere')('relay');

export interface SpecServer extends NatsServer {
  accessOf(user: string): NatsAccess;
  /** From its next start on it knows the relay and these drives, and nobody else. */
  admit(drives: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}

/** The users are `relay` and the drives. */
export async function startServer(drives: readonly string[]): Promise<SpecServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-relay-'));
  const { caFile } = await certificatesIn(folder);
  const keyOf = (user: string): string => join(folder, `${user}.nkey`);
  const file = join(folder, 'nats.conf');
  const admit = async (admitted: readonly string[]): Promise<void> => {
    const userOf = async (user: string, drive: string | null): Promise<readonly string[]> =>
      natsUser(await publicNkeyOf(keyOf(user)), drive);
    const blocks = await Promise.all([
      userOf('relay', null),
      ...admitted.map((drive) => userOf(drive, drive)),
    ]);
    const tls = `tls { cert_file: "${join(folder, 'server.pem')}", key_file: "${join(folder, 'server-key.pem')}" }`;
    const lines = [tls, 'max_payload: 64KB', 'authorization { users: [', ...blocks.flat(), '] }', ''];
    await writeFile(file, lines.join('\n'));
  };
  await admit(drives);
  const server = await startNatsServer(['-c', file], 'tls');
  return {
    ...server,
    admit,
    accessOf: (user) => ({ caFile, nkeyFile: keyOf(user) }),
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export interface SpecRelay {
  readonly url: string;
  readonly news: readonly RelayNews[];
  stop(): Promise<void>;
}

/** `port` 0: any. */
export async function startRelay(server: SpecServer, port = 0): Promise<SpecRelay> {
  const news: RelayNews[] = [];
  const ending = new AbortController();
  const started = Promise.withResolvers<string>();
  const ended = runRelay({
    server: server.url,
    access: server.accessOf('relay'),
    address: { host: '127.0.0.1', port },
    clock: createSystemClock(),
    signal: ending.signal,
    tell(one) {
      news.push(one);
      if (one.type === 'started') started.resolve(one.address);
    },
  });
  const failed = ended.then(() => {
    throw new Error(`the relay ended: ${JSON.stringify(news)}`);
  });
  failed.catch(() => undefined);
  const address = await Promise.race([started.promise, failed]);
  return {
    url: `http://${address}/webhooks/onedrive`,
    news,
    async stop() {
      ending.abort();
      await ended;
    },
  };
}

export interface SpecLine extends RelayLine {
  readonly taken: readonly RelayedNotification[];
  readonly states: readonly string[];
}

/** A daemon's end. `take` may refuse. */
export async function openLine(
  server: SpecServer,
  drive: string,
  take: (notification: RelayedNotification) => Promise<void> = async () => undefined,
): Promise<SpecLine> {
  const taken: RelayedNotification[] = [];
  const states: string[] = [];
  const open = createOpenRelay({ server: server.url, drive, access: server.accessOf(drive) });
  const line = await open({
    async take(notification) {
      await take(notification);
      taken.push(notification);
    },
    changed: (state) => states.push(state),
  });
  return { ...line, taken, states };
}

export async function post(url: string, ...value: readonly object[]): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ value }), headers });
  return response.status;
}
