import { chmod, readFile, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.ts';
import { startRig, type Rig } from '../testing/rig.ts';
import { peerApplicationId } from './registration.ts';
import { createTokenFile, realTokenFileSteps, type TokenFileSteps } from './token-file.ts';
import { createNetwork } from '../http/network.ts';

const applicationId = '11111111-2222-3333-4444-555555555555';
let rig: Rig<Simulator>;
const start = async (options: Parameters<typeof startSimulator>[0] = {}): Promise<Rig<Simulator>> =>
  (rig = await startRig(await startSimulator(options)));
afterEach(() => rig.close());

const storedToken = () => readFile(rig.tokenStore.path, 'utf8');
/** Follows the sign-in page's redirect as a browser would, without loading where it leads. */
async function browse(url: string): Promise<string> {
  const target = new URL(url);
  const answer = await rig.network.send({
    method: 'GET',
    origin: target.origin,
    path: target.pathname + target.search,
    headers: [],
  });
  return String(answer.headers['location']);
}
describe('a stored refresh token', () => {
  it.each(['sent', 'omitted'] as const)(
    'opens the drive and is replaced by its successor (id token %s)',
    async (idToken) => {
      await start({ settings: { idToken } });
      await rig.drive.info();
      const rotated = await storedToken();
      expect(rotated).not.toBe(rig.simulator.refreshToken);
      expect((await stat(rig.tokenStore.path)).mode & 0o777).toBe(0o600);
      // A new process starts from the successor alone.
      rig.simulator.set({ refreshRotation: 'revokesOld' });
      const next = rig.anotherLogin();
      await next.accessToken();
      expect(await storedToken()).not.toBe(rotated);
    },
  );

  it('tells which permissions it still has, once it was redeemed', async () => {
    await start({ settings: { grants: 'reading' } });
    expect(rig.login.granted()).toEqual([]);
    await rig.login.accessToken();
    expect(rig.login.granted()).toEqual(expect.arrayContaining(['Files.Read.All', 'Sites.Read.All']));
    expect(rig.login.granted().join(' ')).not.toContain('Write');
  });

  it('is redeemed once for many who ask at the same time', async () => {
    await start();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => rig.login.accessToken()));
    expect(new Set(tokens).size).toBe(1);
    expect(rig.simulator.counters().byKind.token).toBe(1);
  });

  it('is redeemed by one process at a time: none loses what the other has got', async () => {
    await start({ settings: { refreshRotation: 'revokesOld' } });
    const others = Array.from({ length: 4 }, () => rig.anotherLogin());
    const tokens = await Promise.all([rig.login, ...others].map((login) => login.accessToken()));
    expect(new Set(tokens).size).toBe(5);
    expect(await rig.anotherLogin().accessToken()).not.toBe('');
  });

  it('is redeemed once when many are refused with the same access token', async () => {
    await start();
    await rig.drive.info();
    rig.simulator.expireAccessTokens();
    await Promise.all([rig.drive.info(), rig.drive.info(), rig.drive.info()]);
    expect(rig.simulator.counters().byKind.token).toBe(2);
  });

  it('may have white space around it, as an editor leaves it', async () => {
    await start();
    await writeFile(rig.tokenStore.path, `\n${rig.simulator.refreshToken}\n`, { mode: 0o600 });
    await rig.login.accessToken();
  });

  it('that was replaced behind our back is read again', async () => {
    await start();
    await rig.login.accessToken();
    const first = await storedToken();
    const other = rig.anotherLogin();
    await other.accessToken();
    rig.simulator.set({ refreshRotation: 'revokesOld' });
    await rig.login.renew(String(await rig.login.accessToken()), null);
    expect(await storedToken()).not.toBe(first);
  });

  it.each([0o640, 0o604, 0o644])(
    'that others can read (mode %o) becomes private, and that is said once',
    async (mode) => {
      await start();
      const { path } = rig.tokenStore;
      await chmod(path, mode);
      const lines: string[] = [];
      const tokenStore = createTokenFile({ path, warn: (line) => lines.push(line) });
      await rig.anotherLogin({ tokenStore }).accessToken();
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(lines).toEqual([
        `WARNING: Others could read the login in "${path}" (mode 0${mode.toString(8)}); only its owner can now (mode 0600)`,
      ]);
    },
  );

  it('that others can read stays as it is in a dry run, which says what to do', async () => {
    await start();
    const { path } = rig.tokenStore;
    await chmod(path, 0o644);
    const lines: string[] = [];
    const tokenStore = createTokenFile({ path, rotation: 'kept', warn: (line) => lines.push(line) });
    await rig.anotherLogin({ tokenStore }).accessToken();
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    expect(lines).toEqual([expect.stringContaining(`run: chmod 600 "${path}"`)]);
  });

  it('that is a symbolic link is neither read nor written', async () => {
    await start();
    const elsewhere = join(rig.folder, 'elsewhere');
    await writeFile(elsewhere, rig.simulator.refreshToken, { mode: 0o600 });
    await unlink(rig.tokenStore.path);
    await symlink(elsewhere, rig.tokenStore.path);
    expect((await failureOf(rig.login.accessToken())).code).toBe('diskDenied');
    expect((await failureOf(rig.tokenStore.write('planted'))).code).toBe('diskDenied');
    expect(await readFile(elsewhere, 'utf8')).toBe(rig.simulator.refreshToken);
  });

  it('that is empty or missing asks for a login in the known words', async () => {
    await start();
    await writeFile(rig.tokenStore.path, '');
    const empty = await failureOf(rig.login.accessToken());
    expect(empty.details).toEqual({
      code: 'loginRequired',
      detail: `RefreshToken file exists but is empty: ${rig.tokenStore.path}`,
    });
    await rig.tokenStore.remove();
    expect((await failureOf(rig.login.accessToken())).code).toBe('loginRequired');
    expect(await rig.login.isStored()).toBe(false);
  });

  it('that was revoked asks for a login and stays where it is', async () => {
    await start();
    rig.simulator.revokeSignIn();
    const refused = await failureOf(rig.login.accessToken());
    expect(refused.code).toBe('loginRequired');
    expect(refused.message).toMatch(/^Cannot renew the login: AADSTS\d+, .*log in again$/);
    expect(await storedToken()).toBe(rig.simulator.refreshToken);
    // Whoever else asks gets the same answer without another request; another token is tried at once.
    await Promise.all([failureOf(rig.login.accessToken()), failureOf(rig.drive.info())]);
    expect((await failureOf(rig.login.accessToken())).code).toBe('loginRequired');
    expect(rig.simulator.counters().byKind.token).toBe(1);
    await writeFile(rig.tokenStore.path, 'M.C_simulated.another', { mode: 0o600 });
    await failureOf(rig.login.accessToken());
    expect(rig.simulator.counters().byKind.token).toBe(2);
  });

  it.each([
    ['a 503', { type: 'status', status: 503 } as const, 'serviceUnavailable'],
    ['a web page', { type: 'htmlBody', status: 200 } as const, 'offline'],
    ['a dropped connection', { type: 'drop' } as const, 'offline'],
    ['silence', { type: 'hang' } as const, 'timedOut'],
  ])('survives %s at the token endpoint', async (_what, effect, code) => {
    await start();
    const network = createNetwork({ caFile: rig.simulator.caFile, answerTimeoutMs: 300 });
    const fault = rig.simulator.addFault({ kind: 'token', effect });
    const login = rig.anotherLogin({ network });
    expect((await failureOf(login.accessToken())).code).toBe(code);
    expect(await storedToken()).toBe(rig.simulator.refreshToken);
    rig.simulator.removeFault(fault);
    expect(await login.accessToken()).not.toBe('');
    await network.close();
  });

  it('survives an outage that passes while it waits', async () => {
    await start();
    rig.simulator.addFault({
      kind: 'token',
      times: 2,
      effect: { type: 'status', status: 503, headers: { 'retry-after': '1' } },
    });
    expect(await rig.login.accessToken()).not.toBe('');
  });

  it('is not rewritten in a dry run', async () => {
    await start();
    const tokenStore = createTokenFile({ path: rig.tokenStore.path, rotation: 'kept' });
    await rig.anotherLogin({ tokenStore }).accessToken();
    expect(await storedToken()).toBe(rig.simulator.refreshToken);
  });
});

describe('rotation', () => {
  const names = ['unlink', 'create', 'write', 'sync', 'rename', 'syncDirectory'] as const;

  /** The machine stops before or after one step; later steps do not happen either. */
  function stoppingAt(
    name: (typeof names)[number],
    moment: 'before' | 'after',
    code: string,
  ): TokenFileSteps {
    let stopped = false;
    const guard =
      <Arguments extends unknown[], Result>(
        step: (typeof names)[number],
        act: (...given: Arguments) => Promise<Result>,
      ) =>
      async (...given: Arguments): Promise<Result> => {
        const stop = Object.assign(new Error(code), { code });
        if (stopped || (step === name && moment === 'before')) {
          stopped = true;
          throw stop;
        }
        const result = await act(...given);
        if (step !== name) return result;
        stopped = true;
        if (
          result !== null &&
          typeof result === 'object' &&
          'close' in result &&
          typeof result.close === 'function'
        ) {
          await result.close();
        }
        throw stop;
      };
    const real = realTokenFileSteps;
    return {
      unlink: guard('unlink', real.unlink),
      create: guard('create', real.create),
      write: guard('write', real.write),
      sync: guard('sync', real.sync),
      rename: guard('rename', real.rename),
      syncDirectory: guard('syncDirectory', real.syncDirectory),
    };
  }

  it.each(names.flatMap((name) => [[name, 'before'] as const, [name, 'after'] as const]))(
    'stopped at %s (%s) leaves a login that works',
    async (name, moment) => {
      await start();
      const { path } = rig.tokenStore;
      // What an earlier stop may have left.
      await writeFile(join(rig.folder, '.refresh_token.new'), 'half a tok', { mode: 0o600 });
      const steps = stoppingAt(name, moment, 'ENOSPC');
      const login = rig.anotherLogin({ tokenStore: createTokenFile({ path, steps }) });
      const refused = await failureOf(login.accessToken());
      expect(refused.code).toBe('diskFull');
      // The access token is not used before its refresh token is safe.
      expect(rig.simulator.counters().byKind.driveRead).toBe(0);
      const after = rig.anotherLogin();
      expect(await after.accessToken()).not.toBe('');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    },
  );

  it('that found the disk full is completed later with the same token, without asking the service again', async () => {
    await start({ settings: { refreshRotation: 'revokesOld' } });
    const { path } = rig.tokenStore;
    let isFull = true;
    const steps: TokenFileSteps = {
      ...realTokenFileSteps,
      sync: async (file) => {
        // As Node says EDQUOT.
        if (isFull) throw Object.assign(new Error('quota'), { code: 'Unknown system error -122' });
        await realTokenFileSteps.sync(file);
      },
    };
    const login = rig.anotherLogin({ tokenStore: createTokenFile({ path, steps }) });
    expect((await failureOf(login.accessToken())).code).toBe('diskFull');
    isFull = false;
    expect(await login.accessToken()).not.toBe('');
    expect(rig.simulator.counters().byKind.token).toBe(1);
    await rig.anotherLogin().accessToken();
  });

  it('falls back to the token before when the stored one turns out not to work', async () => {
    await start();
    const token = await rig.login.accessToken();
    await writeFile(rig.tokenStore.path, 'M.C_simulated.damaged', { mode: 0o600 });
    expect(await rig.login.renew(token, null)).not.toBe('');
    expect(await storedToken()).not.toBe('M.C_simulated.damaged');
  });
});

describe('a new login', () => {
  it('by a pasted address stores its refresh token', async () => {
    await start();
    await rig.tokenStore.remove();
    const login = rig.anotherLogin({ applicationId });
    let opened = '';
    await login.byPastedUrl(async (url) => browse((opened = url)));
    const query = new URL(opened).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('scope')?.split(' ')).toEqual(
      expect.arrayContaining([
        'Files.ReadWrite',
        'Files.ReadWrite.All',
        'Sites.ReadWrite.All',
        'offline_access',
      ]),
    );
    expect(await storedToken()).toMatch(/^M\.C_simulated\./);
    await rig.anotherDrive({ tokens: login }).info();
  });

  it('asks for reading only when told so', async () => {
    await start();
    let opened = '';
    await rig
      .anotherLogin({ applicationId, access: 'readOnly' })
      .byPastedUrl(async (url) => browse((opened = url)));
    const asked = new URL(opened).searchParams.get('scope') ?? '';
    expect(asked).toContain('Files.Read.All');
    expect(asked).not.toContain('Write');
  });

  it.each([
    [
      'another state',
      (url: string) => url.replace(/state=[^&]+/, 'state=other'),
      /does not belong to this login/,
    ],
    ['no code', (url: string) => url.replace(/code=[^&]+/, ''), /no code/],
    ['no address at all', () => 'yes', /does not belong to this login/],
    [
      'a refusal',
      (url: string) => url.replace(/code=[^&]+/, 'error=access_denied&error_description=AADSTS65005%3a+no'),
      /AADSTS65005/,
    ],
    [
      'a code that a browser extension shortened',
      (url: string) => url.replace(/(code=[^&]{10})[^&]+/, '$1'),
      /AADSTS70000/,
    ],
  ])('refuses a pasted address with %s', async (_what, change, text) => {
    await start();
    const login = rig.anotherLogin({ applicationId });
    const refused = await failureOf(login.byPastedUrl(async (url) => change(await browse(url))));
    expect(refused.code).toMatch(/^login/);
    expect(refused.message).toMatch(text);
  });

  it('by device code shows the code and waits for the decision', async () => {
    await start();
    const login = rig.anotherLogin({ applicationId });
    await login.byDeviceCode((code) => {
      expect(code.verificationUrl).toBe('https://microsoft.com/devicelogin');
      expect(rig.simulator.decideDeviceCode('approved', code.userCode)).toBe(1);
    });
    await rig.anotherDrive({ tokens: login }).info();
  });

  it('by device code that is declined says so', async () => {
    await start();
    const login = rig.anotherLogin({ applicationId });
    const refused = await failureOf(
      login.byDeviceCode((code) => {
        rig.simulator.decideDeviceCode('declined', code.userCode);
      }),
    );
    expect(refused.code).toBe('loginRefused');
    expect(refused.message).toContain('declined');
  });

  it.each([null, peerApplicationId])(
    'without an application of the user (%s) names who leads to one',
    async (id) => {
      await start();
      const refused = await failureOf(rig.anotherLogin({ applicationId: id }).byDeviceCode(() => {}));
      expect(refused.code).toBe('loginRequired');
      expect(refused.message).toMatch(
        /no application_id is configured\. "tidemark auth" takes you through it/,
      );
      expect(rig.simulator.counters().total).toBe(0);
    },
  );

  it('of an application for one tenant names the setting that is missing', async () => {
    await start({ settings: { tenancy: 'single' } });
    const refused = await failureOf(rig.anotherLogin({ applicationId }).byDeviceCode(() => {}));
    expect(refused.code).toBe('loginRefused');
    expect(refused.message).toContain('azure_tenant_id');
  });

  it('can be forgotten', async () => {
    await start();
    await rig.login.accessToken();
    await rig.login.forget();
    expect(await rig.login.isStored()).toBe(false);
    expect((await failureOf(rig.login.accessToken())).code).toBe('loginRequired');
  });
});
