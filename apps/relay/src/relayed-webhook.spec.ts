import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';
import type { Bus, Command, Observation } from '@tidemark/contracts';
import { commandId, itemId, seq } from '@tidemark/contracts';
import {
  createBudget,
  createGraphNotifications,
  createLogin,
  createNetwork,
  createSystemClock,
  createSystemRandom,
  createTokenFile,
  resolveEndpoints,
} from '@tidemark/graph';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { createHost, type Host, subjectsOf } from '@tidemark/plugin-host';
import { createRelayedWebhook } from '@tidemark/plugin-webhook';
import type { Notice, ToldNotice } from '@tidemark/plugin-sdk';
import { createSecretFiles } from '@tidemark/secrets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenRelay } from './open-line.ts';
import { type SpecRelay, type SpecServer, startRelay, startServer } from './spec-world.ts';

/** The plugin in a real host, with a real relay behind a real server, and the simulated service that calls the relay. */
const subjects = subjectsOf('home');
const clock = createSystemClock();
const random = createSystemRandom();
const hint = { type: 'HintReceived', side: 'remote', source: 'webhook' };

let simulator: Simulator;
let server: SpecServer;
let relay: SpecRelay;
let folder: string;
let daemon: Daemon;

interface Daemon {
  readonly observations: readonly Observation[];
  readonly notices: readonly Notice[];
  readonly faults: readonly string[];
  perform(wanted: { readonly type: Command['type']; readonly subscriptionId?: string }): Promise<Observation>;
  stop(): Promise<void>;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-relayed-'));
  simulator = await startSimulator({ settings: { notificationDelayMs: 5 } });
  server = await startServer(['home']);
  relay = await startRelay(server);
  daemon = await startDaemon();
});
afterEach(async () => {
  await daemon.stop();
  await relay.stop();
  await server.remove();
  await simulator.close();
  await rm(folder, { recursive: true });
});

async function startDaemon(): Promise<Daemon> {
  const tokenFile = join(folder, 'refresh_token');
  await writeFile(tokenFile, simulator.refreshToken, { mode: 0o600 });
  const endpoints = resolveEndpoints({
    graphEndpoint: simulator.graphUrl,
    loginEndpoint: simulator.loginUrl,
  });
  const network = createNetwork({ caFile: simulator.caFile });
  const shared = { endpoints, network, budget: createBudget({ clock }), clock, random };
  const tokenStore = createTokenFile({ path: tokenFile });
  const login = { applicationId: null, tenant: null, access: 'readWrite' } as const;
  const tokens = createLogin({ ...shared, ...login, tokenStore });
  const bus: Bus = createInProcessBus();
  const observations: Observation[] = [];
  const notices: Notice[] = [];
  const faults: string[] = [];
  await bus.subscribe(subjects.observations, (payload) => {
    observations.push(...(payload as readonly Observation[]));
  });
  await bus.subscribe(subjects.notice, (payload) => {
    notices.push(...(payload as readonly ToldNotice[]).map(({ notice }) => notice));
  });
  const unused = {} as never;
  const host: Host = createHost({
    ...{ drive: unused, disk: unused, output: unused, random, clock, bus, driveKey: 'home' },
    notifications: createGraphNotifications({ ...shared, tokens }),
    secrets: createSecretFiles(folder),
    openRelay: createOpenRelay({ server: server.url, drive: 'home', access: server.accessOf('home') }),
    plugins: [{ plugin: createRelayedWebhook() }],
    onFault: ({ details }) => faults.push(details.detail),
  });
  await host.start();
  let commands = 0;
  return {
    ...{ observations, notices, faults },
    async perform(wanted) {
      commands += 1;
      const id = commandId(seq(7), commands);
      const common = { id, item: itemId(0), path: '', lifetimeMs: 600_000, url: relay.url };
      const reason = { rule: 'subscription-wanted', differs: '', causes: [] };
      await bus.publish(subjects.command(wanted.type), {
        ...common,
        reason,
        ...wanted,
      } as unknown as Command);
      const ended = (): Observation | undefined =>
        observations.find((one) => 'command' in one && one.command === id);
      await expect.poll(ended, { timeout: 20_000 }).toBeDefined();
      return ended() as Observation;
    },
    async stop() {
      await host.stop();
      await bus.close();
      await network.close();
    },
  };
}

const patient = { timeout: 20_000 };
const types = (): readonly string[] => daemon.notices.map(({ type }) => type);
const hints = () => daemon.observations.filter(({ type }) => type === 'HintReceived');
const isConnected = (): Promise<void> => expect.poll(types, patient).toContain('relayConnected');
const subscriptionIn = (ended: Observation): string => {
  if (ended.type === 'CommandSucceeded' && ended.subscription !== undefined) return ended.subscription.id;
  throw new Error(`the command did not succeed: ${JSON.stringify(ended)}`);
};
const storedSecret = async (): Promise<string> =>
  JSON.parse(await readFile(join(folder, 'webhook', 'subscription'), 'utf8')).current.clientState;

describe('a subscription through a relay', () => {
  it('is made with the relay answering for us, and its notifications become hints', async () => {
    // At once: the line is on its way, and the command waits for it.
    subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }));
    expect(relay.news.map(({ type }) => type)).toContain('validationAnswered');
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(hints, patient).toEqual([hint]);
    await simulator.sendLifecycle('missed');
    await expect
      .poll(() => daemon.observations.some(({ type }) => type === 'SubscriptionTold'), patient)
      .toBe(true);
  });

  it('is found again after a crash of the daemon, with what came meanwhile', async () => {
    await isConnected();
    const id = subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }));
    await daemon.stop();
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(() => simulator.deliveries(), patient).toMatchObject([{ status: 202 }]);
    daemon = await startDaemon();
    await expect.poll(hints, patient).toEqual([hint]);
    expect(subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }))).toBe(id);
  });

  it('is not asked for while nobody could answer', async () => {
    await isConnected();
    await relay.stop();
    const refused = await daemon.perform({ type: 'CreateSubscription' });
    expect(refused).toMatchObject({
      type: 'CommandFailed',
      failure: {
        code: 'relayFailed',
        detail: 'Cannot announce the subscription to the relay: the relay does not run',
      },
    });
    expect(simulator.requestLog().filter(({ path }) => path.includes('subscriptions'))).toEqual([]);
    relay = await startRelay(server);
    subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }));
  });

  it('is renewed and deleted although the relay is away', async () => {
    await isConnected();
    const subscriptionId = subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }));
    const port = Number(new URL(relay.url).port);
    await relay.stop();
    expect(subscriptionIn(await daemon.perform({ type: 'RenewSubscription', subscriptionId }))).toBe(
      subscriptionId,
    );
    expect(await daemon.perform({ type: 'DeleteSubscription', subscriptionId })).toMatchObject({
      subscription: { id: subscriptionId, gone: true },
    });
    relay = await startRelay(server, port);
  });
});

it('a server that comes back is told again whose notifications are ours, and the drive is looked at once', async () => {
  await isConnected();
  subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }));
  await server.kill();
  await expect.poll(types, patient).toContain('relayLost');
  const before = relay.news.filter(({ type }) => type === 'announced').length;
  await server.start();
  await expect.poll(() => types().filter((type) => type === 'relayConnected'), patient).toHaveLength(2);
  await expect.poll(hints, patient).not.toEqual([]);
  await expect
    .poll(() => relay.news.filter(({ type }) => type === 'announced').length, patient)
    .toBeGreaterThan(before);
  expect(daemon.faults).toEqual([]);
});

it('a daemon that finds no server goes on trying, and is there as soon as the server is', async () => {
  await daemon.stop();
  await server.kill();
  daemon = await startDaemon();
  await expect.poll(() => daemon.faults.length, patient).toBeGreaterThan(0);
  expect(daemon.faults[0]).toContain('Cannot reach the relay');
  await server.start();
  await isConnected();
});

it('says nothing of its secret to anybody', async () => {
  await isConnected();
  subscriptionIn(await daemon.perform({ type: 'CreateSubscription' }));
  const secret = await storedSecret();
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  simulator.drive().create('/a.txt', 'a');
  await expect.poll(hints, patient).toEqual([hint]);
  // What the relay keeps is what it was told.
  const bus = await connectNatsBus({
    servers: [server.url],
    name: 'reader',
    access: { ...server.accessOf('relay'), inboxPrefix: '_INBOX_relay' },
    onError: () => undefined,
  });
  const kept = JSON.stringify([...(await (await bus.records('RELAY')).all())]);
  await bus.close();
  expect(kept).toContain('digest');
  const everything = kept + JSON.stringify([relay.news, daemon.observations, daemon.notices, daemon.faults]);
  expect(everything).not.toContain(secret);
});
