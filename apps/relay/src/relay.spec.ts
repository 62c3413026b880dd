import { notificationOf } from '@tidemark/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followNews, noFigures } from './relay-figures.ts';
import {
  digest,
  openLine,
  post,
  type SpecLine,
  type SpecRelay,
  type SpecServer,
  startRelay,
  startServer,
} from './spec-world.ts';

let server: SpecServer;
let relay: SpecRelay;
let lines: SpecLine[];

beforeEach(async () => {
  server = await startServer(['home', 'work']);
  relay = await startRelay(server);
  lines = [];
});
afterEach(async () => {
  await Promise.all(lines.map((line) => line.close()));
  await relay.stop();
  await server.remove();
});

async function open(drive: string, take?: Parameters<typeof openLine>[2]): Promise<SpecLine> {
  const line = await openLine(server, drive, take);
  lines.push(line);
  return line;
}

/** As after its process was killed and started again. */
async function restartRelay(): Promise<void> {
  const port = Number(new URL(relay.url).port);
  await relay.stop();
  relay = await startRelay(server, port);
}

const known = (subscriptionId: string | null, secret: string, forMs: number | null = null) => ({
  ...{ subscriptionId, digest: digest(secret), forMs },
});
const changed = (subscriptionId: string) => ({ subscriptionId, told: null });
const validation = async (): Promise<number> =>
  (await fetch(`${relay.url}?validationToken=abc`, { method: 'POST' })).status;

describe('notifications', () => {
  it('go to the drive that has announced their secret, and to no other', async () => {
    const [home, work] = [await open('home'), await open('work')];
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    await work.announce({ known: [known('sub-2', 'secret-2')], asking: false });
    expect(await post(relay.url, notificationOf('sub-1', 'secret-1'))).toBe(202);
    await expect.poll(() => home.taken).toEqual([changed('sub-1')]);
    expect(
      await post(relay.url, notificationOf('sub-2', 'secret-2', { lifecycleEvent: 'subscriptionRemoved' })),
    ).toBe(202);
    await expect.poll(() => work.taken).toEqual([{ subscriptionId: 'sub-2', told: 'removed' }]);
    expect(home.taken).toHaveLength(1);
  });

  it('are in its figures, with the drives that they were for', async () => {
    const [home, work] = [await open('home'), await open('work')];
    const figures = () => relay.news.reduce(followNews, noFigures);
    expect(figures()).toMatchObject({ state: 'running', drives: { registered: 0, subscribed: 0 } });
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: true });
    await work.announce({ known: [], asking: false });
    expect(await validation()).toBe(200);
    expect(await post(relay.url, notificationOf('sub-1', 'secret-1'))).toBe(202);
    expect(await post(relay.url, notificationOf('sub-1', 'guessed'))).toBe(202);
    expect((await fetch(relay.url)).status).toBe(405);
    await expect.poll(figures).toMatchObject({
      drives: { registered: 2, subscribed: 1 },
      counters: { accepted: 1, handedOn: 1, forged: 1, refused: { method: 1 }, validations: 1 },
    });
    await restartRelay();
    expect(figures()).toMatchObject({ state: 'running', drives: { registered: 2, subscribed: 1 } });
  });

  it('that are forged are answered like all others, counted, and handed on to nobody', async () => {
    const home = await open('home');
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    const forged = [
      notificationOf('sub-1', 'secret-2'),
      notificationOf('sub-2', 'secret-1'),
      notificationOf('sub-1', digest('secret-1')),
    ];
    for (const one of forged) expect(await post(relay.url, one)).toBe(202);
    await expect.poll(() => relay.news.some(({ type }) => type === 'forged')).toBe(true);
    await post(relay.url, notificationOf('sub-1', 'secret-1'));
    await expect.poll(() => home.taken).toEqual([changed('sub-1')]);
  });

  it('wait for a daemon that is away', async () => {
    const home = await open('home');
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    await home.close();
    expect(await post(relay.url, notificationOf('sub-1', 'secret-1'))).toBe(202);
    const again = await open('home');
    await expect.poll(() => again.taken).toEqual([changed('sub-1')]);
  });

  it('come again until they are taken', async () => {
    let refusals = 0;
    const home = await open('home', async () => {
      refusals += 1;
      if (refusals < 3) throw new Error('not now');
    });
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    await post(relay.url, notificationOf('sub-1', 'secret-1'));
    await expect.poll(() => home.taken, { timeout: 20_000 }).toEqual([changed('sub-1')]);
    expect(refusals).toBe(3);
  });

  it('with a secret that ends count until then', async () => {
    const home = await open('home');
    await home.announce({ known: [known('sub-1', 'new'), known('sub-0', 'old', 1)], asking: false });
    await expect
      .poll(async () => {
        await post(relay.url, notificationOf('sub-0', 'old'));
        return relay.news.some(({ type }) => type === 'forged');
      })
      .toBe(true);
  });
});

describe('a validation call', () => {
  it('is answered only while a drive expects it', async () => {
    const home = await open('home');
    expect(await validation()).toBe(404);
    await home.announce({ known: [known(null, 'secret-1')], asking: true });
    expect(await validation()).toBe(200);
    // The service may be quicker with a notification than with its answer.
    await post(relay.url, notificationOf('sub-1', 'secret-1'));
    await expect.poll(() => home.taken).toEqual([changed('sub-1')]);
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    expect(await validation()).toBe(404);
  });

  it('is answered to every drive that expects it, however many strangers call before the service does', async () => {
    await (await open('home')).announce({ known: [known(null, 'secret-1')], asking: true });
    await (await open('work')).announce({ known: [known(null, 'secret-2')], asking: true });
    for (let forged = 0; forged < 100; forged += 1) await validation();
    expect(await validation()).toBe(200);
    const { counters } = relay.news.reduce(followNews, noFigures);
    expect(counters.refused).toEqual({});
  });

  it('is answered also when the relay was restarted in between', async () => {
    const home = await open('home');
    await home.announce({ known: [known(null, 'secret-1')], asking: true });
    await restartRelay();
    expect(await validation()).toBe(200);
  });
});

describe('after a restart', () => {
  it('the relay knows what was announced, and tells every drive to look once', async () => {
    const home = await open('home');
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    await restartRelay();
    await expect.poll(() => home.taken).toEqual([changed('sub-1')]);
    await post(relay.url, notificationOf('sub-1', 'secret-1'));
    await expect.poll(() => home.taken).toHaveLength(2);
    await post(relay.url, notificationOf('sub-1', 'another'));
    expect(home.taken).toHaveLength(2);
  });

  it('of the server both ends go on, and the service is asked to send again what came meanwhile', async () => {
    const home = await open('home');
    await home.announce({ known: [known('sub-1', 'secret-1')], asking: false });
    await server.kill();
    await expect.poll(() => home.states).toEqual(['lost']);
    expect(await post(relay.url, notificationOf('sub-1', 'secret-1'))).toBe(503);
    await server.start();
    await expect.poll(() => home.states, { timeout: 20_000 }).toEqual(['lost', 'connected']);
    await expect
      .poll(() => post(relay.url, notificationOf('sub-1', 'secret-1')), { timeout: 20_000 })
      .toBe(202);
    await expect.poll(() => home.taken.length, { timeout: 20_000 }).toBeGreaterThan(0);
    await home.announce({ known: [], asking: false });
  });
});

describe('a line', () => {
  it('whose key the server does not know any more is up again as soon as it does', async () => {
    const home = await open('home');
    await server.admit(['work']);
    await server.restart();
    await expect.poll(() => home.states).toEqual(['lost']);
    await expect
      .poll(() => openLine(server, 'home').catch(String), { timeout: 20_000 })
      .toContain('it does not accept our key');
    await server.admit(['home', 'work']);
    await server.restart();
    await expect.poll(() => home.states, { timeout: 30_000 }).toEqual(['lost', 'connected']);
    const announced = (): Promise<unknown> =>
      home.announce({ known: [known('sub-1', 'secret-1')], asking: false }).catch(String);
    await expect.poll(announced, { timeout: 20_000 }).toBeUndefined();
    await post(relay.url, notificationOf('sub-1', 'secret-1'));
    await expect.poll(() => home.taken, { timeout: 20_000 }).not.toEqual([]);
  });

  it('says that the relay does not run', async () => {
    const home = await open('home');
    await relay.stop();
    await expect(home.announce({ known: [], asking: false })).rejects.toMatchObject({
      code: 'relayFailed',
      message: expect.stringContaining('the relay does not run'),
    });
    relay = await startRelay(server);
  });

  it('says that nobody is there', async () => {
    await server.kill();
    await expect(open('home')).rejects.toMatchObject({ code: 'relayFailed' });
    await server.start();
  });

  it('with an announcement that cannot be read is refused by the relay, which goes on', async () => {
    const home = await open('home');
    const wrong = { known: [{ subscriptionId: 'a', digest: 'short', forMs: null }], asking: true };
    await expect(home.announce(wrong)).rejects.toThrow('cannot be read');
    const many = Array.from({ length: 9 }, (_, index) => known(`sub-${index}`, 's'));
    await expect(home.announce({ known: many, asking: true })).rejects.toThrow('cannot be read');
    expect(await validation()).toBe(404);
    await home.announce({ known: [], asking: false });
  });
});
