import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server as HttpsServer } from 'node:https';
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '@tidemark/contracts';
import { certificatesIn } from '@tidemark/graph-simulator';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { createConnect, type Connection, type ConnectOptions } from './create-connect.ts';

let folder: string;
let caFile: string;
let server: HttpsServer;
let sockets: WebSocketServer;
let served: (socket: WebSocket) => void;
let port: number;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-socket-'));
});
afterAll(() => rm(folder, { recursive: true }));

beforeEach(async () => {
  const keys = await certificatesIn(folder);
  caFile = keys.caFile;
  server = createServer({ cert: keys.certificate, key: keys.privateKey });
  sockets = new WebSocketServer({ server, perMessageDeflate: true });
  served = () => undefined;
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    served(socket);
  });
  port = await listening(server);
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  for (const socket of sockets.clients) socket.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

const opened = async (options: Partial<ConnectOptions> = {}, signal?: AbortSignal): Promise<Connection> => {
  const connect = createConnect({ allowedHosts: ['127.0.0.1'], caFile, ...options });
  const connection = await connect(`wss://127.0.0.1:${port}/x?y=1`, signal === undefined ? {} : { signal });
  closing.push(() => connection.close());
  return connection;
};

it('carries text both ways, and keeps what came before anybody listened', async () => {
  const heard: string[] = [];
  const answered = Promise.withResolvers<void>();
  served = (socket) => {
    socket.send('one');
    socket.send(Buffer.from('binary is not for us'));
    socket.send('two');
    socket.on('message', (data) => {
      heard.push(String(data));
      answered.resolve();
    });
  };
  const { messages, send } = await opened();
  const said = await collected(messages, 2);
  send('thanks');
  await answered.promise;
  expect([said, heard]).toEqual([['one', 'two'], ['thanks']]);
});

it('completes when the other side closes', async () => {
  served = (socket) => socket.close(1000);
  const { messages } = await opened();
  await expect(ending(messages)).resolves.toBe('completed');
});

it('fails when the connection breaks', async () => {
  served = (socket) => socket.terminate();
  const { messages } = await opened();
  await expect(ending(messages)).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringContaining('Cannot go on listening to "127.0.0.1"'),
  });
});

it('says goodbye when it is closed, and nothing after', async () => {
  const gone = Promise.withResolvers<number>();
  served = (socket) => void socket.on('close', gone.resolve);
  const connection = await opened();
  await connection.close();
  expect(await gone.promise).toBe(1000);
  connection.send('too late');
  await connection.close();
});

it('closes when the signal aborts, also in the handshake', async () => {
  const gone = Promise.withResolvers<number>();
  served = (socket) => void socket.on('close', gone.resolve);
  const stopping = new AbortController();
  await opened({}, stopping.signal);
  stopping.abort();
  expect(await gone.promise).toBe(1000);
  await expect(opened({}, AbortSignal.abort())).rejects.toMatchObject({ code: 'offline' });
});

it.each([
  ['a long message', (socket: WebSocket) => socket.send('x'.repeat(5_000))],
  ['a message that is long only when unpacked', (socket: WebSocket) => socket.send('x'.repeat(1_000_000))],
  [
    'fragments without end',
    (socket: WebSocket) => {
      for (let index = 0; index < 100; index++) socket.send('x'.repeat(100), { fin: false });
    },
  ],
])('ends the connection over %s', async (_, send) => {
  served = send;
  const { messages } = await opened({ messageBytesMax: 4_096 });
  await expect(ending(messages)).rejects.toMatchObject({ code: 'offline' });
});

it('does not keep messages without end for nobody', async () => {
  const gone = Promise.withResolvers<void>();
  served = (socket) => {
    for (let index = 0; index < 100; index++) socket.send('x'.repeat(100));
    socket.on('close', () => gone.resolve());
  };
  const { messages } = await opened({ messageBytesMax: 4_096 });
  await gone.promise;
  await expect(ending(messages)).rejects.toMatchObject({
    message: expect.stringContaining('more messages came than anybody took'),
  });
});

it('gives up a handshake that is not answered', async () => {
  const silent = createTcpServer();
  const held: Socket[] = [];
  silent.on('connection', (socket) => held.push(socket.on('error', () => undefined)));
  port = await listening(silent);
  await expect(opened({ handshakeTimeoutMs: 50 })).rejects.toMatchObject({ code: 'timedOut' });
  for (const socket of held) socket.destroy();
  silent.close();
});

it('says in words why there is no connection', async () => {
  server.removeAllListeners('upgrade');
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n'));
  await expect(opened()).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringContaining('Cannot connect to "127.0.0.1"'),
  });
  const taken = createTcpServer();
  port = await listening(taken);
  await new Promise((resolve) => void taken.close(resolve));
  await expect(opened()).rejects.toMatchObject({
    code: 'offline',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

it('trusts only whom it was told to', async () => {
  await expect(opened({ caFile: null })).rejects.toMatchObject({ code: 'tlsUntrusted' });
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  closing.push(async () => void vi.unstubAllEnvs());
  await expect(opened({ caFile: null })).rejects.toMatchObject({ code: 'tlsUntrusted' });
  const connect = createConnect({ allowedHosts: ['localhost', '127.0.0.1'], caFile });
  await (await connect(`wss://localhost:${port}/`)).close();
});

it.each([
  'wss://example.org/',
  'wss://127.0.0.1.example.org/',
  'ws://127.0.0.1/',
  'https://127.0.0.1/',
  'wss://user:secret@127.0.0.1/',
  'not a url secret',
  `wss://127.0.0.1/${'secret'.repeat(5_000)}`,
])('opens no socket to %s', async (url) => {
  const connect = createConnect({ allowedHosts: ['127.0.0.1', '*.svc.ms'], caFile });
  const failure = await connect(url).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ code: 'accessDenied' });
  expect(String(failure)).not.toContain('secret');
});

it('goes through a proxy', async () => {
  served = (socket) => socket.send('through');
  const asked: string[] = [];
  const proxy = createTcpServer((client) => {
    client.once('data', (head) => {
      asked.push(String(head).split('\r\n')[0] ?? '');
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      const behind = connectTcp(port, '127.0.0.1').on('error', () => undefined);
      client.pipe(behind).pipe(client);
    });
    client.on('error', () => undefined);
  });
  const proxyPort = await listening(proxy);
  const { messages } = await opened({ proxy: { https: `http://127.0.0.1:${proxyPort}` } });
  expect(await collected(messages, 1)).toEqual(['through']);
  expect(asked).toEqual([`CONNECT 127.0.0.1:${port} HTTP/1.1`]);
  for (const close of closing.splice(0)) await close();
  proxy.close();
});

it('reads the authority file, and says when it is not there', async () => {
  expect(readFileSync(caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
  await expect(opened({ caFile: join(folder, 'no.pem') })).rejects.toMatchObject({ code: 'ENOENT' });
});

function listening(what: Server): Promise<number> {
  return new Promise((resolve) => {
    what.listen(0, '127.0.0.1', () => resolve((what.address() as AddressInfo).port));
  });
}

function collected(messages: Connection['messages'], count: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    messages.subscribe({
      next: (text) => {
        said.push(text);
        if (said.length === count) resolve(said);
      },
      error: reject,
    });
  });
}

function ending(messages: Connection['messages']): Promise<'completed'> {
  return new Promise((resolve, reject) => {
    messages.subscribe({ error: reject, complete: () => resolve('completed') });
  });
}
