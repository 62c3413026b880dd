import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSimulator, type Simulator, type SimulatorOptions } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { resolveEndpoints } from '../auth/clouds.ts';
import { createSystemRandom } from '../system.ts';
import { hurried, startRig, type Rig } from '../testing/rig.ts';
import { createGraphNotifications } from './graph-notifications.ts';

let rig: Rig<Simulator>;
let receiver: Server | null = null;
afterEach(async () => {
  receiver?.close();
  receiver = null;
  await rig.close();
});

const notificationsOf = (
  { simulator, network, login, budget }: Rig<Simulator>,
  driveId: string | null = null,
) =>
  createGraphNotifications({
    endpoints: resolveEndpoints({ graphEndpoint: simulator.graphUrl, loginEndpoint: simulator.loginUrl }),
    tokens: login,
    clock: hurried,
    random: createSystemRandom(),
    retry: { attemptsMax: 3, baseDelayMs: 1, delayMaxMs: 2, waitMaxMs: 60_000 },
    driveId,
    network,
    budget,
  });

async function start(options: SimulatorOptions = {}) {
  rig = await startRig(await startSimulator(options));
  return { simulator: rig.simulator, notifications: notificationsOf(rig) };
}

/** An address that answers as it should, and counts how often it was asked. */
async function startReceiver(status = 200) {
  const asked: string[] = [];
  receiver = createServer((request, response) => {
    const token = new URL(request.url ?? '', 'http://x').searchParams.get('validationToken') ?? '';
    asked.push(token);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(token);
  });
  await new Promise<void>((resolve) => receiver?.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook` };
}

const hour = 3_600_000;
const clientState = 'canary-client-state-0123456789';

describe.each(['personal', 'business', 'library'] as const)('on a %s drive', (flavour) => {
  it('a subscription is created after the address was asked, renewed and deleted', async () => {
    await start({ flavour });
    const notifications = notificationsOf(rig, rig.simulator.drive().driveId);
    const { url, asked } = await startReceiver();
    const before = Date.now();
    const grant = await notifications.create({ url, clientState, lifetimeMs: hour });
    if (grant.type !== 'granted') throw new Error('there was none before');
    expect(asked.map((token) => token.slice(0, 11))).toEqual(['Validation:', 'Validation:']);
    expect(grant.expiresAt).toBeGreaterThan(before + hour - 1_000);
    expect(grant.expiresAt).toBeLessThanOrEqual(Date.now() + hour);
    expect(grant.requestIds).toHaveLength(1);
    const renewed = await notifications.renew(grant.id, 2 * hour);
    expect(renewed).toMatchObject({ type: 'granted', id: grant.id });
    expect(renewed.expiresAt).toBeGreaterThan(before + 2 * hour - 1_000);
    await notifications.delete(grant.id);
    await notifications.delete(grant.id);
    await expect(notifications.renew(grant.id, hour)).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('subscriptions', () => {
  it('that are alive already are named', async () => {
    const { notifications } = await start();
    const { url } = await startReceiver();
    const first = await notifications.create({ url, clientState, lifetimeMs: hour });
    const second = await notifications.create({ url, clientState: 'another', lifetimeMs: hour });
    expect(second).toEqual({ type: 'exists', id: first.id });
  });

  it('live no longer than the service allows, whatever is asked for', async () => {
    const { notifications } = await start();
    const { url } = await startReceiver();
    const grant = await notifications.create({ url, clientState, lifetimeMs: 365 * 24 * hour });
    expect(grant).toMatchObject({ type: 'granted' });
  });

  it('whose address does not answer fail with the words of the service', async () => {
    const { notifications } = await start();
    const { url } = await startReceiver(404);
    const failed = notifications.create({ url, clientState, lifetimeMs: hour });
    await expect(failed).rejects.toMatchObject({
      code: 'callbackFailed',
      details: {
        requestId: expect.any(String),
        answer: {
          status: 400,
          code: 'ValidationError',
          message:
            'Subscription validation request failed. Notification endpoint must respond with 200 OK to validation request.',
        },
      },
    });
    await expect(failed).rejects.not.toThrow(clientState);
  });

  it('whose address fails under the other code are recognised by the text', async () => {
    const { notifications } = await start({ settings: { subscriptionCreateErrorCode: 'InvalidRequest' } });
    const { url } = await startReceiver(500);
    await expect(notifications.create({ url, clientState, lifetimeMs: hour })).rejects.toMatchObject({
      code: 'callbackFailed',
      details: { answer: { code: 'InvalidRequest' } },
    });
  });

  it('are not asked for twice when the answer is lost, and found again by the next attempt', async () => {
    const { simulator, notifications } = await start();
    const { url, asked } = await startReceiver();
    simulator.addFault({ kind: 'subscription', times: 1, effect: { type: 'performThenDrop' } });
    await expect(notifications.create({ url, clientState, lifetimeMs: hour })).rejects.toMatchObject({
      code: 'offline',
    });
    expect(asked).toHaveLength(2);
    await expect(notifications.create({ url, clientState, lifetimeMs: hour })).resolves.toMatchObject({
      type: 'exists',
    });
  });
});

describe('the Socket.IO channel', () => {
  it('has an address with an end', async () => {
    const { notifications } = await start();
    const { url, expiresAt } = await notifications.socketAddress();
    expect(url).toMatch(/^https:/);
    expect(expiresAt).toBeGreaterThan(Date.now());
  });

  it('is not there for every account', async () => {
    const { notifications } = await start({ settings: { socketChannel: 'notSupported' } });
    await expect(notifications.socketAddress()).rejects.toMatchObject({ code: 'notSupported' });
  });
});
