import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandId, type Event, type EventLog, seq } from '@tidemark/contracts';
import { type ControlSource, openControl } from '@tidemark/control';
import { createMemoryLog } from '@tidemark/event-log';
import { createHttpListen } from '@tidemark/listener';
import { expect, onTestFinished, test } from 'vitest';
import { createEventFeed } from './event-feed.ts';

const unused = async (): Promise<never> => Promise.reject(new Error('not asked here'));

/** A daemon of which nothing works but the log. */
async function openFeed(log: EventLog | null = createMemoryLog(), streamStallMs = 30_000) {
  let open = log;
  const stateFolder = mkdtempSync(join(tmpdir(), 'feed-'));
  const feed = createEventFeed(() => open);
  const source: ControlSource = {
    status: () => {
      throw new Error('not asked here');
    },
    ...{ health: unused, metrics: unused, look: unused, pause: unused, resume: unused, reload: unused },
    ...{
      apply: unused,
      stop: unused,
      explain: unused,
      change: unused,
      plan: unused,
      changedSince: unused,
      events: feed,
    },
  };
  const place = { stateFolder, environment: {}, userId: process.geteuid?.() ?? 0 };
  const control = await openControl(createHttpListen({ streamStallMs }), place, source);
  onTestFinished(async () => {
    await control.close();
    rmSync(stateFolder, { recursive: true });
  });
  return {
    control,
    /** Appends events, each a batch, and lets those who follow know. */
    async append(...events: readonly Event[]) {
      for (const event of events)
        await open?.append([{ seq: seq(open.head + 1), at: 0, source: 'test', event, items: [] }]);
      feed.wake();
    },
    open(opened: EventLog) {
      open = opened;
      feed.wake();
    },
    follow: (query = '', headers: Record<string, string> = {}) => follow(control.socketPath, query, headers),
  };
}

const streamsMax = 16;
const hint = (source: string): Event => ({ type: 'HintReceived', side: 'local', source });

interface Frame {
  readonly id: number | null;
  readonly event: string;
  readonly data: { readonly [key: string]: unknown };
}

async function follow(socketPath: string, query: string, headers: Record<string, string>) {
  const asking = request({ socketPath, path: `/v1/events${query}`, agent: false, headers }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  onTestFinished(() => void response.destroy());
  const lines = response.setEncoding('utf8')[Symbol.asyncIterator]();
  let rest = '';
  return {
    response,
    close: () => response.destroy(),
    /** The next one that is no comment; null: the stream has ended. */
    async next(): Promise<Frame | null> {
      for (;;) {
        const end = rest.indexOf('\n\n');
        const block = rest.slice(0, Math.max(0, end));
        if (end === -1) {
          const { value, done } = await lines.next();
          if (done === true) return null;
          rest += value;
          continue;
        }
        rest = rest.slice(end + 2);
        const field = (name: string): string | undefined =>
          block
            .split('\n')
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const data = field('data');
        if (data === undefined) continue;
        return {
          id: Number(field('id') ?? 0) || null,
          event: field('event') ?? 'message',
          data: JSON.parse(data),
        };
      }
    },
  };
}

test('events come as they are appended, each under its number', async () => {
  const { append, follow: followed } = await openFeed();
  await append(hint('before'));
  const stream = await followed('');
  expect(stream.response.headers['content-type']).toBe('text/event-stream');
  const next = stream.next();
  // Those that are in the log already are only told when they are asked for.
  await append(hint('one'), hint('two'));
  expect(await next).toEqual({
    ...{ id: 2, event: 'message' },
    data: { schema: 1, seq: 2, at: 0, source: 'test', items: [], event: hint('one') },
  });
  expect(await stream.next()).toMatchObject({ id: 3 });
});

test('a client that was away goes on behind the event that it had last', async () => {
  const { append, follow: followed } = await openFeed();
  await append(hint('one'), hint('two'), hint('three'));
  expect(await (await followed('?after=1')).next()).toMatchObject({ id: 2 });
  // Its address still says where it began.
  expect(await (await followed('?after=0', { 'last-event-id': '2' })).next()).toMatchObject({ id: 3 });
});

test('a stream that was opened while the log is being read begins as soon as it is open', async () => {
  const { append, open, follow: followed } = await openFeed(null);
  const stream = await followed('?after=0');
  const next = stream.next();
  open(createMemoryLog());
  await append(hint('one'));
  expect(await next).toMatchObject({ id: 1 });
});

test('an end says why: the daemon stops, another log, a number that is none', async () => {
  const { control, append, follow: followed } = await openFeed();
  await append(hint('one'));
  const ahead = await followed('?after=7');
  expect(await ahead.next()).toMatchObject({ event: 'end', data: { why: 'ahead', seq: 7 } });
  expect(await ahead.next()).toBeNull();
  const stream = await followed('?after=1');
  const next = stream.next();
  await control.close();
  expect(await next).toMatchObject({ event: 'end', data: { schema: 1, why: 'stopping', seq: 1 } });
});

test('Last-Event-ID that is no number is refused', async () => {
  const { follow: followed } = await openFeed();
  const { response } = await followed('', { 'last-event-id': 'x' });
  expect(response.statusCode).toBe(400);
});

test('a reader that takes nothing is told so at the end of what it was given, and holds nobody up', async () => {
  const { append, follow: followed } = await openFeed(createMemoryLog(), 500);
  const slow = await followed('?after=0');
  const quick = await followed('?after=0');
  await Promise.all(Array.from({ length: streamsMax - 2 }, () => followed('')));
  // More than the socket takes.
  const large = Array.from({ length: 100 }, (_, index) => hint(`${index}`.padEnd(50_000, 'x')));
  const appending = append(...large);
  for (let id = 1; id <= large.length; id += 1) expect(await quick.next()).toMatchObject({ id });
  await appending;
  // Its end makes room for another one.
  await expect.poll(async () => (await followed('')).response.statusCode).toBe(200);
  let last: Frame | null = null;
  for (let frame = await slow.next(); frame !== null; frame = await slow.next()) last = frame;
  expect(last).toMatchObject({ event: 'end', data: { why: 'slow' } });
  const seen = Number(last?.data['seq']);
  await append(hint('one more'));
  expect(await (await followed(`?after=${seen}`)).next()).toMatchObject({ id: seen + 1 });
});

test('no more than 16 follow at a time, and one that goes makes room', async () => {
  const { follow: followed } = await openFeed();
  const streams = await Promise.all(Array.from({ length: streamsMax }, () => followed('')));
  const { response } = await followed('');
  expect(response.statusCode).toBe(503);
  streams[0]?.close();
  await expect.poll(async () => (await followed('')).response.statusCode).toBe(200);
});

test('delta links and addresses of notifications stay here', async () => {
  const { append, follow: followed } = await openFeed();
  const command = commandId(seq(1), 0);
  await append(
    { type: 'RemoteRoundCompleted', command, full: true, cursor: 'https://canary/delta?token=1', unseen: [] },
    {
      type: 'NothingNew',
      leftOut: 0,
      remote: { lastAt: null, cursor: 'https://canary/delta?token=2', looksSinceFull: 0 },
      local: { lastAt: null },
    },
  );
  const stream = await followed('?after=0');
  for (let id = 1; id <= 2; id += 1) {
    const frame = await stream.next();
    expect(frame).toMatchObject({ id });
    expect(JSON.stringify(frame)).not.toContain('canary');
  }
});
