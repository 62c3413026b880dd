import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { monitor, type Monitoring } from './monitoring.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/**
 * The listener is open to anybody who finds it. Whatever arrives there, sync goes on and what is on both sides is the same as
 * without it. `npm run bench -- flood` is the full size, by hand.
 */
const settled = { timeout: 120_000, interval: 100 };

type Flooded = TestProfile & { readonly run: Monitoring; readonly url: string; readonly port: number };

async function openFlooded(): Promise<Flooded> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/webhooks/onedrive`;
  const profile = await openProfile({
    settings: { notificationDelayMs: 5 },
    config: {
      monitor_interval: '86400',
      webhook_enabled: 'true',
      webhook_public_url: url,
      webhook_listening_host: '127.0.0.1',
      webhook_listening_port: String(port),
    },
  });
  const run = await monitor(profile);
  await run.said('Created new subscription');
  return { ...profile, run, url, port };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The notification as the service sends it, with the secret that only the service and the client know. */
async function trueNotification({ configFolder }: TestProfile): Promise<object> {
  const file = join(configFolder, 'tidemark/drives/own/secrets/webhook/subscription');
  const { current } = JSON.parse(await readFile(file, 'utf8'));
  return {
    subscriptionId: current.id,
    clientState: current.clientState,
    subscriptionExpirationDateTime: '2099-01-01T00:00:00Z',
    changeType: 'updated',
    resource: 'me/drive/root',
    tenantId: '',
  };
}

function postAll(url: string, bodies: readonly string[], path = ''): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const statuses: Record<number, number> = {};
  const send = (body: string): Promise<void> =>
    new Promise((resolve) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const sent = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
        statuses[response.statusCode ?? 0] = (statuses[response.statusCode ?? 0] ?? 0) + 1;
        response.resume().on('end', resolve);
      });
      // A connection ends after a hundred requests, sometimes under the next one.
      sent.on('error', () => void send(body).then(resolve));
      sent.end(body);
    });
  return Promise.all(bodies.map(send)).then(() => {
    agent.destroy();
    return statuses;
  });
}

const residentMebibytes = ({ run }: Flooded): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${run.pid}/status`, 'utf8'))?.[1]) / 1024;

async function expectArrives(flooded: Flooded, path: string): Promise<void> {
  flooded.drive.create(path, `made ${path}`);
  await expect.poll(() => readFile(flooded.at(path), 'utf8').catch(() => null), settled).toBe(`made ${path}`);
}

it('notifications forged, repeated and lost change nothing but when something is noticed', async () => {
  const flooded = await openFlooded();
  const { simulator, run, url } = flooded;
  const ours = await trueNotification(flooded);
  const many = (count: number, row: object): string[] =>
    Array.from({ length: count }, () => JSON.stringify({ value: Array.from({ length: 10 }, () => row) }));
  await expectArrives(flooded, '/before.txt');
  await expect
    .poll(() => run.text().endsWith('Sync with Microsoft OneDrive is complete\n'), settled)
    .toBe(true);

  simulator.resetCounters();
  expect(await postAll(url, many(300, { ...ours, clientState: 'guessed' }))).toEqual({ 202: 300 });
  expect(await postAll(url, many(300, { ...ours, subscriptionId: 'another' }))).toEqual({ 202: 300 });
  expect(await postAll(url, ['{"value":', '', 'null', '[]', '{"value":[{}]}'])).toEqual({ 202: 5 });
  expect(simulator.counters().byKind.deltaRead, 'forged ones cause no request').toBe(0);

  expect(await postAll(url, many(300, ours))).toEqual({ 202: 300 });
  await expectArrives(flooded, '/after repeated ones.txt');
  expect(simulator.counters().byKind.deltaRead, 'three thousand hints are few looks').toBeLessThan(300);

  // What was withheld is found with whatever is told next.
  simulator.set({ notifications: 'withheld' });
  for (let index = 0; index < 20; index += 1) flooded.drive.create(`/withheld ${index}.txt`, `${index}`);
  simulator.set({ notifications: 'delivered' });
  await expectArrives(flooded, '/told.txt');
  await expect.poll(async () => Object.keys(await flooded.local()).length, settled).toBe(23);
  await expectEqualSides(flooded);
  await run.stop();
});

it('slow senders, huge bodies and hostile tokens: memory stays bounded, and changes go on arriving', async () => {
  const flooded = await openFlooded();
  const { run, url, port } = flooded;
  await expectArrives(flooded, '/before.txt');
  const before = residentMebibytes(flooded);

  const slow = Array.from({ length: 100 }, () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write('POST /webhooks/onedrive HTTP/1.1\r\nhost: x\r\n');
    return socket;
  });
  onTestFinished(() => slow.forEach((socket) => socket.destroy()));
  const drip = setInterval(() => slow.forEach((socket) => void socket.write('a')), 200);
  onTestFinished(() => clearInterval(drip));
  const huge = Array.from({ length: 4 }, () => sendHuge(port, 100 * 2 ** 20));
  const tokens = ['%0d%0aset-cookie:a', '<script>', 'a'.repeat(4000), '%ff', '', 'a&validationToken=b'];
  const refused = await Promise.all(tokens.map((token) => postAll(url, [''], `?validationToken=${token}`)));
  expect(refused).toEqual(tokens.map(() => ({ 404: 1 })));

  await expectArrives(flooded, '/meanwhile.txt');
  const answers = await Promise.all(huge);
  expect(answers.filter((answer) => answer !== '' && !answer.startsWith('HTTP/1.1 413'))).toEqual([]);
  expect(await postAll(url, ['{}'])).toEqual({ 202: 1 });
  expect(residentMebibytes(flooded) - before).toBeLessThan(100);
  await run.stop();
});

/** Resolves to the head of the answer, or to nothing when the connection was cut. */
function sendHuge(port: number, sizeBytes: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const piece = Buffer.alloc(2 ** 20, 0x20);
    const socket: Socket = connect(port, '127.0.0.1');
    const pump = (): void => {
      while (!socket.destroyed && socket.writable) if (!socket.write(piece)) return;
    };
    socket.on('data', (text) => (answer += text.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('drain', pump);
    socket.on('close', () => resolve(answer));
    socket.write(
      `POST /webhooks/onedrive HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${sizeBytes}\r\n\r\n`,
    );
    pump();
  });
}
