import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createPlainServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpListen } from '@tidemark/listener';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Control, ControlSource, OrderAnswer, StatusReport } from '@tidemark/control';
import {
  announceSocket,
  askHealth,
  askStatus,
  giveOrder,
  openControl,
  prepareSocket,
} from '@tidemark/control';

const look = { lastAt: null, dueAt: null, isUnderWay: false, failure: null };
const report: StatusReport = {
  schema: 1,
  state: 'stopped',
  inSync: false,
  version: '0.1.0',
  folder: '/home/me/OneDrive',
  logFolder: '/home/me/.config/onedrive/tidemark/drives/own/log',
  drive: null,
  seq: 7,
  items: 0,
  atRest: 0,
  notInSync: 0,
  conflicts: null,
  lastChangeAt: null,
  standings: { pending: 0, waiting: 0, problem: 0, ignored: 0, blocked: 0, held: 0 },
  notAtRest: [],
  notShown: 0,
  held: null,
  oddities: [],
  halted: null,
  pauses: [],
  suspended: null,
  looks: { remote: look, local: look },
  daemon: null,
};

let stateFolder = '';
let control: Control | null = null;
const calls: string[] = [];
const accepted = (isAccepted: boolean): OrderAnswer => ({ schema: 1, isAccepted, lines: ['said'] });

const source: ControlSource = {
  status: (itemsMax) => ({ ...report, notShown: itemsMax }),
  health: async () => ({ schema: 1, isAlive: false, state: 'syncing', detail: 'the loop stands still' }),
  metrics: async () => 'tidemark_in_sync 1\n',
  look: async () => (calls.push('look'), accepted(true)),
  reload: async () => (calls.push('reload'), accepted(false)),
  apply: async (hash) => (calls.push(`apply ${hash ?? 'all'}`), accepted(true)),
  pause: async (until) => (calls.push(`pause ${until}`), accepted(true)),
  resume: async () => (calls.push('resume'), accepted(true)),
  stop: async () => (calls.push('stop'), accepted(true)),
  explain: async () => null,
  change: async () => Promise.reject(new Error('not asked here')),
  plan: async () => Promise.reject(new Error('not asked here')),
  events: { range: () => null, behind: async () => [], appended: async () => {} },
  changedSince: async (seq, waitMs) => void calls.push(`changedSince ${seq} ${waitMs}`),
};
const place = () => ({ stateFolder, environment: {}, userId: process.geteuid?.() ?? 0 });

beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'control-'));
  calls.length = 0;
});
afterEach(async () => {
  await control?.close();
  control = null;
  rmSync(stateFolder, { recursive: true, force: true });
});
const open = async (): Promise<string> =>
  (control = await openControl(createHttpListen(), place(), source)).socketPath;

test('status, health and orders reach the daemon and come back', async () => {
  await open();
  expect(await askStatus(stateFolder, 12)).toEqual({ ...report, notShown: 12 });
  expect(await askHealth(stateFolder)).toMatchObject({ isAlive: false, detail: 'the loop stands still' });
  expect(await giveOrder(stateFolder, 'look')).toEqual(accepted(true));
  expect(await giveOrder(stateFolder, 'reload')).toEqual(accepted(false));
  expect(await giveOrder(stateFolder, 'apply', { plan: 'a&b' })).toEqual(accepted(true));
  await giveOrder(stateFolder, 'pause');
  await giveOrder(stateFolder, 'pause', { until: '1970-01-01T00:00:07.000Z' });
  await giveOrder(stateFolder, 'resume');
  expect(calls).toEqual(['look', 'reload', 'apply a&b', 'pause null', 'pause 7000', 'resume']);
});

test('only its user can connect', async () => {
  const socketPath = await open();
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
});

test('without a daemon there is no answer; after one was killed neither', async () => {
  expect(await askStatus(stateFolder, 1)).toBeNull();
  announceSocket(place(), join(stateFolder, 'gone.sock'));
  expect(await askStatus(stateFolder, 1)).toBeNull();
  // A socket file without a listener: its server did not get to remove it.
  const socketPath = prepareSocket(place());
  const killed = createPlainServer();
  killed.listen(socketPath);
  await once(killed, 'listening');
  renameSync(socketPath, `${socketPath}.kept`);
  killed.close();
  renameSync(`${socketPath}.kept`, socketPath);
  announceSocket(place(), socketPath);
  expect(await askStatus(stateFolder, 1)).toBeNull();
  await open();
  expect(await askStatus(stateFolder, 1)).not.toBeNull();
});

test('a daemon of another version is named as such, not misread', async () => {
  const server = createServer((_request, response) => response.end(JSON.stringify({ schema: 2 })));
  const socketPath = prepareSocket(place());
  server.listen(socketPath);
  await once(server, 'listening');
  announceSocket(place(), socketPath);
  await expect(askStatus(stateFolder, 1)).rejects.toThrow('it is of another version; restart it');
  server.close();
});

test('unknown routes, wrong methods, queries that are no numbers and bodies are refused', async () => {
  const socketPath = await open();
  const statusOf = (method: string, path: string, body = ''): Promise<number> =>
    new Promise((resolve, reject) => {
      const asking = request({ socketPath, method, path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asking.on('error', reject);
      asking.end(body);
    });
  expect(await statusOf('GET', '/v1/nothing')).toBe(404);
  expect(await statusOf('GET', '/v1/constructor')).toBe(404);
  expect(await statusOf('GET', '/v1/stop')).toBe(405);
  expect(await statusOf('POST', '/v1/metrics')).toBe(405);
  expect(await statusOf('GET', '/v1/status?items=many')).toBe(400);
  expect(await statusOf('GET', '/v1/status?wait=61&after=1')).toBe(400);
  expect(await statusOf('POST', '/v1/pause?until=tomorrow')).toBe(400);
  expect(await statusOf('POST', '/v1/stop', 'a body')).toBe(413);
  expect(calls).toEqual([]);
  expect(await statusOf('GET', '/v1/status?after=7&wait=3')).toBe(200);
  expect(calls).toEqual(['changedSince 7 3000']);
});
