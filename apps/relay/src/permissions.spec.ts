import { connectNatsBus, type NatsBus } from '@tidemark/bus';
import { notificationOf } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  digest,
  openLine,
  post,
  type SpecRelay,
  type SpecServer,
  startRelay,
  startServer,
} from './spec-world.ts';

/** What the user of the drive `home` can do to the drive `work`, to the relay and to the server: nothing. */
let server: SpecServer;
let relay: SpecRelay;
let rogue: NatsBus;
const refusals: string[] = [];

beforeAll(async () => {
  server = await startServer(['home', 'work']);
  relay = await startRelay(server);
  rogue = await connectNatsBus({
    servers: [server.url],
    name: 'rogue',
    access: { ...server.accessOf('home'), inboxPrefix: '_INBOX.home' },
    onError: (error) => refusals.push(error instanceof Error ? error.message : String(error)),
  });
});
afterAll(async () => {
  await rogue.close();
  await relay.stop();
  await server.remove();
});

it.each([
  'relay.announce.work',
  'relay.notification.work',
  'relay.notification.home',
  '$KV.RELAY.work',
  '$KV.RELAY.home',
  '$JS.API.INFO',
  '$JS.API.STREAM.LIST',
  '$JS.API.STREAM.CREATE.other',
  '$JS.API.STREAM.DELETE.RELAY',
  '$JS.API.STREAM.PURGE.RELAY',
  '$JS.API.STREAM.MSG.GET.RELAY',
  '$JS.API.DIRECT.GET.RELAY',
  '$JS.API.CONSUMER.CREATE.RELAY',
  '$JS.API.CONSUMER.CREATE.RELAY.home.relay.notification.work',
  '$JS.API.CONSUMER.CREATE.RELAY.spy.relay.notification.work',
  '$JS.API.CONSUMER.DURABLE.CREATE.RELAY.home',
  '$JS.API.CONSUMER.INFO.RELAY.work',
  '$JS.API.CONSUMER.MSG.NEXT.RELAY.work',
  '$JS.API.CONSUMER.DELETE.RELAY.work',
  '$JS.ACK.RELAY.work.1.1.1.1.0',
  '$SYS.REQ.SERVER.PING',
  '_INBOX.work.answer',
  '_INBOX_relay.answer',
])('it cannot say anything on %s', async (subject) => {
  await rogue.publish(subject, {});
  const refusal = `NATS does not allow this client a publish of "${subject}"`;
  await expect.poll(() => refusals).toContain(refusal);
});

it.each([
  '>',
  'relay.>',
  'relay.announce.work',
  'relay.notification.*',
  'relay.notification.home',
  '$KV.>',
  '$JS.>',
  '$SYS.>',
  '_INBOX.>',
  '_INBOX.work.>',
  '_INBOX_relay.>',
])('it cannot hear anything on %s', async (pattern) => {
  const subscription = await rogue.subscribe(pattern, () => undefined);
  const refusal = `NATS does not allow this client a subscription of "${pattern}"`;
  await expect.poll(() => refusals).toContain(refusal);
  await subscription.unsubscribe();
});

describe('with what it may say', () => {
  it('it cannot make a position that reads another drive', async () => {
    const config = (filter: string) => ({
      stream_name: 'RELAY',
      config: { durable_name: 'home', filter_subject: filter, ack_policy: 'explicit', deliver_policy: 'all' },
    });
    const subject = '$JS.API.CONSUMER.CREATE.RELAY.home.relay.notification.home';
    for (const filter of ['relay.notification.work', 'relay.notification.*', '']) {
      const answer = await rogue.request(subject, config(filter), 5_000);
      expect(answer).toMatchObject({ error: { code: 400 } });
    }
  });

  it('it cannot take over the notifications of another drive by announcing them', async () => {
    const [home, work] = [await openLine(server, 'home'), await openLine(server, 'work')];
    await work.announce({
      known: [{ subscriptionId: 'sub-work', digest: digest('secret'), forMs: null }],
      asking: false,
    });
    // It may know the id, but not the secret.
    await home.announce({
      known: [{ subscriptionId: 'sub-work', digest: digest('guess'), forMs: null }],
      asking: false,
    });
    await post(relay.url, notificationOf('sub-work', 'secret'));
    await expect.poll(() => work.taken).toEqual([{ subscriptionId: 'sub-work', told: null }]);
    expect(home.taken).toEqual([]);
    await Promise.all([home.close(), work.close()]);
  });
});

it('the relay itself can read no notifications, and has nothing to say to a daemon but an answer', async () => {
  const errors: string[] = [];
  const bus = await connectNatsBus({
    servers: [server.url],
    name: 'relay',
    access: { ...server.accessOf('relay'), inboxPrefix: '_INBOX_relay' },
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
  });
  const said = [
    '$JS.API.CONSUMER.CREATE.RELAY.spy.relay.notification.home',
    '_INBOX.home.x',
    '$JS.API.STREAM.DELETE.RELAY',
  ];
  for (const subject of said) await bus.publish(subject, {});
  await bus.subscribe('relay.notification.*', () => undefined);
  await expect
    .poll(() => new Set(errors.map((text) => /"(.*)"/.exec(text)?.[1])))
    .toEqual(new Set([...said, 'relay.notification.*']));
  await bus.close();
});
