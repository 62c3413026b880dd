import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bus, Observation } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { type ConnectedNotifications, connectNotifications, notificationOf } from '@tidemark/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGrantingService, post, startWorld, type SpecWorld } from './spec-world.ts';

const hint = { type: 'HintReceived', side: 'remote', source: 'webhook' };

let simulator: Simulator;
let service: ConnectedNotifications;
let world: SpecWorld;
beforeEach(async () => {
  simulator = await startSimulator({ settings: { notificationDelayMs: 5 } });
  service = await connectNotifications(simulator);
  world = await startWorld(service);
});
afterEach(async () => {
  await world.stop();
  await service.close();
  await simulator.close();
});

/** As after a crash: nothing is deleted, and the address stays. */
async function restart(): Promise<void> {
  const { port } = world;
  await world.stop();
  world = await startWorld({ ...service, config: { port } });
}

const subscriptionIn = (ended: Observation): { readonly id: string } => {
  if (ended.type === 'CommandSucceeded' && ended.subscription !== undefined) return ended.subscription;
  throw new Error(`the command did not succeed: ${JSON.stringify(ended)}`);
};

const storedSecret = async (): Promise<string> => {
  const text = await readFile(join(service.folder, 'webhook', 'subscription'), 'utf8');
  return JSON.parse(text).current.clientState;
};

const hints = () => world.observations.filter(({ type }) => type === 'HintReceived');
const types = () => world.notices.map(({ type }) => type);

describe('a subscription', () => {
  it('is made with an address that answers, and what the service then tells becomes a hint', async () => {
    const ended = await world.perform({ type: 'CreateSubscription' });
    expect(ended).toMatchObject({
      type: 'CommandSucceeded',
      subscription: { id: expect.any(String), expiresAt: expect.any(Number) },
      requestIds: [expect.any(String)],
    });
    expect(types()).toEqual(['listenerStarted', 'validationAnswered']);
    expect(hints()).toEqual([]);
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(hints).toEqual([hint]);
    await expect.poll(() => simulator.deliveries()).toMatchObject([{ status: 202, attempt: 1 }]);
    expect(world.notices.at(-1)).toEqual({ type: 'signalReceived', count: 1 });
  });

  it('is made also while strangers call as the service would', async () => {
    await world.stop();
    const { notifications } = service;
    const besieged: typeof notifications = {
      ...notifications,
      async create(wanted) {
        for (let forged = 0; forged < 60; forged += 1) await post(`${wanted.url}?validationToken=forged`, '');
        return notifications.create(wanted);
      },
    };
    world = await startWorld({ ...service, notifications: besieged });
    expect(await world.perform({ type: 'CreateSubscription' })).toMatchObject({ type: 'CommandSucceeded' });
  });

  it('is renewed, and deleted with everything known of it', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    const secret = await storedSecret();
    const renewed = await world.perform({ type: 'RenewSubscription', subscriptionId: id });
    expect(renewed).toMatchObject({ type: 'CommandSucceeded', subscription: { id } });
    const deleted = await world.perform({ type: 'DeleteSubscription', subscriptionId: id });
    expect(deleted).toMatchObject({ type: 'CommandSucceeded', subscription: { id, gone: true } });
    await expect(storedSecret()).rejects.toThrow('ENOENT');
    expect((await post(world.url, JSON.stringify({ value: [notificationOf(id, secret)] }))).status).toBe(202);
    await expect.poll(() => world.notices.at(-1)).toEqual({ type: 'forged', count: 1 });
    expect(hints()).toEqual([]);
  });

  it('survives a crash: the same one is told of changes and can be renewed', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    await restart();
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(hints).toEqual([hint]);
    const renewed = await world.perform({ type: 'RenewSubscription', subscriptionId: id });
    expect(renewed).toMatchObject({ subscription: { id, expiresAt: expect.any(Number) } });
  });

  it('that is alive already is taken over when its secret is known', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    await restart();
    expect(await world.perform({ type: 'CreateSubscription' })).toMatchObject({ subscription: { id } });
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(hints).toEqual([hint]);
  });

  it('that is alive already with another secret is deleted and made anew', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    await rm(join(service.folder, 'webhook'), { recursive: true });
    await restart();
    const again = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    expect(again.id).not.toBe(id);
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(hints).toEqual([hint]);
    expect(simulator.deliveries().map(({ subscriptionId }) => subscriptionId)).toEqual([again.id]);
  });

  it('whose answer was lost is found by the next attempt', async () => {
    simulator.addFault({ kind: 'subscription', times: 1, effect: { type: 'performThenDrop' } });
    expect(await world.perform({ type: 'CreateSubscription' })).toMatchObject({
      type: 'CommandFailed',
      failure: { code: 'offline' },
    });
    expect(await world.perform({ type: 'CreateSubscription' })).toMatchObject({ type: 'CommandSucceeded' });
    simulator.drive().create('/a.txt', 'a');
    await expect.poll(hints).toEqual([hint]);
  });

  it('without its secret is ended instead of renewed', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    await rm(join(service.folder, 'webhook'), { recursive: true });
    const ended = await world.perform({ type: 'RenewSubscription', subscriptionId: id });
    expect(ended).toMatchObject({ subscription: { id, gone: true } });
    await expect(service.notifications.renew(id, 600_000)).rejects.toMatchObject({ code: 'notFound' });
  });

  it('that the service has forgotten is reported as gone', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    await service.notifications.delete(id);
    const ended = await world.perform({ type: 'RenewSubscription', subscriptionId: id });
    expect(ended).toMatchObject({ type: 'CommandSucceeded', subscription: { id, gone: true } });
  });

  it('cannot be made for an address that is not ours', async () => {
    const ended = await world.perform({ type: 'CreateSubscription', url: 'http://127.0.0.1:1/elsewhere' });
    expect(ended).toMatchObject({
      type: 'CommandFailed',
      failure: { code: 'callbackFailed', answer: { status: 400, code: 'ValidationError' } },
    });
  });

  it('is spoken about by the service itself', async () => {
    const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
    for (const event of ['reauthorizationRequired', 'subscriptionRemoved', 'missed'])
      await simulator.sendLifecycle(event);
    await expect
      .poll(() => world.observations.filter(({ type }) => type === 'SubscriptionTold'))
      .toEqual(
        ['reauthorizationRequired', 'removed', 'missed'].map((told) => ({
          ...{ type: 'SubscriptionTold', subscriptionId: id, told },
        })),
      );
    expect(hints()).toEqual([]);
  });
});

it('says nothing of its secrets, wherever one looks', async () => {
  const { id } = subscriptionIn(await world.perform({ type: 'CreateSubscription' }));
  const secret = await storedSecret();
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  await post(world.url, JSON.stringify({ value: [notificationOf(id, secret), notificationOf('x', secret)] }));
  simulator.addFault({ kind: 'subscription', times: 1, effect: { type: 'malformedBody' } });
  await world.perform({ type: 'RenewSubscription', subscriptionId: id });
  await rm(join(service.folder, 'webhook'), { recursive: true });
  await world.perform({ type: 'CreateSubscription' });
  const second = await storedSecret();
  expect(second).not.toBe(secret);
  await world.stop();
  const everything = world.heard() + world.faults.join();
  expect(everything).toContain(id);
  for (const text of [secret, second]) expect(everything).not.toContain(text);
});

it('tells that it stopped, as its last word', async () => {
  await world.stop();
  expect(types()).toEqual(['listenerStarted', 'listenerStopped']);
  await expect(fetch(world.url, { method: 'POST' })).rejects.toThrow('fetch failed');
  world = await startWorld(service);
});

it('asks for no subscription without a listener, and names the address', async () => {
  const { notifications, asked } = createGrantingService();
  const { port, url } = world;
  const config = { port };
  const other = await startWorld({ notifications, folder: service.folder, config, listener: 'fails' });
  const detail = `Cannot listen on 127.0.0.1:${port}: another program uses it (EADDRINUSE)`;
  expect(await other.perform({ type: 'CreateSubscription', url })).toMatchObject({
    type: 'CommandFailed',
    failure: { code: 'listenerFailed', detail },
  });
  expect(asked).toEqual([]);
  expect(other.faults).toEqual([detail]);
  await world.stop();
  // The host tries again by itself.
  await expect
    .poll(() => other.notices.map(({ type }) => type), { timeout: 5_000 })
    .toEqual(['listenerStarted']);
  expect(await other.perform({ type: 'CreateSubscription', url })).toMatchObject({
    type: 'CommandSucceeded',
  });
  await other.stop();
  world = await startWorld(service);
});

describe('a notification that the bus cannot take', () => {
  let away = true;
  const through = (bus: Bus): Bus => ({
    ...bus,
    publish: (subject, payload) =>
      away && subject.includes('.observation.') && JSON.stringify(payload).includes('HintReceived')
        ? Promise.reject(new Error('the bus is away'))
        : bus.publish(subject, payload),
  });

  it('is refused, so that the service sends it again, and waits here all the same', async () => {
    const granting = createGrantingService();
    const other = await startWorld({
      ...{ notifications: granting.notifications, folder: join(service.folder, 'other'), through },
      config: { queueWithinMs: 20 },
    });
    const { id } = subscriptionIn(await other.perform({ type: 'CreateSubscription' }));
    const body = JSON.stringify({ value: [notificationOf(id, granting.asked[0]?.clientState ?? '')] });
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(other.url, body)));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    away = false;
    // The first, and one that stands for the three that came while it was on its way.
    const waiting = () => other.observations.filter(({ type }) => type === 'HintReceived');
    await expect.poll(waiting).toEqual([hint, hint]);
    expect((await post(other.url, body)).status).toBe(202);
    await other.stop();
  });
});
