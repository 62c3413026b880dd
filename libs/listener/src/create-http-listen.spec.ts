import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, IncomingRequest, Listening } from '@tidemark/contracts';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpListen } from './create-http-listen.ts';
import type { ListenLimits } from './limits.ts';
import { openRaw, post, statusesIn } from './testing/raw.ts';

const open: Listening[] = [];
afterEach(() => Promise.all(open.splice(0).map((listening) => listening.close())));

const bodyBytesMax = 64 * 1024;
const limits: Partial<ListenLimits> = { headersTimeoutMs: 200, requestTimeoutMs: 400, checkIntervalMs: 50 };

async function start(
  changes: Partial<ListenLimits> = {},
  answer: (request: IncomingRequest) => Promise<Answer> = async () => ({ status: 202 }),
) {
  const seen: IncomingRequest[] = [];
  const listen = createHttpListen({ ...limits, ...changes });
  const refused: Record<string, number> = {};
  const onRefused = (reason: string): void => void (refused[reason] = (refused[reason] ?? 0) + 1);
  const listening = await listen({ host: '127.0.0.1', port: 0, bodyBytesMax, onRefused }, (request) => {
    seen.push(request);
    return answer(request);
  });
  open.push(listening);
  return { listening, seen, refused, port: listening.port };
}

/** Sends it on a connection of its own and returns everything that comes back until it is closed or answered. */
async function exchange(port: number, bytes: string): Promise<string> {
  const raw = await openRaw(port);
  raw.send(bytes);
  const text = await raw.answers(1);
  raw.socket.destroy();
  return text;
}

describe('requests', () => {
  it('are handed over as they came, and answered as told', async () => {
    const { port, seen } = await start({}, async () => ({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'größe',
    }));
    const text = await exchange(
      port,
      post(['Content-Length: 4', 'X-Forwarded-For: 9.9.9.9'], 'body', '/a?b=c+d%20e'),
    );
    expect(text).toContain('HTTP/1.1 200 OK');
    expect(text).toContain('content-length: 7');
    expect(Buffer.from(text, 'latin1').toString()).toMatch(/\r\n\r\ngröße$/);
    expect(seen).toMatchObject([{ method: 'POST', target: '/a?b=c+d%20e', remoteAddress: '127.0.0.1' }]);
    expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe('body');
    expect(seen[0]?.headers['x-forwarded-for']).toBe('9.9.9.9');
  });

  it('may come in chunks, and several on one connection', async () => {
    const { port, seen } = await start();
    const raw = await openRaw(port);
    raw.send(post(['Transfer-Encoding: chunked'], '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n'));
    await raw.answers(1);
    raw.send(post(['Content-Length: 1'], 'f'));
    expect(statusesIn(await raw.answers(2))).toEqual([202, 202]);
    raw.socket.destroy();
    expect(seen.map(({ body }) => Buffer.from(body).toString())).toEqual(['abcde', 'f']);
  });

  it('are answered however long that takes, when all of the request is there', async () => {
    const silenceMaxMs = 500;
    const { port } = await start({}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 3 * silenceMaxMs));
      return { status: 200 };
    });
    expect(statusesIn(await exchange(port, post(['Content-Length: 1'], 'f')))).toEqual([200]);
  });

  it('whose answer fails get a 500 without a word about why', async () => {
    const { port, refused } = await start({}, () => Promise.reject(new Error('canary')));
    const text = await exchange(port, post(['Content-Length: 0']));
    expect(statusesIn(text)).toEqual([500]);
    expect(text).not.toContain('canary');
    expect(refused).toEqual({ failed: 1 });
  });
});

describe('requests that two readers could understand differently', () => {
  const chunk = '0\r\n\r\n';
  const smuggled = 'POST /smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n';
  it.each([
    ['a length beside chunks', post(['Content-Length: 3', 'Transfer-Encoding: chunked'], chunk)],
    ['chunks beside a length', post(['Transfer-Encoding: chunked', 'Content-Length: 3'], chunk)],
    ['two equal lengths', post(['Content-Length: 3', 'Content-Length: 3'], 'abc')],
    ['two different lengths', post(['Content-Length: 3', 'Content-Length: 0'], 'abc')],
    ['two lengths in one', post(['Content-Length: 3, 3'], 'abc')],
    ['a signed length', post(['Content-Length: +3'], 'abc')],
    ['a length in hexadecimal', post(['Content-Length: 0x3'], 'abc')],
    ['a coding before chunks', post(['Transfer-Encoding: gzip, chunked'], chunk)],
    ['chunks twice', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunk)],
    ['chunks and something else', post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], chunk)],
    ['a coding that looks like chunks', post(['Transfer-Encoding: xchunked'], chunk)],
    ['chunks in quotes', post(['Transfer-Encoding: "chunked"'], chunk)],
    ['a blank before the colon', post(['Transfer-Encoding : chunked'], chunk)],
    ['chunks in HTTP/1.0', post(['Transfer-Encoding: chunked'], chunk).replace('HTTP/1.1', 'HTTP/1.0')],
    ['a folded header', post(['X: a\r\n b', 'Content-Length: 0'])],
    ['a header that is folded into a length', post(['X: a\r\n Content-Length: 5'])],
    ['bare line feeds', post(['Content-Length: 0']).replaceAll('\r\n', '\n')],
    ['one bare line feed', post(['X: a\nContent-Length: 3'], 'abc')],
    ['a bare carriage return', post(['X: a\rContent-Length: 3'])],
    ['bare line feeds between chunks', post(['Transfer-Encoding: chunked'], '1\nx\n0\n\n')],
    ['a chunk longer than it says', post(['Transfer-Encoding: chunked'], `1\r\nxyz\r\n${chunk}`)],
    ['a zero byte in a header', post(['X: \0', 'Content-Length: 0'])],
    ['an absolute target', post(['Content-Length: 0'], '', 'http://elsewhere.example.org/hook')],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['two hosts', post(['Host: elsewhere.example.org', 'Content-Length: 0'])],
    ['no host', 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n'],
    ['two content types', post(['Content-Type: a/b', 'Content-Type: c/d', 'Content-Length: 0'])],
    ['another version', post(['Content-Length: 0']).replace('HTTP/1.1', 'HTTP/3.9')],
  ])('are refused: %s', async (_, bytes) => {
    const { port, seen } = await start();
    const raw = await openRaw(port);
    raw.send(bytes + smuggled);
    await raw.closed();
    // One refusal, and what was sent behind it is not even looked at.
    expect(statusesIn(raw.text())).toEqual([400]);
    expect(seen).toEqual([]);
  });

  it.each([
    ['an upgrade', post(['Upgrade: websocket', 'Connection: Upgrade', 'Content-Length: 0']), [400]],
    ['an upgrade to HTTP/2', post(['Upgrade: h2c', 'Connection: Upgrade', 'Content-Length: 0']), [400]],
    ['an expectation', post(['Expect: 100-continue', 'Content-Length: 3'], 'abc'), [417]],
    ['another expectation', post(['Expect: tea', 'Content-Length: 0']), [417]],
    ['a tunnel', 'CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere:443\r\n\r\n', []],
  ])('and so is %s', async (_, bytes, statuses) => {
    const { port, seen, refused } = await start();
    const raw = await openRaw(port);
    raw.send(bytes + smuggled);
    await raw.closed();
    expect(statusesIn(raw.text())).toEqual(statuses);
    expect(seen).toEqual([]);
    expect(refused).toEqual({ notSupported: 1 });
  });
});

describe('limits', () => {
  it.each([
    ['says it is larger', (size: number) => post([`Content-Length: ${size}`]), ''],
    [
      'comes in one chunk',
      (size: number) => post(['Transfer-Encoding: chunked'], `${size.toString(16)}\r\n`),
      'x',
    ],
  ])('a body that %s than allowed is not read', async (_, head, filling) => {
    const { port, seen, refused } = await start();
    const raw = await openRaw(port);
    raw.send(head(bodyBytesMax + 1));
    if (filling !== '') raw.send(filling.repeat(bodyBytesMax + 1));
    await raw.closed();
    expect(statusesIn(raw.text()).filter((status) => status !== 413)).toEqual([]);
    expect(seen).toEqual([]);
    expect(refused).toEqual({ tooLarge: 1 });
  });

  it('a body of exactly the size is read, in chunks of one byte too, without costing more', async () => {
    const { port, seen } = await start({ requestTimeoutMs: 20_000 });
    expect(
      statusesIn(await exchange(port, post([`Content-Length: ${bodyBytesMax}`], 'x'.repeat(bodyBytesMax)))),
    ).toEqual([202]);
    const chunks = `${'1\r\nx\r\n'.repeat(bodyBytesMax)}0\r\n\r\n`;
    expect(statusesIn(await exchange(port, post(['Transfer-Encoding: chunked'], chunks)))).toEqual([202]);
    expect(seen.map(({ body }) => body.length)).toEqual([bodyBytesMax, bodyBytesMax]);
    for (const { body } of seen) expect(body.buffer.byteLength).toBeLessThanOrEqual(bodyBytesMax);
  });

  it('100 MiB of body cost no more memory than the limit', async () => {
    const { port, refused } = await start({ requestTimeoutMs: 20_000 });
    const before = process.memoryUsage().rss;
    const raw = await openRaw(port);
    raw.send(post(['Transfer-Encoding: chunked'], `${(100 << 20).toString(16)}\r\n`));
    const piece = Buffer.alloc(1 << 20);
    for (let sent = 0; sent < 100 && !raw.socket.destroyed; sent += 1) {
      raw.send(piece);
      if (raw.socket.writableNeedDrain)
        await Promise.race([new Promise((resolve) => raw.socket.once('drain', resolve)), raw.closed()]);
    }
    await raw.closed();
    expect(raw.socket.bytesWritten).toBeLessThan(20 << 20);
    expect(refused).toEqual({ tooLarge: 1 });
    expect(process.memoryUsage().rss - before).toBeLessThan(48 << 20);
  });

  it('headers of more than 8 KiB are refused', async () => {
    const { port, refused } = await start();
    const raw = await openRaw(port);
    raw.send(post([`X: ${'x'.repeat(9_000)}`]));
    await raw.closed();
    expect(statusesIn(raw.text())).toEqual([431]);
    expect(refused).toEqual({ headers: 1 });
  });

  it.each([
    ['says nothing at all', ''],
    ['stops within its headers', 'POST / HTTP/1.1\r\nHost: a\r\nX-'],
    ['stops within its body', post(['Content-Length: 10'], 'abc')],
  ])('a connection that %s is closed in time', async (_, bytes) => {
    const { port, refused, seen } = await start();
    const before = performance.now();
    const raw = await openRaw(port);
    if (bytes !== '') raw.send(bytes);
    await raw.closed();
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(seen).toEqual([]);
    if (bytes !== '') expect(refused).toEqual({ slow: 1 });
  });

  it('drips of headers do not buy more time', async () => {
    const { port, seen } = await start();
    const before = performance.now();
    const raw = await openRaw(port);
    raw.send('POST / HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => raw.socket.writable && raw.send('X: y\r\n'), 20);
    await raw.closed();
    clearInterval(drip);
    expect(performance.now() - before).toBeLessThan(1_500);
    expect(seen).toEqual([]);
  });

  it('headers that drip without an end have less time than a whole request', async () => {
    const { port, refused } = await start({ requestTimeoutMs: 60_000 });
    const raw = await openRaw(port);
    raw.send('POST / HTTP/1.1\r\nHost: a\r\n');
    // A hundred drips are too long for headers: then another limit ends it.
    const drip = setInterval(() => raw.socket.writable && raw.send(`X: ${'y'.repeat(80)}\r\n`), 20);
    await raw.closed();
    clearInterval(drip);
    expect(refused).toEqual({ slow: 1 });
  });

  it('no more connections are taken than there is room for, also when all have a request', async () => {
    const answers: ((answer: Answer) => void)[] = [];
    const { port, refused, seen } = await start(
      { connectionsMax: 4 },
      () => new Promise((resolve) => answers.push(resolve)),
    );
    const busy = Array.from({ length: 4 }, () => exchange(port, post(['Content-Length: 0'])));
    await expect.poll(() => seen.length).toBe(4);
    const raw = await openRaw(port);
    await raw.closed();
    expect(refused).toEqual({ connections: 1 });
    for (const answer of answers) answer({ status: 202 });
    expect((await Promise.all(busy)).flatMap(statusesIn)).toEqual([202, 202, 202, 202]);
  });

  it('a connection carries so many requests and no more', async () => {
    const { port, seen } = await start({ requestsPerConnection: 3 });
    const raw = await openRaw(port);
    raw.send(post(['Content-Length: 0']).repeat(5));
    await raw.closed();
    expect(statusesIn(raw.text()).filter((status) => status === 202)).toHaveLength(3);
    expect(seen).toHaveLength(3);
  });

  it('connections that wait for nothing make room for one with a request', async () => {
    const { port, refused } = await start({
      connectionsMax: 16,
      headersTimeoutMs: 60_000,
      requestTimeoutMs: 60_000,
    });
    const idle = [];
    for (let index = 0; index < 60; index += 1) {
      const raw = await openRaw(port);
      raw.send(index % 2 === 0 ? 'POST / HTTP/1.1\r\nHost: a\r\nX-' : post(['Content-Length: 9'], 'abc'));
      idle.push(raw);
    }
    const before = performance.now();
    expect(statusesIn(await exchange(port, post(['Content-Length: 0'])))).toEqual([202]);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(refused['crowded']).toBeGreaterThan(30);
    for (const raw of idle) raw.socket.destroy();
  });
});

describe('addresses', () => {
  it('that are taken are named, with what to do about it in the guide', async () => {
    const { port } = await start();
    const listen = createHttpListen();
    await expect(
      listen({ host: '127.0.0.1', port, bodyBytesMax }, async () => ({ status: 202 })),
    ).rejects.toMatchObject({
      code: 'listenerFailed',
      message: `Cannot listen on 127.0.0.1:${port}: another program uses it (EADDRINUSE)`,
    });
  });

  it('are free again as soon as the listener is closed', async () => {
    const { listening, port } = await start();
    const raw = await openRaw(port);
    await listening.close();
    await raw.closed();
    const next = await createHttpListen()({ host: '127.0.0.1', port, bodyBytesMax }, async () => ({
      status: 202,
    }));
    expect(next.port).toBe(port);
    await next.close();
  });

  it('may be a Unix socket, closed to others, and one that a crash left behind is no obstacle', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-listener-'));
    const socketPath = join(folder, 'hook.sock');
    const listen = createHttpListen(limits);
    const answer = async (): Promise<Answer> => ({ status: 202 });
    const first = await listen({ socketPath, bodyBytesMax }, answer);
    expect((await stat(socketPath)).mode & 0o777).toBe(0o660);
    await expect(listen({ socketPath, bodyBytesMax }, answer)).rejects.toMatchObject({
      code: 'listenerFailed',
    });
    const raw = await openRaw(socketPath);
    raw.send(post(['Content-Length: 0']));
    expect(statusesIn(await raw.answers(1))).toEqual([202]);
    raw.socket.destroy();
    await first.close();
    await writeFile(socketPath, 'no socket');
    await expect(listen({ socketPath, bodyBytesMax }, answer)).rejects.toMatchObject({
      code: 'listenerFailed',
    });
    await rm(folder, { recursive: true });
  });
});

it('answers what is under way before it is closed', async () => {
  let release = (): void => undefined;
  const { port, listening, seen } = await start(
    {},
    () =>
      new Promise((resolve) => {
        release = () => resolve({ status: 202 });
      }),
  );
  const raw = await openRaw(port);
  raw.send(post(['Content-Length: 0']));
  await expect.poll(() => seen.length).toBe(1);
  const closed = listening.close();
  release();
  await closed;
  await raw.closed();
  expect(statusesIn(raw.text())).toEqual([202]);
});
