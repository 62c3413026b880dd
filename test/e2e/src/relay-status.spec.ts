import { mkdir, mkdtemp, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { askAt, freePort } from './daemon.ts';
import { startNatsServer, withoutKeys } from './nats-server.ts';
import { asLines } from './profile.ts';
import { startBinary, type Ended } from './run-binary.ts';

/** One configuration, and what is asked about the relay that runs with it. */
async function openRelay(server: string) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-status-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [configFolder, port] = [join(folder, 'config'), String(await freePort())];
  await mkdir(configFolder, { mode: 0o700 });
  await writeFile(join(configFolder, 'tidemark.conf'), asLines({ ...withoutKeys, relay_server: server }));
  const address = { webhook_listening_host: '127.0.0.1', webhook_listening_port: port };
  await writeFile(join(configFolder, 'config'), asLines(address));
  const args = ['--confdir', configFolder];
  const tidemark = (...more: readonly string[]): Promise<Ended> =>
    startBinary('tidemark', ['relay', ...more, ...args], { home: folder }).ended;
  return {
    configFolder,
    url: `http://127.0.0.1:${port}/webhooks/onedrive`,
    tidemark,
    start: () => {
      const running = startBinary('tidemark', ['relay', '--json', ...args], { home: folder });
      onTestFinished(() => void running.child.kill('SIGKILL'));
      return running;
    },
    report: async () => JSON.parse((await tidemark('status', '--json')).stdout),
    socket: () => readlink(join(configFolder, 'tidemark/relay/control.sock')),
  };
}

const soon = { timeout: 60_000, interval: 200 };

it('without a relay there is none, and a health check fails', async () => {
  const { tidemark, report } = await openRelay('nats://127.0.0.1:1');
  expect(await tidemark('status')).toMatchObject({
    exitCode: 0,
    stdout: 'No relay runs with this configuration\n',
  });
  expect(await report()).toMatchObject({ schema: 1, state: 'stopped', relay: null });
  expect((await tidemark('status', '--check')).exitCode).toBe(1);
});

it('a relay that has not reached its server says so when it is asked', async () => {
  const { start, report, tidemark } = await openRelay('nats://127.0.0.1:1');
  start();
  const waiting = { state: 'connecting', relay: { address: null, server: 'nats://127.0.0.1:1' } };
  await expect.poll(report, soon).toMatchObject(waiting);
  await expect.poll(async () => (await report()).relay.detail, soon).toMatch(/nobody listens there/);
  expect((await tidemark('status', '--check')).exitCode).toBe(0);
});

it('a relay that finds no place for its socket works without one', async () => {
  const nats = await startNatsServer();
  onTestFinished(nats.close);
  const { start, configFolder, url } = await openRelay(nats.address);
  await writeFile(join(configFolder, 'tidemark'), 'a file in place of the folder');
  const { child, ended } = start();
  await expect.poll(async () => (await fetch(url).catch(() => null))?.status, soon).toBe(405);
  child.kill('SIGTERM');
  const { exitCode, stderr } = await ended;
  expect([exitCode, stderr]).toEqual([
    0,
    expect.stringMatching(/^WARNING: Cannot open the control socket: /),
  ]);
});

it('a relay counts what comes, shows it as text, JSON and metrics, and tells when its server is gone', async () => {
  const nats = await startNatsServer();
  onTestFinished(nats.close);
  const { start, report, tidemark, socket, url } = await openRelay(nats.address);
  const { child, ended } = start();
  await expect.poll(async () => (await report()).state, soon).toBe('running');
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ value: [{ subscriptionId: 'sub', clientState: 'guessed' }] });
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(202);
  expect((await fetch(url)).status).toBe(405);
  const counters = { accepted: 0, handedOn: 0, forged: 1, refused: { method: 1 }, validations: 0 };
  const drives = { registered: 0, subscribed: 0 };
  expect((await report()).relay).toMatchObject({ pid: child.pid, server: nats.address, drives, counters });

  const { stdout } = await tidemark('status');
  expect(stdout).toMatch(new RegExp(`^Relay: {4}running \\(process ${child.pid}, since .+\\)$`, 'm'));
  expect(stdout).toContain('Dropped:  1 forged or unknown\nRefused:  method 1\n');

  const socketPath = await socket();
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  const metrics = await askAt(socketPath, 'GET', '/v1/metrics');
  for (const line of [
    'tidemark_relay_connected 1',
    'tidemark_relay_drives 0',
    'tidemark_relay_accepted_total 0',
    'tidemark_relay_handed_on_total 0',
    'tidemark_notifications_total{kind="forged"} 1',
    'tidemark_webhook_refused_total{reason="method"} 1',
  ])
    expect(metrics.body.split('\n')).toContain(line);
  const health = await askAt(socketPath, 'GET', '/v1/health');
  expect([health.status, JSON.parse(health.body)]).toEqual([
    200,
    { schema: 1, isAlive: true, state: 'running', detail: null },
  ]);
  expect((await askAt(socketPath, 'POST', '/v1/stop')).status).toBe(404);

  nats.kill();
  await expect.poll(async () => (await report()).state, soon).toBe('disconnected');
  child.kill('SIGTERM');
  const { exitCode, stdout: log } = await ended;
  expect(exitCode).toBe(0);
  const notices = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(notices.every(({ source, type }) => source === 'relay' && type === 'Notice')).toBe(true);
  expect(notices.map(({ notice }) => notice.type)).toEqual(
    expect.arrayContaining(['started', 'forged', 'refused', 'disconnected']),
  );
  expect(await report()).toMatchObject({ state: 'stopped' });
});
