import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveItemId, Failure } from '@tidemark/contracts';
import { certificatesIn } from '@tidemark/graph-simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hurried } from '../testing/rig.ts';
import {
  opening,
  startScripted,
  type Asked,
  type Scripted,
  type ScriptedServer,
  type ServerKeys,
} from '../testing/scripted-server.ts';
import { createBudget } from './budget.ts';
import { createNetwork } from './network.ts';

let keys: ServerKeys;
let folder: string;
let server: ScriptedServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-keys-'));
  keys = await certificatesIn(folder);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => server.close());

const item: Scripted = {
  json: { id: 'I', name: 'i', file: {}, parentReference: { id: 'ROOT' }, eTag: 'e1' },
};
type Step = Scripted | 'silence' | 'cut';
/** Answers to what comes after the opening, one after the other; the last one for ever. */
async function start(
  steps: readonly Step[],
  options: Parameters<typeof startScripted>[2] = {},
): Promise<void> {
  let at = 0;
  server = await startScripted(
    keys,
    (asked) => opening(asked) ?? steps[Math.min(at++, steps.length - 1)] ?? item,
    options,
  );
  await server.drive.info();
}
const read = () => server.drive.item(driveItemId('I'));
const later = (): readonly Asked[] => server.asked.slice(2);
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
};
const problem = (
  status: number,
  code: string,
  message = '',
  headers: Record<string, string> = {},
): Scripted => ({
  status,
  headers,
  json: { error: { code, message } },
});

describe('a request to Graph', () => {
  it('says who it is and can be found again', async () => {
    await start([item]);
    await read();
    const [asked] = later();
    expect(asked?.headers).toMatchObject({
      authorization: 'Bearer canary-access-token',
      'user-agent': expect.stringMatching(/^ISV\|Tidemark\|/),
      'client-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each([408, 429, 500, 502, 503, 504, 509])('is repeated after %d', async (status) => {
    await start([problem(status, 'x'), item]);
    expect(await read()).toMatchObject({ id: 'I' });
  });

  it.each(['cut', 'silence'] as const)('is repeated after %s', async (step) => {
    await start([step, item], { network: { answerTimeoutMs: 200 } });
    expect(await read()).toMatchObject({ id: 'I' });
  });

  it.each([400, 403, 405, 406, 409, 412, 413, 415, 416, 422, 423, 501, 507])(
    'is not repeated after %d',
    async (status) => {
      await start([problem(status, 'x')]);
      await failureOf(read());
      expect(later()).toHaveLength(1);
    },
  );

  it('stops after four attempts and reports the last answer', async () => {
    await start([problem(503, 'serviceNotAvailable', 'busy')]);
    const failed = await failureOf(read());
    expect(later()).toHaveLength(4);
    expect(failed.details).toMatchObject({ code: 'serviceUnavailable', requestId: 'request-6' });
    expect(failed.message).toBe(
      'Cannot read item "I": the service answered 503 (servicenotavailable) "busy"',
    );
  });

  it.each(['cannotSnapshotTree', 'serviceReadOnly', 'resourceBeingProvisioned'])(
    'is repeated after 403 %s',
    async (code) => {
      await start([problem(403, code), item]);
      expect(await read()).toMatchObject({ id: 'I' });
    },
  );

  it('fetches another token once after 401', async () => {
    await start([problem(401, 'InvalidAuthenticationToken'), item]);
    await read();
    expect(later()[1]?.headers.authorization).toBe('Bearer canary-second-token');
  });

  it('gives up after a second 401', async () => {
    await start([problem(401, 'InvalidAuthenticationToken')]);
    expect((await failureOf(read())).code).toBe('loginRequired');
    expect(later()).toHaveLength(2);
  });

  it('passes on a claims challenge', async () => {
    const claims = '{"access_token":{"nbf":{"essential":true}}}';
    const header = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    const seen: (string | null)[] = [];
    await start([problem(401, 'InvalidAuthenticationToken', '', { 'www-authenticate': header }), item], {
      drive: {
        tokens: {
          accessToken: () => 'first',
          renew: async (_refused, challenge) => {
            seen.push(challenge);
            return 'second';
          },
        },
      },
    });
    await read();
    expect(seen).toEqual([claims]);
  });

  it('waits out the "Unable to initialize RPS" of personal accounts with the same token', async () => {
    await start([problem(401, 'unauthenticated', 'Unable to initialize RPS'), item]);
    await read();
    expect(later()[1]?.headers.authorization).toBe('Bearer canary-access-token');
  });

  it('does not start while the service asks to wait longer than it may', async () => {
    await start([problem(429, 'activityLimitReached', '', { 'retry-after': '86400' })]);
    const first = await failureOf(read());
    expect(first.details).toMatchObject({ code: 'throttled', afterMs: 3_600_000 });
    expect(first.message).toContain('asks to wait 86400 s');
    const second = await failureOf(read());
    expect(second.code).toBe('throttled');
    expect(second.details.afterMs).toBeGreaterThan(3_500_000);
    expect(later()).toHaveLength(1);
  });

  it('shares the pause with every other drive of the account', async () => {
    const budget = createBudget({ clock: hurried });
    await start([item], { drive: { budget } });
    budget.pause(600_000);
    expect((await failureOf(read())).code).toBe('throttled');
    expect(later()).toHaveLength(0);
  });

  it('follows a redirect on the same host only', async () => {
    await start([{ status: 308, headers: { location: '/moved?x=1' } }, item]);
    await read();
    expect(later()[1]?.url).toBe('/moved?x=1');
    await server.close();
    await start([{ status: 307, headers: { location: 'https://localhost:1/elsewhere' } }]);
    expect((await failureOf(read())).code).toBe('serviceUnavailable');
    expect(later()).toHaveLength(1);
  });

  it.each([
    [
      'a login page',
      { headers: { 'content-type': 'text/html' }, text: '<html>Welcome to the airport</html>' },
      'offline',
    ],
    [
      'a page that claims to be JSON',
      { headers: { 'content-type': 'application/json' }, text: '<html>' },
      'serviceUnavailable',
    ],
    ['nothing', { headers: { 'content-type': 'application/json' }, text: '' }, 'serviceUnavailable'],
    ['a number', { json: 5 }, 'serviceUnavailable'],
  ] as const)('does not believe %s', async (_what, step, code) => {
    await start([step]);
    expect((await failureOf(read())).code).toBe(code);
  });

  it('does not read an endless answer', async () => {
    await start([
      { headers: { 'content-type': 'application/json' }, text: `{"x":"${'a'.repeat(70 * 1024 * 1024)}"}` },
    ]);
    const failed = await failureOf(read());
    expect(failed.code).toBe('serviceUnavailable');
    expect(failed.message).toContain('larger than');
  });

  it('ends when its whole time is up', async () => {
    await start(['silence'], { network: { answerTimeoutMs: 60_000, totalTimeoutMs: 100 } });
    expect((await failureOf(read())).code).toBe('timedOut');
  });

  it('is counted by kind', async () => {
    await start([problem(500, 'x'), item]);
    await read();
    expect(server.drive.requests().requests).toMatchObject({ info: 2, item: 2, delta: 0 });
    expect(server.drive.requests().total).toBe(4);
  });
});

describe('a host that cannot be trusted or reached', () => {
  it('with an unknown certificate is refused for good', async () => {
    await start([item]);
    const network = createNetwork();
    server.drive.close();
    const other = await startScripted(keys, () => item, { drive: { network } });
    const failed = await failureOf(other.drive.info());
    expect(failed.code).toBe('tlsUntrusted');
    expect(other.asked).toHaveLength(0);
    await network.close();
    await other.close();
  });

  it('that is not there is offline', async () => {
    await start([item]);
    const network = createNetwork({ caFile: keys.caFile });
    const other = await startScripted(keys, () => item, { drive: { network } });
    await other.close();
    expect((await failureOf(other.drive.info())).code).toBe('offline');
    await network.close();
  });

  it('behind a proxy that refuses is offline and names the proxy', async () => {
    await start([item]);
    const network = createNetwork({ caFile: keys.caFile, proxy: { https: 'http://127.0.0.1:9' } });
    const other = await startScripted(keys, () => item, { drive: { network } });
    expect((await failureOf(other.drive.info())).code).toBe('offline');
    expect(other.asked).toHaveLength(0);
    await network.close();
    await other.close();
  });

  it('that is excepted from the proxy is asked directly', async () => {
    await start([item]);
    const network = createNetwork({
      caFile: keys.caFile,
      proxy: { https: 'http://127.0.0.1:9', except: '127.0.0.1' },
    });
    const other = await startScripted(keys, (asked) => opening(asked) ?? item, { drive: { network } });
    expect((await other.drive.info()).rootId).toBe('ROOT');
    await network.close();
    await other.close();
  });
});
