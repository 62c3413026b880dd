import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startWithClient, type TestClient } from '../testing/test-client.ts';

/** The package that Microsoft's page tells people to use, as the proof that this endpoint is one. */
let client: TestClient;
let sockets: Socket[];

beforeEach(async () => {
  client = await startWithClient({
    settings: { notificationDelayMs: 0 },
    tree: [{ path: '/a.txt', content: 'one' }],
  });
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  await client.close();
});

async function address(drive = 'me/drive'): Promise<string> {
  const { status, json } = await client.get(`/${drive}/root/subscriptions/socketIo`);
  expect(status).toBe(200);
  expect(Date.parse(json.expirationDateTime)).toBeGreaterThan(Date.now());
  expect(typeof json.id).toBe('string');
  const { pathname, search } = new URL(json.notificationUrl);
  expect(pathname).toBe('/notifications');
  // The answer names the host that was asked; the sockets of these tests go over TLS.
  return `${client.simulator.loginUrl}${pathname}${search}`;
}

function open(url: string): Socket {
  const socket = io(url, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ca: readFileSync(client.simulator.caFile, 'utf8'),
  });
  sockets.push(socket);
  return socket;
}

const heard = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => void socket.once(event, resolve));

describe('the Socket.IO channel', () => {
  it('tells the real client that the drive changed', async () => {
    const socket = open(await address());
    await heard(socket, 'connect');
    expect(client.simulator.listeners()).toBe(1);
    const told = heard(socket, 'notification');
    client.simulator.drive().modify('/a.txt', 'two');
    expect(await told).toMatchObject({
      changeType: 'updated',
      resource: `drives/${client.simulator.drive().driveId}/root`,
    });
  });

  it('tells of the drive that was asked for, and of no other', async () => {
    const { simulator } = client;
    const library = simulator.driveIds()[1] ?? '';
    const [own, other] = [open(await address()), open(await address(`drives/${library}`))];
    await Promise.all([heard(own, 'connect'), heard(other, 'connect')]);
    const told: string[] = [];
    own.on('notification', () => told.push('own'));
    other.on('notification', () => told.push('library'));
    simulator.drive(library).create('/x.txt', 'x');
    await heard(other, 'notification');
    simulator.drive().modify('/a.txt', 'two');
    await heard(own, 'notification');
    expect(told).toEqual(['library', 'own']);
  });

  it('can wrap its payload in a text', async () => {
    client.simulator.set({ socketPayload: 'text' });
    const socket = open(await address());
    await heard(socket, 'connect');
    const told = heard(socket, 'notification');
    client.simulator.drive().modify('/a.txt', 'two');
    expect(JSON.parse(String(await told))).toMatchObject({ changeType: 'updated' });
  });

  it('pings, and the real client stays', async () => {
    client.simulator.set({ socketPingIntervalMs: 10, socketPingTimeoutMs: 5_000 });
    const socket = open(await address());
    await heard(socket, 'connect');
    let pings = 0;
    await new Promise<void>((resolve) => {
      socket.io.on('ping', () => (++pings === 3 ? resolve() : undefined));
    });
    expect(socket.connected).toBe(true);
  });

  it('lets the real client find out that nobody is there any more', async () => {
    client.simulator.set({ socketPingIntervalMs: 20, socketPingTimeoutMs: 20 });
    const socket = open(await address());
    await heard(socket, 'connect');
    expect(client.simulator.breakSockets('silence')).toBe(1);
    expect(await heard(socket, 'disconnect')).toBe('ping timeout');
  });

  it('takes a client out of the namespace, or cuts it off', async () => {
    const [one, other] = [open(await address()), open(await address())];
    await Promise.all([heard(one, 'connect'), heard(other, 'connect')]);
    const reasons = [heard(one, 'disconnect'), heard(other, 'disconnect')];
    expect(client.simulator.breakSockets('disconnect')).toBe(2);
    expect(await Promise.all(reasons)).toEqual(['io server disconnect', 'io server disconnect']);
    const third = open(await address());
    await heard(third, 'connect');
    const gone = heard(third, 'disconnect');
    client.simulator.breakSockets('drop');
    expect(await gone).toMatch(/transport/);
  });

  it('ends addresses when their time is over', async () => {
    const url = await address();
    const socket = open(url);
    await heard(socket, 'connect');
    const gone = heard(socket, 'disconnect');
    expect(client.simulator.expireSocketAddresses()).toBe(1);
    expect(await gone).toBe('io server disconnect');
    expect(await heard(open(url), 'connect_error')).toMatchObject({ message: 'Unauthorized' });
    const old = await address();
    client.simulator.advance(61 * 60_000);
    expect(await heard(open(old), 'connect_error')).toMatchObject({ message: 'Unauthorized' });
  });

  it('refuses addresses and upgrades when it is told to', async () => {
    const url = await address();
    client.simulator.set({ socketUpgrade: 'refused' });
    expect(await heard(open(url), 'connect_error')).toBeInstanceOf(Error);
    client.simulator.set({ socketChannel: 'notSupported' });
    const { status, json } = await client.get('/me/drive/root/subscriptions/socketIo');
    expect([status, json.error.code]).toEqual([400, 'notSupported']);
    expect(client.simulator.counters().byKind.subscription).toBe(2);
  });

  it('answers frames as the peer sends them: the default namespace first, the other without its comma', async () => {
    const { search } = new URL(await address());
    const target = `${client.simulator.httpUrl.replace('http', 'ws')}/socket.io/${search}&EIO=4&transport=websocket`;
    const socket = new WebSocket(target);
    const frames: string[] = [];
    const seen = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        frames.push(String(data));
        if (frames.length === 1) socket.send('40');
        if (frames.length === 2) socket.send('40/notifications');
        if (frames.length === 3) socket.send('40/elsewhere,');
        if (frames.length === 4) resolve();
      });
    });
    await seen;
    expect(frames.map((frame) => frame.replace(/\{.*/, ''))).toEqual([
      '0',
      '40',
      '40/notifications,',
      '44/elsewhere,',
    ]);
    const ended = once(socket, 'close');
    socket.send('nonsense');
    await ended;
  });

  it('is part of the control API', async () => {
    const socket = open(await address());
    await heard(socket, 'connect');
    const gone = heard(socket, 'disconnect');
    const post = async (path: string, body: unknown) =>
      fetch(`${client.simulator.controlUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect(await (await post('/break-sockets', { how: 'disconnect' })).json()).toEqual({ broken: 1 });
    expect(await gone).toBe('io server disconnect');
    expect((await post('/break-sockets', { how: 'gently' })).status).toBe(400);
    expect(await (await post('/expire-socket-addresses', {})).json()).toEqual({ disconnected: 0 });
  });
});
