import { createServer as createProxy } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn } from '@tidemark/graph-simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startScripted, type ServerKeys } from '../testing/scripted-server.ts';
import { createNetwork, type Network } from './network.ts';
import { TransportFault } from './transport-fault.ts';

let keys: ServerKeys;
let folder: string;
const closing: (() => Promise<unknown> | unknown)[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-keys-'));
  keys = await certificatesIn(folder);
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const networkOf = (options: Parameters<typeof createNetwork>[0]): Network => {
  const network = createNetwork({ caFile: keys.caFile, ...options });
  closing.push(() => network.close());
  return network;
};
const faultOf = async (promise: Promise<unknown>): Promise<TransportFault> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof TransportFault) return error;
  throw error;
};
const get = (network: Network, origin: string) =>
  network.send({ method: 'GET', origin, path: '/x', headers: [] });

async function startProxy(
  verdict: 'open' | 'refuse',
): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const proxy = createProxy();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    if (verdict === 'refuse') {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket);
      socket.pipe(target);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
    closing.push(() => target.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}

describe('the network', () => {
  it('goes through a proxy by a tunnel and checks the certificate behind it', async () => {
    const server = await startScripted(keys, () => ({ json: { ok: true } }));
    closing.push(() => server.close());
    const proxy = await startProxy('open');
    const answer = await get(networkOf({ proxy: { https: proxy.url } }), server.origin);
    expect(JSON.parse(answer.text)).toEqual({ ok: true });
    expect(proxy.asked).toEqual([server.origin.slice('https://'.length)]);
    const trusting = createNetwork({ proxy: { https: proxy.url } });
    closing.push(() => trusting.close());
    expect((await faultOf(get(trusting, server.origin))).kind).toBe('untrusted');
  });

  it.each<[string, 'open' | null]>([
    ['to the server', null],
    ['through a proxy', 'open'],
  ])('checks certificates %s also when the environment says not to', async (_, through) => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    closing.push(() => vi.unstubAllEnvs());
    const server = await startScripted(keys, () => ({ json: { ok: true } }));
    closing.push(() => server.close());
    const proxy = through === null ? null : { https: (await startProxy(through)).url };
    const network = networkOf({ caFile: null, proxy });
    expect((await faultOf(get(network, server.origin))).kind).toBe('untrusted');
    expect(server.asked).toEqual([]);
  });

  it('names a proxy that refuses', async () => {
    const proxy = await startProxy('refuse');
    const fault = await faultOf(get(networkOf({ proxy: { https: proxy.url } }), 'https://localhost:1'));
    expect(fault).toMatchObject({ kind: 'refusedByProxy', sent: false });
    expect(fault.message).toContain('407');
  });

  it('does not wait for ever for a connection', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(() => mute.close());
    const { port } = mute.address() as AddressInfo;
    const fault = await faultOf(get(networkOf({ connectTimeoutMs: 100 }), `https://127.0.0.1:${port}`));
    expect(fault).toMatchObject({ kind: 'timedOut', sent: false });
  });

  it('knows whether the server may have seen the request', async () => {
    const network = networkOf({ answerTimeoutMs: 100 });
    expect(await faultOf(get(network, 'https://127.0.0.1:9'))).toMatchObject({
      kind: 'unreachable',
      sent: false,
    });
    const server = await startScripted(keys, (asked) => (asked.url === '/x' ? 'cut' : 'silence'));
    closing.push(() => server.close());
    expect(await faultOf(get(network, server.origin))).toMatchObject({ kind: 'interrupted', sent: true });
    const silent = network.send({ method: 'GET', origin: server.origin, path: '/y', headers: [] });
    expect(await faultOf(silent)).toMatchObject({ kind: 'timedOut', sent: true });
  });

  it('gives a streamed body the time it needs while it moves, and not when it stops', async () => {
    const server = await startScripted(keys, () => ({ json: {} }));
    closing.push(() => server.close());
    const network = networkOf({ answerTimeoutMs: 250 });
    const send = (pieces: number, delayMs: number) =>
      network.send({
        method: 'PUT',
        origin: server.origin,
        path: '/x',
        headers: ['content-length', String(pieces)],
        body: (async function* () {
          for (let piece = 0; piece < pieces; piece += 1) {
            await new Promise((resolve) => setTimeout(resolve, delayMs));
            yield Buffer.from('x');
          }
        })(),
        bodySizeBytes: pieces,
      });
    expect((await send(12, 50)).status).toBe(200);
    expect(server.asked[0]?.body).toBe('x'.repeat(12));
  });

  it('breaks off what is under way when it is closed, and opens nothing afterwards', async () => {
    const server = await startScripted(keys, () => 'silence');
    closing.push(() => server.close());
    const network = networkOf({});
    const under = faultOf(get(network, server.origin));
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await network.close();
    expect((await under).sent).toBe(true);
    expect(await faultOf(get(network, server.origin))).toMatchObject({ kind: 'aborted', sent: false });
  });

  it('says before anything is sent that it was stopped', async () => {
    const controller = new AbortController();
    controller.abort();
    const network = networkOf({});
    const stopped = network.send({
      method: 'GET',
      origin: 'https://127.0.0.1:9',
      path: '/',
      headers: [],
      signal: controller.signal,
    });
    expect(await faultOf(stopped)).toMatchObject({ kind: 'aborted', sent: false });
  });

  it('waits no longer when it is stopped while connecting', async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    closing.push(() => mute.close());
    const controller = new AbortController();
    const network = networkOf({ connectTimeoutMs: 2_000 });
    const { port } = mute.address() as AddressInfo;
    const stopped = network.send({
      method: 'GET',
      origin: `https://127.0.0.1:${port}`,
      path: '/',
      headers: [],
      signal: controller.signal,
    });
    controller.abort();
    expect(await faultOf(stopped)).toMatchObject({ kind: 'aborted', sent: false });
  });
});
