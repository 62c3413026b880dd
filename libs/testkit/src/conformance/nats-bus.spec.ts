import { createConnection } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { connectNatsBus, type Durability, type NatsBusOptions } from '@tidemark/bus';
import type { Bus } from '@tidemark/contracts';
import { startNatsServer } from '../nats-server.ts';
import { collector, until } from './bus.ts';

const server = await startNatsServer();
afterAll(() => server.stop());

let spaces = 0;
/** Options for clients that share a stream which nobody else uses. */
function space(durable: readonly string[] = ['facts.>']): Omit<
  NatsBusOptions,
  'name' | 'onError' | 'durability'
> & {
  root: string;
  durability: Partial<Durability>;
} {
  spaces += 1;
  const root = `s${spaces}`;
  return {
    root,
    servers: [server.url],
    durable: durable.map((pattern) => `${root}.${pattern}`),
    durability: { stream: root, redeliveryDelayMs: 10, deliveriesMax: 3, duplicateWindowMs: 300 },
    reconnectDelayMs: 20,
  };
}

async function join(options: Omit<NatsBusOptions, 'onError'>, errors: unknown[] = []): Promise<Bus> {
  const bus = await connectNatsBus({ ...options, onError: (error) => errors.push(error) });
  onTestFinished(() => bus.close());
  return bus;
}

test('delivers a durable message again until the handler succeeds', async () => {
  const { root, ...options } = space();
  const errors: unknown[] = [];
  const bus = await join({ ...options, name: 'client' }, errors);
  let attempts = 0;
  const done = Promise.withResolvers<unknown>();
  await bus.subscribe(`${root}.facts.*`, (payload) => {
    attempts += 1;
    if (attempts < 3) throw new Error(`attempt ${attempts}`);
    done.resolve(payload);
  });
  await bus.publish(`${root}.facts.a`, { n: 1 });
  expect(await done.promise).toEqual({ n: 1 });
  expect(errors.map(String)).toEqual(['Error: attempt 1', 'Error: attempt 2']);
});

test('gives up a durable message that fails every time, says so, and goes on with the next', async () => {
  const { root, ...options } = space();
  const errors: unknown[] = [];
  const bus = await join({ ...options, name: 'client' }, errors);
  const inbox: unknown[] = [];
  const gaveUp = Promise.withResolvers<void>();
  const got = Promise.withResolvers<void>();
  await bus.subscribe(`${root}.facts.*`, (payload) => {
    inbox.push(payload);
    if (payload === 'good') got.resolve();
    if (payload !== 'poison') return;
    if (inbox.filter((one) => one === 'poison').length === 3) gaveUp.resolve();
    throw new Error('cannot stand it');
  });
  await bus.publish(`${root}.facts.a`, 'poison');
  await bus.publish(`${root}.facts.a`, 'good');
  await Promise.all([gaveUp.promise, got.promise]);
  await bus.close();
  expect(inbox.filter((one) => one === 'poison')).toHaveLength(3);
  expect(errors.at(-1)).toMatchObject({ code: 'undeliverable' });
});

test('goes on where the same client stopped, with what came while it was away', async () => {
  const { root, ...options } = space();
  const sender = await join({ ...options, name: 'sender' });
  const first = await join({ ...options, name: 'reader' });
  const before = await collector(first, `${root}.facts.>`);
  await sender.publish(`${root}.facts.a`, 1);
  await before.take(1);
  await first.close();
  for (const payload of [2, 3, 4]) await sender.publish(`${root}.facts.a`, payload);
  const second = await join({ ...options, name: 'reader' });
  const after = await collector(second, `${root}.facts.>`);
  expect((await after.take(3)).map(({ payload }) => payload)).toEqual([2, 3, 4]);
  expect(before.count()).toBe(1);
});

test('makes a position anew when the server has lost it', async () => {
  const { root, ...options } = space();
  const errors: unknown[] = [];
  const bus = await join({ ...options, name: 'client' }, errors);
  const inbox = await collector(bus, `${root}.facts.>`);
  await bus.publish(`${root}.facts.a`, 1);
  await inbox.take(1);
  // As somebody does who cleans up the server.
  await publishRaw(`$JS.API.STREAM.DELETE.${root}`, ['']);
  await expect.poll(() => errors.length, { timeout: 20_000 }).toBeGreaterThan(0);
  // Makes the stream again, as whoever keeps it does when it starts.
  const keeper = await join({ ...options, name: 'keeper' });
  const arrived = async (): Promise<unknown> => {
    await keeper.publish(`${root}.facts.a`, 2);
    return inbox.all().at(-1)?.payload;
  };
  await expect.poll(arrived, { timeout: 20_000 }).toBe(2);
});

test('a position with a name of its own begins with everything, in a stream that others keep', async () => {
  const { root, durability, ...options } = space();
  const keeper = await join({ ...options, durability, name: 'keeper' });
  for (const payload of [1, 2, 3]) await keeper.publish(`${root}.facts.a`, payload);
  const named = { ...durability, keptBy: 'others', position: 'named', beginsWith: 'everything' } as const;
  const reader = await join({ ...options, durability: named, name: 'reader' });
  const inbox = await collector(reader, `${root}.facts.>`);
  expect((await inbox.take(3)).map(({ payload }) => payload)).toEqual([1, 2, 3]);
  const lost = await join({ ...options, durability: { ...named, stream: 'nowhere' }, name: 'lost' });
  await expect(lost.subscribe(`${root}.facts.>`, () => undefined)).rejects.toThrow('stream not found');
});

test('keeps so many messages of one subject and no more', async () => {
  const { root, durability, ...options } = space();
  const few = { ...durability, perSubjectMax: 2, beginsWith: 'everything' } as const;
  const bus = await join({ ...options, durability: few, name: 'client' });
  for (const payload of [1, 2, 3]) await bus.publish(`${root}.facts.a`, payload);
  await bus.publish(`${root}.facts.b`, 'other');
  const inbox = await collector(bus, `${root}.facts.>`);
  expect((await inbox.take(3)).map(({ payload }) => payload)).toEqual([2, 3, 'other']);
});

test('keeps records over a restart of the server', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const connected = (name: string) => connectNatsBus({ servers: [own.url], name, onError: () => {} });
  const first = await connected('first');
  const records = await first.records('things');
  expect([...(await records.all())]).toEqual([]);
  await records.put('a', { n: 1 });
  await records.put('b-c_D', [2]);
  await records.put('a', { n: 3 });
  await first.close();
  await own.restart();
  const second = await connected('second');
  onTestFinished(() => second.close());
  expect([...(await (await second.records('things')).all())].sort()).toEqual([
    ['a', { n: 3 }],
    ['b-c_D', [2]],
  ]);
});

test('gives each durable message to every client, and to one member of a queue group across clients', async () => {
  const { root, ...options } = space();
  const clients = await Promise.all(['a', 'b'].map((name) => join({ ...options, name })));
  const [one, other] = clients;
  if (one === undefined || other === undefined) throw new Error('there are two clients');
  const everybody = await Promise.all([one, other, other].map((bus) => collector(bus, `${root}.facts.>`)));
  const group = await Promise.all([one, other].map((bus) => collector(bus, `${root}.facts.>`, 'group')));
  for (let number = 0; number < 40; number += 1) await one.publish(`${root}.facts.x`, number);
  const numbers = Array.from({ length: 40 }, (_, index) => index);
  for (const inbox of everybody)
    expect((await inbox.take(40)).map(({ payload }) => payload)).toEqual(numbers);
  await until(() => group.reduce((sum, inbox) => sum + inbox.count(), 0) >= 40, group);
  const seen = group.flatMap((inbox) => inbox.all().map(({ payload }) => Number(payload)));
  expect(seen.sort((a, b) => a - b)).toEqual(numbers);
  expect(group.every((inbox) => inbox.count() > 0)).toBe(true);
});

test('counts a durable message with the same id once within the window, and twice outside of it', async () => {
  const { root, ...options } = space();
  const bus = await join({
    ...options,
    name: 'client',
    messageId: (_subject, payload) => Object(payload).id,
  });
  const inbox = await collector(bus, `${root}.facts.>`);
  await bus.publish(`${root}.facts.a`, { id: 'x', copy: 1 });
  await bus.publish(`${root}.facts.a`, { id: 'x', copy: 2 });
  await bus.publish(`${root}.facts.a`, { id: 'y' });
  expect((await inbox.take(2)).map(({ payload }) => payload)).toEqual([{ id: 'x', copy: 1 }, { id: 'y' }]);
  // The window is the server's: only publishing again tells when it is over.
  for (let copy = 3; inbox.count() < 3; copy += 1) {
    await bus.publish(`${root}.facts.a`, { id: 'x', copy });
  }
  expect(inbox.all()[2]?.payload).toMatchObject({ id: 'x' });
});

test('a killed server that comes back: subscriptions go on, publishers wait, durable messages are all there', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const { root, ...options } = space();
  const down = Promise.withResolvers<void>();
  const statuses: string[] = [];
  const bus = await connectNatsBus({
    ...options,
    servers: [own.url],
    name: 'client',
    onError: () => {},
    onStatus(status) {
      statuses.push(status);
      if (status === 'disconnected') down.resolve();
    },
  });
  onTestFinished(() => bus.close());
  const plain = await collector(bus, `${root}.hints`);
  const durable = await collector(bus, `${root}.facts.>`);
  await bus.publish(`${root}.facts.a`, 0);
  await durable.take(1);
  await own.kill();
  await down.promise;
  let published = false;
  const whileDown = Promise.all([
    bus.publish(`${root}.hints`, 'while down'),
    bus.publish(`${root}.facts.a`, 1),
  ]).then(() => (published = true));
  await new Promise(setImmediate);
  expect(published).toBe(false);
  await own.start();
  await whileDown;
  await bus.publish(`${root}.facts.a`, 2);
  expect((await plain.take(1))[0]?.payload).toBe('while down');
  const numbers = (): Set<unknown> => new Set(durable.all().map(({ payload }) => payload));
  await until(() => numbers().size === 3, [durable]);
  expect([...numbers()].sort()).toEqual([0, 1, 2]);
  expect(statuses).toEqual(['disconnected', 'connected']);
});

test('a durable message whose acknowledgement is lost with the connection is sent again at once', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const { root, durability, ...options } = space();
  // Whoever waits for the time to be up waits longer than this test.
  const slow = { ...durability, publishTimeoutMs: 3_600_000, duplicateWindowMs: 60_000 };
  const bus = await join({ ...options, durability: slow, servers: [own.url], name: 'client' });
  const inbox = await collector(bus, `${root}.facts.>`);
  own.freeze();
  const publishing = Promise.all([1, 2, 3].map((payload) => bus.publish(`${root}.facts.a`, payload)));
  await new Promise(setImmediate);
  await own.restart();
  await publishing;
  const seen = async (): Promise<unknown> => new Set(inbox.all().map(({ payload }) => payload));
  await expect.poll(seen, { timeout: 20_000 }).toEqual(new Set([1, 2, 3]));
});

test('keeps the order of one publisher over a lost connection', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const bus = await join({ servers: [own.url], name: 'client', reconnectDelayMs: 20 });
  const inbox = await collector(bus, 'order');
  let sent = 0;
  for (; sent < 50; sent += 1) await bus.publish('order', sent);
  const restarted = own.restart();
  for (; sent < 200; sent += 1) await bus.publish('order', sent);
  await restarted;
  // Messages that were on their way when the server died may be lost or come twice, but never backwards.
  await until(() => inbox.all().at(-1)?.payload === 199, [inbox]);
  const seen = inbox.all().map(({ payload }) => Number(payload));
  expect(seen.every((number, index) => index === 0 || number >= (seen[index - 1] ?? 0))).toBe(true);
});

test('sends again what the server had not confirmed when it died', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const bus = await join({ servers: [own.url], name: 'client', reconnectDelayMs: 20 });
  const inbox = await collector(bus, 'unconfirmed');
  own.freeze();
  const publishing = Promise.all([1, 2, 3].map((payload) => bus.publish('unconfirmed', payload)));
  // The bytes have left this process; the server will never read them.
  await new Promise(setImmediate);
  await own.restart();
  await publishing;
  expect((await inbox.take(3)).map(({ payload }) => payload)).toEqual([1, 2, 3]);
});

test('closes also while the server is gone, and tells publishers that wait', async () => {
  const own = await startNatsServer();
  onTestFinished(() => own.stop());
  const { root, ...options } = space();
  const down = Promise.withResolvers<void>();
  const bus = await connectNatsBus({
    ...options,
    servers: [own.url],
    name: 'client',
    onError: () => {},
    onStatus: (status) => status === 'disconnected' && down.resolve(),
  });
  await collector(bus, `${root}.hints`);
  await collector(bus, `${root}.facts.>`);
  await bus.respond(`${root}.ask`, () => 1);
  await own.kill();
  await down.promise;
  const waiting = bus.publish(`${root}.hints`, 1).catch((error: unknown) => error);
  await bus.close();
  expect(await waiting).toMatchObject({ code: 'closed' });
});

test('drops and reports what a subscriber cannot take in, instead of growing without end', async () => {
  const errors: unknown[] = [];
  const bus = await join({ servers: [server.url], name: 'client', pendingMax: 10 }, errors);
  const release = Promise.withResolvers<void>();
  let handled = 0;
  await bus.subscribe('flood', async () => {
    await release.promise;
    handled += 1;
  });
  const quick = await collector(await join({ servers: [server.url], name: 'other' }), 'flood');
  for (let count = 0; count < 100; count += 1) await bus.publish('flood', count);
  await quick.take(100);
  release.resolve();
  await bus.close();
  expect(handled).toBe(10);
  expect(errors).toEqual([expect.objectContaining({ name: 'BusError', code: 'slowConsumer' })]);
});

test('reports what another client sent that is no JSON, and goes on', async () => {
  const errors: unknown[] = [];
  const bus = await join({ servers: [server.url], name: 'client' }, errors);
  const inbox = await collector(bus, 'foreign');
  await publishRaw('foreign', ['{"half":', '"whole"']);
  expect((await inbox.take(1))[0]?.payload).toBe('whole');
  expect(errors).toEqual([expect.objectContaining({ code: 'invalidPayload' })]);
});

test('says which server it cannot reach', async () => {
  await expect(
    connectNatsBus({ servers: ['nats://127.0.0.1:1'], name: 'x', onError: () => {} }),
  ).rejects.toMatchObject({ code: 'disconnected', message: expect.stringContaining('127.0.0.1:1') });
});

/** Speaks the protocol of NATS by hand, as a client in another language would. */
async function publishRaw(subject: string, texts: readonly string[]): Promise<void> {
  const { port, hostname } = new URL(server.url);
  const socket = createConnection({ port: Number(port), host: hostname });
  const lines = texts.flatMap((text) => [`PUB ${subject} ${Buffer.byteLength(text)}`, text]);
  socket.write(['CONNECT {"verbose":false}', ...lines, 'PING', ''].join('\r\n'));
  for await (const chunk of socket) if (String(chunk).includes('PONG')) break;
}
