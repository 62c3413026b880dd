import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { Failure } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.ts';
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

/** Pastes nothing, and ends when the browser has come back. */
const patient: Pick<BrowserForms, 'ask' | 'tellNotWaiting'> = {
  ask: (_url, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('not asked any more'))),
    ),
  tellNotWaiting: () => {},
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
      tellNotWaiting: () => {},
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
    await login.byBrowser({ open, ask: async () => ended, tellNotWaiting: () => {} });
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

    const { promise: timedOut, resolve: tellNotWaiting } = Promise.withResolvers<string>();
    await newLogin().byBrowser(
      {
        open: async ({ startUrl }) => ((address = startUrl), true),
        ask: async (url) => timedOut.then(() => ask(url, new AbortController().signal)),
        tellNotWaiting,
      },
      { timeoutMs: 20 },
    );
    expect(await timedOut).toBe('it has not come back in time');
    await expect(load(address)).rejects.toThrow('ECONNREFUSED');
  });

  it('goes on by a pasted address where the registration does not know http://localhost', async () => {
    await start({ settings: { loopbackRedirect: 'unknown' } });
    const login = newLogin();
    let page: Page | null = null;
    await login.byBrowser({
      open: async ({ startUrl }) => ((page = await browse(startUrl)), true),
      ask: async (url) => (await load(url)).location,
      tellNotWaiting: () => {},
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
    expect((await failureOf(newLogin().byBrowser({ ...patient, open }))).message).toContain('AADSTS65004');
    expect(await page).toMatchObject({ status: 400, text: expect.stringContaining('did not work') });

    const nothing = new Failure({ code: 'loginRequired', detail: 'nothing was pasted' });
    const ask = (): Promise<never> => Promise.reject(nothing);
    expect(await failureOf(newLogin().byBrowser({ ...patient, open: async () => true, ask }))).toBe(nothing);
  });

  it('says so to the browser when the code is no good', async () => {
    await start();
    let page: Promise<Page> | null = null;
    const open: BrowserForms['open'] = async ({ startUrl }) => {
      const { location } = await load((await load(startUrl)).location);
      page = load(location.replace(/code=[^&]+/, 'code=another'));
      return true;
    };
    const refused = await failureOf(newLogin().byBrowser({ ...patient, open }));
    expect(refused.message).toContain('AADSTS70000');
    expect(await page).toMatchObject({ status: 400, text: expect.stringContaining('did not work') });
  });

  it('without a person who pastes, gives up waiting for it', async () => {
    await start();
    const refused = await failureOf(newLogin().byLoopback(() => {}, { timeoutMs: 20 }));
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
      const { search, origin, port } = new URL(back);
      const host = `Host: localhost:${port}`;
      for (const request of [
        `GET / HTTP/1.1\r\n${host}`,
        `GET /else${search} HTTP/1.1\r\n${host}`,
        `GET /${search.replace(/state=[^&]+/, 'state=guessed')} HTTP/1.1\r\n${host}`,
        `POST /${search} HTTP/1.1\r\n${host}`,
        // As a page elsewhere whose name was made to mean this machine.
        `GET /${search} HTTP/1.1\r\nHost: evil.example`,
      ])
        statuses.push(await statusOf(await connected(origin), request));
      // Both are there before the first of them is read.
      const both = [await connected(origin), await connected(origin)];
      done = Promise.all(both.map((socket) => statusOf(socket, `GET /${search} HTTP/1.1\r\n${host}`))).then(
        (two) => statuses.push(...two),
      );
    });
    await done;
    expect(statuses).toEqual([404, 404, 400, 404, 404, 200, 400]);
  });

  it('is open at both addresses of localhost, and nowhere else', async () => {
    await start();
    await newLogin().byLoopback(async (url) => {
      const { location: back } = await load(url);
      const { origin, port } = new URL(back);
      const request = `GET / HTTP/1.1\r\nHost: localhost:${port}`;
      expect(await statusOf(await connected(origin, '127.0.0.1'), request)).toBe(404);
      if (hasIpv6) expect(await statusOf(await connected(origin, '::1'), request)).toBe(404);
      await expect(connected(origin, '127.0.0.2')).rejects.toThrow('ECONNREFUSED');
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

function connected(origin: string, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(origin).port), host }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** `head`: of a request without a body. */
function statusOf(socket: Socket, head: string): Promise<number> {
  return new Promise((resolve) => {
    let text = '';
    socket
      .on('data', (piece) => (text += piece.toString('latin1')))
      .on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)))
      .write(`${head}\r\n\r\n`);
  });
}
