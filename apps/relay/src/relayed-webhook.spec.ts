import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectNatsBus } from '@tidemark/bus';
import type { Observation } from '@tidemark/contracts';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { createRelayedWebhook } from '@tidemark/plugin-webhook';
import { createSecretFiles } from '@tidemark/secrets';
import {
  type ConnectedNotifications,
  connectNotifications,
  type PluginRun,
  startPluginRun,
} from '@tidemark/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOpenRelay } from './open-line.ts';
import { type SpecRelay, type SpecServer, startRelay, startServer } from './spec-world.ts';

/** The plugin in a real host, with a real relay behind a real server, and the simulated service that calls the relay. */
const hint = { type: 'HintReceived', side: 'remote', source: 'webhook' };

let simulator: Simulator;
let server: SpecServer;
let relay: SpecRelay;
let service: ConnectedNotifications;
let daemon: PluginRun;

beforeEach(async () => {
  simulator = await startSimulator({ settings: { notificationDelayMs: 5 } });
  service = await connectNotifications(simulator);
  server = await startServer(['home']);
  relay = await startRelay(server);
  daemon = await startDaemon();
});
afterEach(async () => {
  await daemon.stop();
  await relay.stop();
  await server.remove();
  await service.close();
  await simulator.close();
});

async function startDaemon(): Promise<PluginRun> {
  return startPluginRun({
    plugin: createRelayedWebhook(),
    ...{ clock: createSystemClock(), random: createSystemRandom() },
    capabilities: {
      notifications: service.notifications,
      secrets: createSecretFiles(service.folder),
      openRelay: createOpenRelay({ server: server.url, drive: 'home', access: server.accessOf('home') }),
    },
  });
}

const perform = (
  type: 'CreateSubscription' | 'RenewSubscription' | 'DeleteSubscription',
  more: { readonly subscriptionId?: string } = {},
): Promise<Observation> => daemon.perform({ type, lifetimeMs: 600_000, url: relay.url, ...more });

const patient = { timeout: 20_000 };
const types = (): readonly string[] => daemon.notices.map(({ type }) => type);
const hints = () => daemon.observations.filter(({ type }) => type === 'HintReceived');
const isConnected = (): Promise<void> => expect.poll(types, patient).toContain('relayConnected');
const subscriptionIn = (ended: Observation): string => {
  if (ended.type === 'CommandSucceeded' && ended.subscription !== undefined) return ended.subscription.id;
  throw new Error(`the command did not succeed: ${JSON.stringify(ended)}`);
};
const storedSecret = async (): Promise<string> =>
  JSON.parse(await readFile(join(service.folder, 'webhook', 'subscription'), 'utf8')).current.clientState;

describe('a subscription through a relay', () => {
  it('is made with the relay answering for us, and its notifications become hints', async () => {
    // At once: the line is on its way, and the command waits for it.
    subscriptionIn(await perform('CreateSubscription'));
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
    const id = subscriptionIn(await perform('CreateSubscription'));
    await daemon.stop();
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(() => simulator.deliveries(), patient).toMatchObject([{ status: 202 }]);
    daemon = await startDaemon();
    await expect.poll(hints, patient).toEqual([hint]);
    expect(subscriptionIn(await perform('CreateSubscription'))).toBe(id);
  });

  it('is not asked for while nobody could answer', async () => {
    await isConnected();
    await relay.stop();
    const refused = await perform('CreateSubscription');
    expect(refused).toMatchObject({
      type: 'CommandFailed',
      failure: {
        code: 'relayFailed',
        detail: 'Cannot announce the subscription to the relay: the relay does not run',
      },
    });
    expect(simulator.requestLog().filter(({ path }) => path.includes('subscriptions'))).toEqual([]);
    relay = await startRelay(server);
    subscriptionIn(await perform('CreateSubscription'));
  });

  it('is renewed and deleted although the relay is away', async () => {
    await isConnected();
    const subscriptionId = subscriptionIn(await perform('CreateSubscription'));
    const port = Number(new URL(relay.url).port);
    await relay.stop();
    expect(subscriptionIn(await perform('RenewSubscription', { subscriptionId }))).toBe(subscriptionId);
    expect(await perform('DeleteSubscription', { subscriptionId })).toMatchObject({
      subscription: { id: subscriptionId, gone: true },
    });
    relay = await startRelay(server, port);
  });
});

it('a server that comes back is told again whose notifications are ours, and the drive is looked at once', async () => {
  await isConnected();
  subscriptionIn(await perform('CreateSubscription'));
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
  subscriptionIn(await perform('CreateSubscription'));
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
