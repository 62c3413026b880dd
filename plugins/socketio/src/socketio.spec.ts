/** The plugin in its host, over real sockets, against the simulator. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { Bus, Notifications, Observation } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { createHost } from '@tidemark/plugin-host';
import { createConnect } from '@tidemark/socket';
import { createSimulatedDisk } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { socketio } from './socketio.ts';

let simulator: Simulator;
let hints: Observation[];
let stop: () => Promise<void>;
let heard: () => void;

beforeEach(async () => {
  simulator = await startSimulator({
    settings: { notificationDelayMs: 0 },
    tree: [{ path: '/a.txt', content: 'one' }],
  });
  hints = [];
  stop = async () => undefined;
  heard = () => undefined;
});

afterEach(async () => {
  await stop();
  await simulator.close();
});

it('hints at a change on the drive, and once when it begins to listen', async () => {
  await listening();
  expect(simulator.listeners()).toBe(1);
  expect(hints).toEqual([{ type: 'HintReceived', side: 'remote', source: 'socketio' }]);
  await hinted(2, () => simulator.drive().modify('/a.txt', 'two'));
  expect(hints[1]).toEqual(hints[0]);
});

it('stays while the service pings', async () => {
  simulator.set({ socketPingIntervalMs: 20, socketPingTimeoutMs: 5_000 });
  await listening();
  for (let round = 2; round < 12; round++)
    await hinted(round, () => simulator.drive().modify('/a.txt', `version ${round}`));
  expect(simulator.counters().byKind.subscription).toBe(1);
});

it.each(['disconnect', 'drop'] as const)('comes back after the service did this: %s', async (how) => {
  await listening();
  await hinted(2, () => simulator.breakSockets(how));
  await hinted(3, () => simulator.drive().modify('/a.txt', 'two'));
});

it('finds out that nobody is there any more, and comes back', async () => {
  simulator.set({ socketPingIntervalMs: 50, socketPingTimeoutMs: 50 });
  await listening();
  await hinted(2, () => simulator.breakSockets('silence'));
  expect(simulator.counters().byKind.subscription).toBe(2);
});

it('renews the address before it ends, without a gap', async () => {
  simulator.set({ socketAddressLifetimeMs: 1_000, socketPingIntervalMs: 20, socketPingTimeoutMs: 5_000 });
  await listening();
  await hinted(2, () => undefined);
  expect(simulator.counters().byKind.subscription).toBe(2);
  await hinted(3, () => simulator.drive().modify('/a.txt', 'two'));
});

it('leaves when the host stops', async () => {
  await listening();
  await stop();
  // Goodbye is said in the background.
  while (simulator.listeners() > 0) await new Promise((resolve) => void setImmediate(resolve));
  expect(hints).toHaveLength(1);
});

/** Starts the plugin and waits for its first hint. */
async function listening(): Promise<void> {
  const token = await accessToken();
  const refuse = () => Promise.reject(new Error('not part of this spec'));
  const notifications: Notifications = {
    create: refuse,
    renew: refuse,
    delete: refuse,
    socketAddress: async () => {
      const answer = await call('GET', '/v1.0/me/drive/root/subscriptions/socketIo', '', {
        authorization: `Bearer ${token}`,
      });
      if (answer['notificationUrl'] === undefined)
        throw new Failure({ code: 'notSupported', detail: 'no address' });
      return {
        url: String(answer['notificationUrl']),
        expiresAt: Date.parse(String(answer['expirationDateTime'])),
      };
    },
  };
  const bus: Bus = {
    publish: async (_subject, payload) => {
      hints.push(...(payload as readonly Observation[]).filter(({ type }) => type === 'HintReceived'));
      heard();
    },
    subscribe: async () => ({ unsubscribe: async () => undefined }),
    request: refuse,
    respond: refuse,
    close: async () => undefined,
  };
  const host = createHost({
    plugins: [{ plugin: socketio }],
    bus,
    clock: createSystemClock(),
    random: createSystemRandom(),
    output: {
      line: () => undefined,
      errorLine: () => undefined,
      status: () => undefined,
      isTerminal: false,
      columns: 80,
    },
    drive: undefined as never,
    disk: createSimulatedDisk({ random: createSystemRandom() }).disk,
    notifications,
    connect: createConnect({ allowedHosts: ['127.0.0.1'], caFile: simulator.caFile }),
    driveKey: 'home',
  });
  stop = () => host.stop();
  await hinted(1, () => host.start());
}

/** Resolves when there were so many hints. */
async function hinted(count: number, change: () => unknown): Promise<void> {
  const enough = new Promise<void>((resolve) => {
    heard = () => {
      if (hints.filter(({ type }) => type === 'HintReceived').length >= count) resolve();
    };
  });
  await change();
  heard();
  await enough;
}

async function accessToken(): Promise<string> {
  const form = new URLSearchParams({
    client_id: 'test',
    grant_type: 'refresh_token',
    refresh_token: simulator.refreshToken,
  });
  const answer = await call('POST', '/common/oauth2/v2.0/token', form.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
  return String(answer['access_token']);
}

function call(
  method: string,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  const ca = readFileSync(simulator.caFile, 'utf8');
  const sent = request(`${simulator.loginUrl}${path}`, { method, headers, ca, agent: false }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    answer.on('end', () => resolve(JSON.parse(text) as Readonly<Record<string, unknown>>));
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
