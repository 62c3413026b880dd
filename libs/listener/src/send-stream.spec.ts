import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Answer, Listening, StreamReader } from '@tidemark/contracts';
import { afterEach, expect, it } from 'vitest';
import { createHttpListen } from './create-http-listen.ts';
import type { ListenLimits } from './limits.ts';

const open: Listening[] = [];
afterEach(() => Promise.all(open.splice(0).map((listening) => listening.close())));

type Stream = NonNullable<Answer['stream']>;

async function start(stream: Stream, limits: Partial<ListenLimits> = {}): Promise<Listening> {
  const listening = await createHttpListen({ checkIntervalMs: 50, ...limits })(
    { host: '127.0.0.1', port: 0, bodyBytesMax: 0 },
    async () => ({ status: 200, headers: { 'content-type': 'text/plain' }, stream }),
  );
  open.push(listening);
  return listening;
}

async function get({ port }: Listening): Promise<IncomingMessage> {
  const asking = request({ host: '127.0.0.1', port, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  response.on('error', () => undefined);
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  response.on('data', (piece: string) => (text += piece));
  await new Promise((resolve) => response.once('close', resolve));
  return text;
}

const aborted = ({ signal }: StreamReader): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

it('a stream goes out piece by piece, and its end is the end of the connection', async () => {
  const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
  const listening = await start(async function* () {
    yield 'one,';
    await isRead;
    yield 'two';
  });
  const response = await get(listening);
  expect(response.headers.connection).toBe('close');
  const [first] = (await once(response, 'data')) as [string];
  expect(first).toBe('one,');
  read();
  expect(await textOf(response)).toBe('two');
});

it('a silent stream outlives the time that a request has', async () => {
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  const listening = await start(
    async function* () {
      yield 'one,';
      await promise;
      yield 'two';
    },
    { requestTimeoutMs: 50, headersTimeoutMs: 50, keepAliveMs: 50 },
  );
  const response = await get(listening);
  setTimeout(goOn, 400);
  expect(await textOf(response)).toBe('one,two');
});

it('the source learns that its reader went away, that it is slow, and that the listener ends', async () => {
  const ends: (string | null)[] = [];
  const listening = await start(
    async function* (reader) {
      yield 'begun';
      while (reader.ended === null) {
        yield 'x'.repeat(1 << 20);
        if (ends.length === 2) await aborted(reader);
      }
      ends.push(reader.ended);
      yield `last words: ${reader.ended}`;
    },
    { streamStallMs: 200 },
  );
  (await get(listening)).destroy();
  await expect.poll(() => ends).toEqual(['gone']);
  const slow = await get(listening);
  await expect.poll(() => ends).toEqual(['gone', 'slow']);
  // What waited for it comes, with the reason behind it.
  expect((await textOf(slow)).endsWith('last words: slow')).toBe(true);
  const last = await get(listening);
  const text = textOf(last);
  await once(last, 'data');
  await listening.close();
  expect((await text).endsWith('last words: closing')).toBe(true);
});

it('a reader that never takes anything keeps no listener from closing', async () => {
  const listening = await start(
    async function* (reader) {
      while (reader.ended === null) yield 'x'.repeat(1 << 20);
    },
    { streamStallMs: 60_000, lastWordsMs: 100 },
  );
  const response = await get(listening);
  await listening.close();
  response.destroy();
});

it('a stream that fails breaks off', async () => {
  const listening = await start(async function* () {
    yield 'begun';
    throw new Error('canary');
  });
  const response = await get(listening);
  expect(await textOf(response)).not.toContain('canary');
  expect(response.complete).toBe(false);
});
