import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { startSimulator, type FaultEffect } from '@tidemark/graph-simulator';
import { describe, expect, it } from 'vitest';
import { resolveEndpoints } from './auth/clouds.ts';
import { createLogin } from './auth/login.ts';
import { createTokenFile } from './auth/token-file.ts';
import { createGraphDrive } from './drive/graph-drive.ts';
import { createBudget } from './http/budget.ts';
import { createNetwork, type Network } from './http/network.ts';
import { createSystemRandom } from './system.ts';
import { bytesSource, hurried, memorySink, named, readRound, someBytes } from './testing/rig.ts';

/** Notes every credential that crosses the network: tokens and the queries of pre-authenticated URLs. */
function watching(network: Network, secrets: Set<string>): Network {
  const note = (text: string | undefined): void => {
    for (const [, secret] of (text ?? '').matchAll(
      /"(?:access_token|refresh_token)":"([^"]{16,})"|(?:Bearer\s|[?&](?:tempauth|access_token)=)([^"&\s]{16,})/g,
    )) {
      if (secret !== undefined) secrets.add(secret);
    }
    for (const [url] of (text ?? '').matchAll(/https:\/\/[^"\s]*(?:uploadSession|download\.aspx)[^"\s]*/g)) {
      secrets.add(url.slice(url.indexOf('?') + 1));
      const tempauth = /tempauth=([^&]+)/.exec(url)?.[1];
      if (tempauth !== undefined) secrets.add(tempauth);
    }
  };
  return {
    send: async (request) => {
      const bearer = request.headers.find((header) => header.startsWith('Bearer '));
      if (bearer !== undefined) secrets.add(bearer.slice(7));
      if (typeof request.body === 'string') {
        const token = new URLSearchParams(request.body).get('refresh_token');
        if (token !== null) secrets.add(token);
      }
      const answer = await network.send(request);
      note(answer.text);
      note(String(answer.headers['location'] ?? ''));
      return answer;
    },
    close: () => network.close(),
  };
}

const effects: readonly FaultEffect[] = [
  { type: 'drop' },
  { type: 'htmlBody', status: 200 },
  { type: 'htmlBody', status: 503 },
  { type: 'malformedBody' },
  ...[400, 401, 403, 404, 409, 410, 412, 416, 423, 429, 500, 507].map(
    (status) => ({ type: 'status', status }) as const,
  ),
];

describe('credentials', () => {
  it(
    'stand in no failure, whatever fails, and in no file but the one for the refresh token',
    { timeout: 120_000 },
    async () => {
      const secrets = new Set<string>();
      const texts: string[] = [];
      const codes = new Set<string>();
      for (const flavour of ['personal', 'business'] as const) {
        const folder = await mkdtemp(join(tmpdir(), 'tidemark-secrets-'));
        const simulator = await startSimulator({ flavour, tree: [{ path: '/a.txt', content: 'hello' }] });
        const network = watching(createNetwork({ caFile: simulator.caFile, answerTimeoutMs: 300 }), secrets);
        const endpoints = resolveEndpoints({
          graphEndpoint: simulator.graphUrl,
          loginEndpoint: simulator.loginUrl,
        });
        const path = join(folder, 'refresh_token');
        await writeFile(path, simulator.refreshToken, { mode: 0o600 });
        secrets.add(simulator.refreshToken);
        const shared = { endpoints, network, clock: hurried, random: createSystemRandom() };
        const login = createLogin({
          ...shared,
          applicationId: null,
          tenant: null,
          access: 'readWrite',
          tokenStore: createTokenFile({ path }),
        });
        const openDrive = () =>
          createGraphDrive({
            ...shared,
            tokens: login,
            budget: createBudget({ clock: hurried }),
            retry: { attemptsMax: 2, baseDelayMs: 1, delayMaxMs: 2, waitMaxMs: 5_000 },
          });
        let names = 0;
        for (const effect of effects) {
          const drive = openDrive();
          const { rootId } = await drive.info();
          names += 1;
          simulator.drive().create(`/a${names}.txt`, 'hello');
          const row = named((await readRound(drive)).rows, `a${names}.txt`);
          const fault = simulator.addFault({ effect, skip: names % 3 });
          names += 1;
          const attempts: (() => Promise<unknown>)[] = [
            () => drive.info(),
            () => drive.delta(null),
            () => drive.item(row.id),
            () => drive.download(row.id, memorySink()),
            () => drive.download(row.id, memorySink()),
            () =>
              drive.upload(
                { as: 'new', parentId: rootId, name: `n${names}` },
                bytesSource(someBytes(100)),
                1,
              ),
            () =>
              drive.upload(
                { as: 'new', parentId: rootId, name: `b${names}` },
                bytesSource(someBytes(5_000_000)),
                1,
              ),
            () => drive.createFolder(rootId, `f${names}`),
            () => drive.move(row.id, { parentId: rootId, name: `m${names}`, modifiedAt: 1 }, row.eTag),
            () => drive.delete(row.id, 'x'),
            () => login.renew('', null),
          ];
          for (const attempt of attempts) {
            await attempt().catch((error: unknown) => {
              if (!(error instanceof Failure)) throw error;
              codes.add(error.code);
              texts.push(JSON.stringify(error.details), error.message);
            });
          }
          simulator.removeFault(fault);
        }
        await network.close();
        await simulator.close();
        expect(await readdir(folder)).toEqual(['.refresh_token.lock', 'refresh_token']);
        expect(await readFile(join(folder, '.refresh_token.lock'), 'utf8')).toBe('');
        expect(secrets.has(await readFile(path, 'utf8'))).toBe(true);
        await rm(folder, { recursive: true });
      }
      // The test would see nothing if it had no secrets, no failures or only one kind of them.
      expect(secrets.size).toBeGreaterThan(20);
      expect(texts.length).toBeGreaterThan(200);
      expect(codes.size).toBeGreaterThan(8);
      const all = texts.join('\n');
      for (const secret of secrets) {
        expect(all.includes(secret)).toBe(false);
        expect(all.includes(encodeURIComponent(secret))).toBe(false);
        expect(all.includes(secret.slice(0, 40))).toBe(false);
      }
    },
  );
});
