import { createInProcessBus } from '@tidemark/bus';
import { expect, it, onTestFinished } from 'vitest';
import { createOutwardBus } from './outward-bus.ts';

interface Heard {
  readonly subject: string;
  readonly payload: unknown;
}

const woke = { seq: 3, at: 0, source: 'engine', event: { type: 'Woke' }, items: [] };

async function world(payloadBytesMax = 10_000) {
  const inside = createInProcessBus();
  const outside = createInProcessBus({ payloadBytesMax });
  const bus = createOutwardBus(inside, outside);
  onTestFinished(() => bus.close());
  const heard: Heard[] = [];
  await outside.subscribe('>', (payload, subject) => void heard.push({ subject, payload }));
  /** Resolves when everything shown before has left. */
  const shown = async (): Promise<void> => {
    const mark = Promise.withResolvers<void>();
    const end = await outside.subscribe('sync.d.verdict', () => mark.resolve());
    await bus.publish('sync.d.verdict', ['mark']);
    await mark.promise;
    await end.unsubscribe();
    heard.pop();
  };
  return { bus, inside, outside, heard, shown };
}

it('keeps commands and observations inside, and passes on what watchers are shown', async () => {
  const { bus, heard, shown } = await world();
  const inner: unknown[] = [];
  await bus.subscribe('sync.d.>', (payload) => void inner.push(payload));
  await bus.publish('sync.d.command.DeleteLocal', 1);
  await bus.publish('sync.d.observation.delta', [2]);
  await bus.publish('sync.d.event', [woke]);
  // The mark that ends a run's lines.
  await bus.publish('sync.d.event', []);
  await shown();
  expect(inner).toEqual([1, [2], [woke], [], ['mark']]);
  expect(heard).toEqual([{ subject: 'sync.d.event', payload: [{ schema: 1, ...woke }] }]);
});

it('shows events outside without delta links and addresses, which its own plugins need', async () => {
  const { bus, heard, shown } = await world();
  const inner: unknown[] = [];
  await bus.subscribe('sync.d.event', (payload) => void inner.push(payload));
  const secret = 'https://graph.example/delta?token=secret';
  const batch = [
    { type: 'RemoteRoundCompleted', command: '1/0', full: true, cursor: secret, unseen: [] },
    { type: 'NothingNew', leftOut: 0, remote: { lastAt: 0, cursor: secret }, local: { lastAt: 0 } },
    {
      type: 'Planned',
      commands: [
        { type: 'ReadRemote', cursor: secret },
        { type: 'CreateSubscription', url: secret },
      ],
    },
    { type: 'Started', policy: { pace: { subscription: { url: secret } } } },
    { type: 'Planned', commands: [{ type: 'ReadRemote', cursor: null }] },
  ].map((event, index) => ({ seq: index + 1, at: 0, source: 'engine', event, items: [] }));
  await bus.publish('sync.d.event', batch);
  await shown();
  expect(inner[0]).toEqual(batch);
  expect(JSON.stringify(heard)).not.toContain('secret');
  const hidden = JSON.parse(JSON.stringify(batch).replaceAll(secret, '(hidden)')) as typeof batch;
  expect(heard.map(({ payload }) => payload)).toEqual([hidden.map((event) => ({ schema: 1, ...event }))]);
});

it('hears nothing from outside but plugins elsewhere', async () => {
  const { bus, outside } = await world();
  const heard: unknown[] = [];
  await bus.subscribe('sync.d.observation.*', (payload) => void heard.push(payload));
  await bus.subscribe('sync.d.plugin.far.notice', (payload) => void heard.push(payload));
  await bus.respond('sync.d.plugin.far.hello', () => 'welcome');
  await outside.publish('sync.d.observation.delta', ['forged']);
  await outside.publish('sync.d.plugin.far.notice', ['told']);
  expect(await outside.request('sync.d.plugin.far.hello', null, 1_000)).toBe('welcome');
  expect(heard).toEqual([['told']]);
});

it('asks plugins elsewhere outside', async () => {
  const { bus, outside } = await world();
  await outside.respond('sync.d.plugin.far.command', (payload) => ({ accepted: payload }));
  expect(await bus.request('sync.d.plugin.far.command', 1, 1_000)).toEqual({ accepted: 1 });
});

it('passes on a batch that is too large in parts, in order, without what is too large by itself', async () => {
  const { bus, heard, shown } = await world(1_000);
  const event = (seq: number, length = 300): object => ({ ...woke, seq, text: 'x'.repeat(length) });
  const inner: unknown[] = [];
  await bus.subscribe('sync.d.event', (payload) => void inner.push(payload));
  const batch = [event(1), event(2), event(3), event(4, 2_000), event(5)];
  await bus.publish('sync.d.event', batch);
  await bus.publish('sync.d.event', [event(6)]);
  await shown();
  expect(inner[0]).toEqual(batch);
  const seqs = heard.flatMap(({ payload }) => (payload as { seq: number }[]).map(({ seq }) => seq));
  expect(seqs).toEqual([1, 2, 3, 5, 6]);
});

it('does not wait for a server that is away, and keeps little for it', async () => {
  const inside = createInProcessBus();
  let waiting = 0;
  const away = {
    ...createInProcessBus(),
    publish: () => {
      waiting += 1;
      return new Promise<void>(() => undefined);
    },
  };
  const bus = createOutwardBus(inside, away);
  const inner: unknown[] = [];
  await bus.subscribe('sync.d.event', (payload) => void inner.push(payload));
  for (let seq = 1; seq <= 1_000; seq += 1) await bus.publish('sync.d.event', [{ ...woke, seq }]);
  expect(inner).toHaveLength(1_000);
  expect(waiting).toBe(1);
});
