/** Answers that the simulated service does not give. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn } from '@tidemark/graph-simulator';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  startScripted,
  type Script,
  type ScriptedServer,
  type ServerKeys,
} from '../testing/scripted-server.ts';

let folder: string;
let keys: ServerKeys;
let server: ScriptedServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-keys-'));
  keys = await certificatesIn(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => server.close());

const start = async (script: Script) => {
  server = await startScripted(keys, script);
  return server;
};
const wanted = {
  url: 'https://hooks.example.org/a',
  clientState: 'canary-client-state',
  lifetimeMs: 600_000,
};
const granted = { id: 'sub-1', expirationDateTime: '2026-01-01T00:00:00.1234567Z' };
const refused = (status: number, code: string, message: string) => ({
  status,
  json: { error: { code, message } },
});

it('a move is followed with method, body and token, on the same host only', async () => {
  const { notifications, asked, origin } = await start(({ url }) =>
    url.startsWith('/v1.0/subscriptions')
      ? { status: 308, headers: { location: `${origin}/elsewhere?a=b` } }
      : { json: granted },
  );
  await expect(notifications.renew('sub-1', 600_000)).resolves.toMatchObject({ id: 'sub-1' });
  const [first, second] = asked;
  expect(second).toMatchObject({ method: 'PATCH', url: '/elsewhere?a=b', body: first?.body });
  expect(second?.headers.authorization).toBe(first?.headers.authorization);
  expect(JSON.parse(second?.body ?? '')).toEqual({ expirationDateTime: expect.stringMatching(/Z$/) });
});

it('a move to another host is not followed: the token would go along', async () => {
  const { notifications, asked } = await start(() => ({
    status: 308,
    headers: { location: 'https://127.0.0.1:1/elsewhere' },
  }));
  await expect(notifications.renew('sub-1', 600_000)).rejects.toMatchObject({ name: 'Failure' });
  expect(asked).toHaveLength(1);
});

it('what counts is the expiry that was granted', async () => {
  const { notifications } = await start(() => ({ status: 201, json: granted }));
  await expect(notifications.create(wanted)).resolves.toEqual({
    type: 'granted',
    id: 'sub-1',
    expiresAt: Date.UTC(2026, 0, 1, 0, 0, 0, 123),
    requestIds: ['request-1'],
  });
});

it('a subscription without an id or an expiry is none', async () => {
  const { notifications } = await start(() => ({ status: 201, json: { id: 'sub-1' } }));
  await expect(notifications.create(wanted)).rejects.toMatchObject({ code: 'serviceUnavailable' });
});

it('an account without lifecycle notifications gets the rest', async () => {
  const { notifications, asked } = await start(({ body }) =>
    body.includes('lifecycleNotificationUrl')
      ? refused(400, 'InvalidRequest', 'lifecycleNotificationUrl is not supported')
      : { status: 201, json: granted },
  );
  await expect(notifications.create(wanted)).resolves.toMatchObject({ type: 'granted' });
  expect(asked.map(({ body }) => JSON.parse(body).notificationUrl)).toEqual([wanted.url, wanted.url]);
});

it.each([
  [400, 'ExtensionError', 'notSupported'],
  [403, 'Forbidden', 'accessDenied'],
  [401, 'InvalidAuthenticationToken', 'loginRequired'],
  [409, 'Conflict', 'notSupported'],
] as const)('a refusal with %d %s is a failure of code %3$s', async (status, code, expected) => {
  const { notifications } = await start(() => refused(status, code, 'no https://a.example.org/secret-path'));
  const failed = notifications.create(wanted);
  await expect(failed).rejects.toMatchObject({
    code: expected,
    details: { answer: { status, code, message: 'no https://a.example.org/…' } },
  });
  await expect(failed).rejects.not.toThrow('canary');
});

it('the address of the channel must be secure', async () => {
  let url = 'https://push.example.org/socket?token=canary';
  const { notifications } = await start(() => ({
    json: { notificationUrl: url, expirationDateTime: '2026-01-01T00:00:00Z' },
  }));
  await expect(notifications.socketAddress()).resolves.toEqual({
    url,
    expiresAt: Date.UTC(2026, 0, 1),
  });
  url = 'http://push.example.org/socket?token=canary';
  await expect(notifications.socketAddress()).rejects.toMatchObject({ code: 'serviceUnavailable' });
  await expect(notifications.socketAddress()).rejects.not.toThrow('canary');
});
