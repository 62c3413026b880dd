import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { Failure } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { startRig, type Rig } from '../testing/rig.ts';
import type { BrowserForms } from './code-login.ts';

const applicationId = '11111111-2222-3333-4444-555555555555';
let rig: Rig<Simulator>;
const start = async (options: Parameters<typeof startSimulator>[0] = {}): Promise<Rig<Simulator>> =>
  (rig = await startRig(await startSimulator(options)));
afterEach(() => rig.close());

interface Page {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === '::1'),
);
const isLocal = (url: string): boolean => url.startsWith('http://localhost:');

/** One page, without following where it leads. */
async function load(url: string): Promise<Page> {
  const { hostname, pathname, search, origin } = new URL(url);
  if (!isLocal(url)) {
    const answer = await rig.network.send({ method: 'GET', origin, path: pathname + search, headers: [] });
    return { status: answer.status, location: String(answer.headers['location'] ?? ''), text: '' };
  }
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      expect(hostname).toBe('localhost');
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? '', text }),
      );
    }).on('error', reject);
  });
}

/** As a browser does, whose user consents. */
async function browse(url: string): Promise<Page> {
  const page = await load(url);
  return page.location === '' ? page : browse(page.location);
}

const failure = async (promise: Promise<unknown>): Promise<Failure> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

/** Pastes nothing, and ends when the browser has come back. */
const patient: Pick<BrowserForms, 'ask' | 'tellTimeOut'> = {
  ask: (_url, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('not asked any more'))),
    ),
  tellTimeOut: () => {},
};
const newLogin = (): ReturnType<Rig['anotherLogin']> => rig.anotherLogin({ applicationId });

describe('a login in a browser on this machine', () => {
  it('starts the browser with an address that holds no secret, and tells it how the login ended', async () => {
    await start();
    await rig.tokenStore.remove();
    const login = newLogin();
    let page: Promise<Page> | null = null;
    const open: BrowserForms['open'] = async ({ startUrl, redirectUri }) => {
      expect(startUrl).toMatch(/^http:\/\/localhost:\d+\/[-0-9a-f]{36}$/);
      expect(redirectUri).toBe(new URL(startUrl).origin);
      page = browse(startUrl);
      return true;
    };
    await login.byBrowser({ ...patient, open });
    expect(await page).toMatchObject({ status: 200, text: expect.stringContaining('You are logged in.') });
    expect(await login.isStored()).toBe(true);
    await rig.anotherDrive({ tokens: login }).info();
  });

  it('takes a pasted address in the meantime, of the login that is for pasting', async () => {
    await start();
    const login = newLogin();
    await login.byBrowser({
      open: async () => true,
      ask: async (url) => {
        expect(new URL(url).searchParams.get('redirect_uri')).toMatch(/\/common\/oauth2\/nativeclient$/);
        return (await load(url)).location;
      },
      tellTimeOut: () => {},
    });
    await rig.anotherDrive({ tokens: login }).info();
  });

  it('takes the address that another browser ended on in vain', async () => {
    await start();
    const login = newLogin();
    let ended = '';
    const open: BrowserForms['open'] = async ({ startUrl }) => {
      ended = (await load((await load(startUrl)).location)).location;
      return true;
    };
    await login.byBrowser({ open, ask: async () => ended, tellTimeOut: () => {} });
    expect(isLocal(ended)).toBe(true);
    await rig.anotherDrive({ tokens: login }).info();
  });

  it('asks only for the pasted address when no browser can be started, or it has not come back in time', async () => {
    await start();
    const ask: BrowserForms['ask'] = async (url) => (await load(url)).location;
    let address = '';
    const open: BrowserForms['open'] = async ({ startUrl }) => ((address = startUrl), false);
    await newLogin().byBrowser({ ...patient, open, ask });
    await expect(load(address)).rejects.toThrow('ECONNREFUSED');

    const { promise: timedOut, resolve: tellTimeOut } = Promise.withResolvers<void>();
    await newLogin().byBrowser(
      {
        open: async ({ startUrl }) => ((address = startUrl), true),
        ask: async (url) => timedOut.then(() => ask(url, new AbortController().signal)),
        tellTimeOut,
      },
      { timeoutMs: 20 },
    );
    await expect(load(address)).rejects.toThrow('ECONNREFUSED');
  });

  it('goes on by a pasted address where the registration does not know http://localhost', async () => {
    await start({ settings: { loopbackRedirect: 'unknown' } });
    const login = newLogin();
    let page: Page | null = null;
    await login.byBrowser({
      open: async ({ startUrl }) => ((page = await browse(startUrl)), true),
      ask: async (url) => (await load(url)).location,
      tellTimeOut: () => {},
    });
    expect(page).toMatchObject({ status: 400, location: '' });
    await rig.anotherDrive({ tokens: login }).info();
  });

  it('ends when the person declines, or nobody pastes anything', async () => {
    await start();
    let page: Promise<Page> | null = null;
    const open: BrowserForms['open'] = async ({ startUrl }) => {
      const { location } = await load((await load(startUrl)).location);
      page = load(location.replace(/code=[^&]+/, 'error=access_denied&error_description=AADSTS65004%3a+no'));
      return true;
    };
    expect((await failure(newLogin().byBrowser({ ...patient, open }))).message).toContain('AADSTS65004');
    expect(await page).toMatchObject({ status: 400, text: expect.stringContaining('did not work') });

    const nothing = new Failure({ code: 'loginRequired', detail: 'nothing was pasted' });
    const ask = (): Promise<never> => Promise.reject(nothing);
    expect(await failure(newLogin().byBrowser({ ...patient, open: async () => true, ask }))).toBe(nothing);
  });

  it('says so to the browser when the code is no good', async () => {
    await start();
    let page: Promise<Page> | null = null;
    const open: BrowserForms['open'] = async ({ startUrl }) => {
      const { location } = await load((await load(startUrl)).location);
      page = load(location.replace(/code=[^&]+/, 'code=another'));
      return true;
    };
    const refused = await failure(newLogin().byBrowser({ ...patient, open }));
    expect(refused.message).toContain('AADSTS70000');
    expect(await page).toMatchObject({ status: 400, text: expect.stringContaining('did not work') });
  });

  it('without a person who pastes, gives up waiting for it', async () => {
    await start();
    const refused = await failure(newLogin().byLoopback(() => {}, { timeoutMs: 20 }));
    expect(refused.message).toContain('no answer from the browser in time');
  });
});

describe('the port of a login in a browser', () => {
  it('takes one answer, to the right address and with the right state', async () => {
    await start();
    const statuses: number[] = [];
    let done: Promise<unknown> = Promise.resolve();
    await newLogin().byLoopback(async (url) => {
      const { location: back } = await load(url);
      const { port } = new URL(back);
      const ask = async (address: string): Promise<void> => {
        statuses.push((await load(address)).status);
      };
      await ask(back.replace(/\?.*/, ''));
      await ask(back.replace('?', 'else?'));
      await ask(back.replace(/state=[^&]+/, 'state=guessed'));
      // As a page elsewhere whose name was made to mean this machine.
      statuses.push(
        await statusOf(Number(port), `GET /${new URL(back).search} HTTP/1.1\r\nHost: evil.example\r\n\r\n`),
      );
      statuses.push(
        await statusOf(
          Number(port),
          `POST /${new URL(back).search} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`,
        ),
      );
      done = Promise.allSettled([ask(back), ask(back)]);
    });
    await done;
    expect(statuses.toSorted()).toEqual([200, 400, 400, 404, 404, 404, 404]);
  });

  it('is open at both addresses of localhost, and nowhere else', async () => {
    await start();
    await newLogin().byLoopback(async (url) => {
      const { location: back } = await load(url);
      const port = Number(new URL(back).port);
      const request = `GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`;
      expect(await statusOf(port, request, '127.0.0.1')).toBe(404);
      if (hasIpv6) expect(await statusOf(port, request, '::1')).toBe(404);
      await expect(statusOf(port, request, '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
      // Answered when the login has ended.
      void load(back);
    });
  });

  // Only root can start a program as another user.
  it.runIf(process.getuid?.() === 0)('gives nothing to another user of the machine', async () => {
    await start();
    await newLogin().byLoopback(async (url) => {
      const { location: back } = await load(url);
      const asked = promisify(execFile)('curl', ['--silent', '--show-error', back], { uid: 12_345 });
      await expect(asked).rejects.toThrow(/reset|Empty reply/);
      // Answered when the login has ended.
      void load(back);
    });
  });
});

function statusOf(port: number, request: string, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    connect({ port, host })
      .on('error', reject)
      .on('data', (piece) => (text += piece.toString('latin1')))
      .on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)))
      .write(request);
  });
}
