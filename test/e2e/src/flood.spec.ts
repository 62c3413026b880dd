import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launchDaemon, webhookSettings, type Daemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/**
 * The listener is open to anybody who finds it. Whatever arrives there, sync goes on and what is on both sides is the same as
 * without it. `npm run bench -- flood` is the full size, by hand.
 */
const pollSeconds = 300;
const settled = { timeout: 120_000, interval: 100 };

type Flooded = TestProfile & { readonly run: Daemon; readonly url: string; readonly port: number };

async function openFlooded(monitorInterval = 86_400): Promise<Flooded> {
  const webhook = await webhookSettings();
  const profile = await openProfile({
    settings: { notificationDelayMs: 5 },
    config: { monitor_interval: String(monitorInterval), ...webhook },
  });
  const run = launchDaemon(profile, ['--monitor', '--verbose'], { limitMs: 600_000 });
  await run.says('Created new subscription');
  await run.says('Sync with Microsoft OneDrive is complete');
  return {
    ...profile,
    run,
    url: webhook.webhook_public_url,
    port: Number(webhook.webhook_listening_port),
  };
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
  expect((await run.stop()).exitCode).toBe(0);
});

// By hand, with `TIDEMARK_POLLING=1`: five minutes are the shortest interval that can be set.
it.runIf(process.env['TIDEMARK_POLLING'] === '1')(
  'notifications that never come, or hours late: polling finds everything within its interval',
  async () => {
    const flooded = await openFlooded(pollSeconds);
    const { simulator, drive, run, url } = flooded;
    const late = JSON.stringify({ value: [await trueNotification(flooded)] });
    drive.create('/folder/edited.txt', 'one');
    drive.create('/folder/renamed.txt', 'two');
    drive.create('/deleted.txt', 'three');
    await expectArrives(flooded, '/before.txt');
    await expect
      .poll(() => run.text().endsWith('Sync with Microsoft OneDrive is complete\n'), settled)
      .toBe(true);

    simulator.set({ notifications: 'withheld' });
    simulator.resetCounters();
    drive.create('/created.txt', 'four');
    drive.modify('/folder/edited.txt', 'one, edited');
    drive.rename('/folder/renamed.txt', 'other.txt');
    drive.remove('/deleted.txt');
    drive.create('/elsewhere/stays.txt', 'five');
    drive.move('/folder', '/elsewhere/folder');
    const limit = { timeout: (pollSeconds + 60) * 1000, interval: 1000 };
    await expect.poll(flooded.local, limit).toEqual(flooded.remote());
    expect(simulator.counters().byKind.deltaRead, 'one look of a round or two').toBeLessThan(6);

    // What it was all about is long over.
    expect(await postAll(url, [late, late])).toEqual({ 202: 2 });
    await expectArrives(flooded, '/after.txt').finally(() => simulator.set({ notifications: 'delivered' }));
    await expectEqualSides(flooded);
    expect((await run.stop()).exitCode).toBe(0);
  },
  (pollSeconds + 180) * 1000,
);

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
  expect((await run.stop()).exitCode).toBe(0);
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
