import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRelayWorld, type RelayWorld, type Service } from './relay-world.ts';
import { downloadsByItem } from './requests.ts';
import { binaryPath } from './run-binary.ts';

let world: RelayWorld;
beforeAll(async () => {
  world = await openRelayWorld();
}, 120_000);
afterAll(() => world?.close());

const until = { timeout: 60_000, interval: 5 };
const isHere = (name: string): boolean => existsSync(join(world.syncFolder, name));

/** A program that only opens a connection: prints `open`, or why it could not. */
const connecting = `
  const socket = require('net').connect(Number(process.argv[2]), process.argv[1]);
  socket.setTimeout(2000, () => { console.log('no answer'); process.exit(); });
  socket.on('connect', () => { console.log('open'); process.exit(); });
  socket.on('error', (error) => { console.log(error.code); process.exit(); });`;
const listening = `require('net').createServer().listen(9999, '0.0.0.0', () => console.log('listening'))`;

it('nobody reaches the machine of the daemon, and it reaches the host of the relay', async () => {
  const { namespace: inside, address, publicHost } = world.home;
  const outside = world.machines.machine.namespace;
  const listener = inside.start(process.execPath, ['-e', listening]);
  await new Promise((resolve) => listener.stdout?.once('data', resolve));
  const connect = async (from: typeof inside, to: string, port: number): Promise<string> =>
    (await from.run(process.execPath, ['-e', connecting, to, String(port)])).stdout.trim();
  expect(await connect(inside, '127.0.0.1', 9999)).toBe('open');
  expect(await connect(outside, address, 9999)).toBe('no answer');
  expect(await connect(inside, publicHost, 4222)).toBe('open');
});

it('a change on the drive is on its disk within a moment, although it looks once a day only', async () => {
  const { control, daemon, relay } = world;
  await control.post('/create', { path: '/before.txt', content: 'before' });
  await daemon.start();
  await daemon.says(/subscription/i);
  await expect.poll(() => isHere('before.txt'), until).toBe(true);
  // The service tells at once, so that the rest of the time is ours.
  await control.set({ notificationDelayMs: 0 });
  const elapsed: number[] = [];
  for (let number = 0; number < 10; number += 1) {
    const name = `told ${number}.txt`;
    const begin = performance.now();
    await control.post('/create', { path: `/${name}`, content: name });
    await expect.poll(() => isHere(name), until).toBe(true);
    elapsed.push(Math.round(performance.now() - begin));
  }
  process.stderr.write(`From the change on the drive to the file on disk, ms: ${elapsed.join(' ')}\n`);
  await control.set({ notificationDelayMs: 200 });
  expect(daemon.said.filter((line) => /^(ERROR|WARNING)/.test(line))).toEqual([]);
  expect(relay.said.join('\n')).toMatch(/Validation requests answered so far: [12]/);
});

/** `TIDEMARK_RELAY_CHANGES=1000` for the full size. */
const changes = Number(process.env['TIDEMARK_RELAY_CHANGES'] ?? 90);

it(`${changes} changes while relay, server and daemon are killed and started again in turn: none is missed, none applied twice`, async () => {
  const { control, daemon, nats, relay, syncFolder } = world;
  await control.resetCounters();
  let made = 0;
  const nameOf = (number: number): string => `change ${String(number).padStart(4, '0')}.txt`;
  const make = async (count: number): Promise<void> => {
    for (const end = Math.min(made + count, changes); made < end; made += 1)
      await control.post('/create', { path: `/${nameOf(made)}`, content: `content ${made}` });
  };
  const victims: readonly (readonly Service[])[] = [
    ...Array.from({ length: 3 }, () => [[relay], [nats], [daemon]]).flat(),
    [nats, relay, daemon],
  ];
  const share = Math.ceil(changes / victims.length / 3);
  const begin = performance.now();
  for (const together of victims) {
    await make(share);
    for (const victim of together) await victim.kill();
    await make(share);
    for (const victim of together) await victim.start();
    await make(share);
  }
  const last = performance.now();
  const expected = Array.from({ length: changes }, (_, number) => nameOf(number));
  const arrived = async (): Promise<string[]> =>
    (await readdir(syncFolder)).filter((name) => name.startsWith('change ')).toSorted();
  await expect.poll(arrived, { timeout: 120_000 }).toEqual(expected);
  const end = performance.now();
  for (const [number, name] of expected.entries())
    expect(await readFile(join(syncFolder, name), 'utf8')).toBe(`content ${number}`);

  expect(await daemon.stop()).toBe(0);
  const { applied, failures } = await outcomesInLog();
  expect(applied.size).toBeGreaterThan(changes / 2);
  expect([...applied].filter(([, count]) => count > 1)).toEqual([]);
  // Content that was on its way when the daemon was killed is fetched again; nothing else is.
  const fetched = downloadsByItem(await control.requests());
  const again = [...fetched.values()].filter((count) => count > 1);
  const kills = victims.filter((together) => together.includes(daemon)).length;
  expect(again.length).toBeLessThanOrEqual(kills * inFlightMax);
  process.stderr.write(
    `${changes} changes, ${victims.flat().length} kills in ${seconds(last - begin)}; the last was on disk ${seconds(end - last)} later; ` +
      `${fetched.size} files fetched, ${again.length} of them twice (in flight at one of ${kills} kills of the daemon); ` +
      `failed attempts: ${failures.join(' ') || 'none'}\n`,
  );
}, 900_000);

/** `commands_in_flight` */
const inFlightMax = 64;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** By the daemon's own log: how often each file was put in place, and what failed. */
async function outcomesInLog() {
  const args = ['log', '--json', '--confdir', world.configFolder];
  const { status, stdout } = await world.home.namespace.run(binaryPath('tidemark'), args, {
    environment: { HOME: '/nonexistent', PATH: '/usr/bin:/bin' },
  });
  expect(status).toBe(0);
  const paths = new Map<string, string>();
  const applied = new Map<string, number>();
  const failures: string[] = [];
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const { event } = JSON.parse(line);
    if (event.type === 'Planned') {
      for (const { id, type, path } of event.commands) if (type === 'DownloadFile') paths.set(id, path);
    } else if (event.type === 'CommandSucceeded') {
      const path = paths.get(event.command);
      if (path !== undefined) applied.set(path, (applied.get(path) ?? 0) + 1);
    } else if (event.type === 'CommandFailed') failures.push(event.failure.code);
  }
  return { applied, failures };
}
