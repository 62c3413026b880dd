/** What every bus must do, in one process or over a server. */
import fc from 'fast-check';
import { firstValueFrom, take, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { type BusError, observe } from '@tidemark/bus';
import type { Bus } from '@tidemark/contracts';

export interface BusHarness {
  readonly name: string;
  /** A bus with nobody on it. `onError` gets what the bus reports. */
  readonly create: (onError: (error: unknown, subject: string) => void) => Promise<Bus>;
  /** Another connection to the same bus; the same object where there are no connections. */
  readonly join: (bus: Bus, onError: (error: unknown, subject: string) => void) => Promise<Bus>;
  /** More than the bus made by `create` takes in one payload, in bytes. */
  readonly payloadBytesTooMany: number;
  /** Messages that a subscriber may have waiting before its publishers wait; undefined: they never do. */
  readonly pendingMax?: number;
}

export function busConformance({ name, create, join, payloadBytesTooMany, pendingMax }: BusHarness): void {
  /** Closes the bus whatever happens. Reports that the test did not expect fail it. */
  async function withBus(
    run: (bus: Bus, errors: unknown[]) => Promise<void>,
    expectErrors = false,
  ): Promise<void> {
    const errors: unknown[] = [];
    const bus = await create((error) => errors.push(error));
    try {
      await run(bus, errors);
      if (!expectErrors) expect(errors).toEqual([]);
    } finally {
      await bus.close();
    }
  }

  describe(`bus: ${name}`, () => {
    test('carries JSON data as it is', () =>
      withBus(async (bus) => {
        await fc.assert(
          fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (payload) => {
            const inbox = await collector(bus, 'json');
            await bus.publish('json', payload);
            // What JSON makes of it: minus zero becomes zero.
            const expected: unknown = JSON.parse(JSON.stringify(payload));
            expect(JSON.parse(JSON.stringify((await inbox.take(1))[0]?.payload))).toEqual(expected);
            await inbox.unsubscribe();
          }),
          { numRuns: 50 },
        );
      }));

    test('keeps the order of one publisher, waited for or not', () =>
      withBus(async (bus) => {
        const inbox = await collector(bus, 'order.>');
        for (let count = 0; count < 50; count += 1) await bus.publish('order.a', count);
        await Promise.all(Array.from({ length: 200 }, (_, index) => bus.publish('order.b', 50 + index)));
        expect((await inbox.take(250)).map(({ payload }) => payload)).toEqual(
          Array.from({ length: 250 }, (_, index) => index),
        );
      }));

    test('gives a message to those whose pattern matches, and to nobody else', () =>
      withBus(async (bus) => {
        const token = fc.constantFrom('a', 'b', 'c');
        const subject = fc.array(token, { minLength: 1, maxLength: 4 });
        const pattern = fc
          .tuple(fc.array(fc.oneof(token, fc.constant('*')), { minLength: 1, maxLength: 4 }), fc.boolean())
          .map(([tokens, open]) => (open ? [...tokens.slice(1), '>'] : tokens));
        await fc.assert(
          fc.asyncProperty(fc.array(pattern, { maxLength: 5 }), subject, async (patterns, tokens) => {
            const inboxes = await Promise.all(patterns.map((one) => collector(bus, one.join('.'))));
            const end = await collector(bus, 'end');
            await bus.publish(tokens.join('.'), 1);
            await bus.publish('end', 1);
            await end.take(1);
            await Promise.all(
              inboxes.map(async (inbox, index) => {
                const expected = fits(patterns[index] ?? [], tokens) ? 1 : 0;
                expect((await inbox.take(expected)).length).toBe(expected);
                const ended = fits(patterns[index] ?? [], ['end']) ? 1 : 0;
                await inbox.take(ended);
                expect(inbox.count(), `${patterns[index]?.join('.')} and ${tokens.join('.')}`).toBe(
                  expected + ended,
                );
                await inbox.unsubscribe();
              }),
            );
            await end.unsubscribe();
          }),
          { numRuns: 60 },
        );
      }));

    test.for([
      '',
      '.',
      'a.',
      '.a',
      'a..b',
      'a b',
      'a\tb',
      'a\r\nPUB b',
      'a.*',
      'a.>',
      '*',
      '>',
      'a\u0000',
      'x'.repeat(5000),
    ])('does not publish to %j', (subject) =>
      withBus(async (bus) => {
        await expect(bus.publish(subject, 1)).rejects.toMatchObject({ code: 'invalidSubject' });
        await expect(bus.request(subject, 1, 100)).rejects.toMatchObject({ code: 'invalidSubject' });
      }),
    );

    test.for(['', '.', 'a.', 'a..b', '>.a', 'a.>.b', 'a b', 'a*', 'a.b*', '*>', 'a.>>'])(
      'does not subscribe to %j',
      (pattern) =>
        withBus(async (bus) => {
          await expect(bus.subscribe(pattern, () => {})).rejects.toMatchObject({ code: 'invalidSubject' });
          await expect(bus.respond(pattern, () => 1)).rejects.toMatchObject({ code: 'invalidSubject' });
        }),
    );

    test.for([
      ['a function', () => 1],
      ['nothing', undefined],
      ['a map', { map: new Map() }],
      ['a date', [new Date(0)]],
      ['a big integer', { deep: [1n] }],
      ['not a number', { deep: { x: Number.NaN } }],
      ['bytes', new Uint8Array(2)],
    ] as const)('refuses a payload that is no JSON: %s', ([, payload]) =>
      withBus(async (bus) => {
        await expect(bus.publish('p', payload)).rejects.toMatchObject({ code: 'invalidPayload' });
      }),
    );

    test('refuses a payload that goes in circles', () =>
      withBus(async (bus) => {
        const circle: { self?: unknown } = {};
        circle.self = circle;
        await expect(bus.publish('p', circle)).rejects.toMatchObject({ code: 'invalidPayload' });
      }));

    test('refuses a payload that is too large, and names the size', () =>
      withBus(async (bus) => {
        const error: unknown = await bus
          .publish('large', 'x'.repeat(payloadBytesTooMany))
          .catch((one: unknown) => one);
        expect(error).toMatchObject({ name: 'BusError', code: 'payloadTooLarge' });
        expect(String(error)).toContain(String(payloadBytesTooMany + 2));
        const inbox = await collector(bus, 'large');
        await bus.publish('large', 'small');
        expect(await inbox.take(1)).toHaveLength(1);
      }));

    test('delivers nothing that was published before', () =>
      withBus(async (bus) => {
        await bus.publish('early', 'missed');
        const inbox = await collector(bus, 'early');
        await bus.publish('early', 'seen');
        expect((await inbox.take(1))[0]?.payload).toBe('seen');
        expect(inbox.count()).toBe(1);
      }));

    test('a subscription is in force when it is promised, also for publishers elsewhere', () =>
      withBus(async (bus) => {
        const other = await join(bus, () => {});
        for (let round = 0; round < 30; round += 1) {
          const inbox = await collector(bus, `ready.${round}`);
          await other.publish(`ready.${round}`, round);
          // What is published later arrives later: it shows whether the first one was missed.
          await other.publish(`ready.${round}`, 'later');
          expect((await inbox.take(1))[0]?.payload).toBe(round);
        }
        if (other !== bus) await other.close();
      }));

    test('delivers nothing after unsubscribing', () =>
      withBus(async (bus) => {
        const leaving = await collector(bus, 'stop');
        const staying = await collector(bus, 'stop');
        await bus.publish('stop', 1);
        await leaving.take(1);
        await leaving.unsubscribe();
        await leaving.unsubscribe();
        await bus.publish('stop', 2);
        await staying.take(2);
        expect(leaving.count()).toBe(1);
      }));

    test('delivers nothing of what waits after unsubscribing', () =>
      withBus(async (bus) => {
        const started = Promise.withResolvers<void>();
        const release = Promise.withResolvers<void>();
        let count = 0;
        const subscription = await bus.subscribe('wait', async () => {
          count += 1;
          started.resolve();
          await release.promise;
        });
        const other = await collector(bus, 'wait');
        await Promise.all([bus.publish('wait', 1), bus.publish('wait', 2), bus.publish('wait', 3)]);
        await Promise.all([started.promise, other.take(3)]);
        await subscription.unsubscribe();
        release.resolve();
        await bus.publish('wait', 4);
        await other.take(4);
        expect(count).toBe(1);
      }));

    test('gives each message to one member of a queue group, and to everybody else', () =>
      withBus(async (bus) => {
        const members = await Promise.all([1, 2, 3].map(() => collector(bus, 'work.*', 'workers')));
        const other = await collector(bus, 'work.>', 'others');
        const alone = await collector(bus, 'work.x');
        const numbers = Array.from({ length: 90 }, (_, index) => index);
        for (const number of numbers) await bus.publish('work.x', number);
        expect((await alone.take(90)).map(({ payload }) => payload)).toEqual(numbers);
        expect((await other.take(90)).map(({ payload }) => payload)).toEqual(numbers);
        await until(() => members.reduce((sum, one) => sum + one.count(), 0) === 90, members);
        const seen = members.flatMap((one) => one.all().map(({ payload }) => Number(payload)));
        expect(seen.sort((one, next) => one - next)).toEqual(numbers);
      }));

    test('lets the rest of a queue group go on when a member leaves', () =>
      withBus(async (bus) => {
        const handled: unknown[] = [];
        const done = Promise.withResolvers<void>();
        const handle = async (payload: unknown): Promise<void> => {
          await Promise.resolve();
          handled.push(payload);
          if (handled.length === 40) done.resolve();
        };
        const leaver = await bus.subscribe('jobs', handle, { queue: 'q' });
        await bus.subscribe('jobs', handle, { queue: 'q' });
        await Promise.all(Array.from({ length: 20 }, (_, index) => bus.publish('jobs', index)));
        await leaver.unsubscribe();
        for (let index = 20; index < 40; index += 1) await bus.publish('jobs', index);
        await done.promise;
        expect(handled.map(Number).sort((one, next) => one - next)).toEqual(
          Array.from({ length: 40 }, (_, index) => index),
        );
      }));

    test('handles the messages of one subscriber one after the other', () =>
      withBus(async (bus) => {
        let running = 0;
        let most = 0;
        let handled = 0;
        const done = Promise.withResolvers<void>();
        await bus.subscribe('slow', async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
          handled += 1;
          if (handled === 30) done.resolve();
        });
        await Promise.all(Array.from({ length: 30 }, (_, index) => bus.publish('slow', index)));
        await done.promise;
        expect(most).toBe(1);
      }));

    test.runIf(pendingMax !== undefined)('lets the publisher wait when a subscriber is behind', () =>
      withBus(async (bus) => {
        const release = Promise.withResolvers<void>();
        await bus.subscribe('behind', () => release.promise);
        const quick = await collector(bus, 'behind');
        let taken = 0;
        const publishing = Array.from({ length: (pendingMax ?? 0) + 5 }, (_, index) =>
          bus.publish('behind', index).then(() => (taken += 1)),
        );
        await quick.take((pendingMax ?? 0) + 5);
        expect(taken).toBeLessThanOrEqual((pendingMax ?? 0) + 1);
        release.resolve();
        await Promise.all(publishing);
        expect(taken).toBe((pendingMax ?? 0) + 5);
      }),
    );

    test('nobody can change what another one sees', () =>
      withBus(async (bus) => {
        await bus.subscribe('shared', (payload) => {
          try {
            const row = Object(payload).rows[0];
            row.name = 'changed';
          } catch (error) {
            // An immutable payload refuses; a copy does not mind.
            if (!(error instanceof TypeError)) throw error;
          }
        });
        const inbox = await collector(bus, 'shared');
        await bus.publish('shared', { rows: [{ name: 'as published' }] });
        expect((await inbox.take(1))[0]?.payload).toEqual({ rows: [{ name: 'as published' }] });
      }));

    test('an error in one subscriber is reported and disturbs neither it nor the others', () =>
      withBus(async (bus, errors) => {
        const failing: unknown[] = [];
        const done = Promise.withResolvers<void>();
        await bus.subscribe('fragile', (payload) => {
          failing.push(payload);
          if (failing.length === 3) done.resolve();
          if (payload === 1) throw new Error('thrown');
        });
        await bus.subscribe('fragile', async (payload) => {
          if (payload === 2) throw new Error('rejected');
        });
        const inbox = await collector(bus, 'fragile');
        for (const payload of [1, 2, 3]) await bus.publish('fragile', payload);
        expect((await inbox.take(3)).map(({ payload }) => payload)).toEqual([1, 2, 3]);
        await done.promise;
        expect(failing).toEqual([1, 2, 3]);
        await bus.close();
        expect(errors.map(String).sort()).toEqual(['Error: rejected', 'Error: thrown']);
      }, true));

    test('answers requests', () =>
      withBus(async (bus) => {
        const other = await join(bus, () => {});
        await bus.respond('double.*', async (payload, subject) => ({ subject, twice: Number(payload) * 2 }));
        const answers = await Promise.all(
          [1, 2].map((value) => other.request(`double.${value}`, value, 5000)),
        );
        expect(answers).toEqual([
          { subject: 'double.1', twice: 2 },
          { subject: 'double.2', twice: 4 },
        ]);
        if (other !== bus) await other.close();
      }));

    test('answers null where the responder has nothing to say', () =>
      withBus(async (bus) => {
        await bus.respond('silent', () => {});
        expect(await bus.request('silent', {}, 5000)).toBeNull();
      }));

    test('asks one responder only, however many there are', () =>
      withBus(async (bus) => {
        let asked = 0;
        for (let count = 0; count < 3; count += 1) await bus.respond('one', () => (asked += 1));
        await bus.request('one', null, 5000);
        expect(asked).toBe(1);
      }));

    test('says at once that nobody answers, before there is a responder and after it left', () =>
      withBus(async (bus) => {
        await expect(bus.request('nobody', 1, 60_000)).rejects.toMatchObject({
          name: 'BusError',
          code: 'noResponders',
        });
        const responder = await bus.respond('nobody', () => 1);
        expect(await bus.request('nobody', 1, 5000)).toBe(1);
        await responder.unsubscribe();
        await expect(bus.request('nobody', 1, 60_000)).rejects.toMatchObject({ code: 'noResponders' });
      }));

    test('gives up waiting for an answer in time', () =>
      withBus(async (bus) => {
        const release = Promise.withResolvers<void>();
        await bus.respond('late', () => release.promise);
        await expect(bus.request('late', 1, 20)).rejects.toMatchObject({ code: 'timeout' });
        release.resolve();
      }));

    test('tells the one who asks that the responder failed, and with which words', () =>
      withBus(async (bus, errors) => {
        await bus.respond('broken', () => {
          throw new Error('außer Betrieb\n✗');
        });
        const error = await bus.request('broken', 1, 5000).catch((one: BusError) => one);
        expect(error).toMatchObject({
          code: 'responderFailed',
          message: expect.stringContaining('außer Betrieb\n✗'),
        });
        expect(errors).toHaveLength(1);
      }, true));

    test('delivers what it took over before it closes, and takes nothing afterwards', async () => {
      const bus = await create(() => {});
      let handled = 0;
      await bus.subscribe('last', async () => {
        await new Promise(setImmediate);
        handled += 1;
      });
      await Promise.all(Array.from({ length: 20 }, (_, index) => bus.publish('last', index)));
      await Promise.all([bus.close(), bus.close()]);
      expect(handled).toBe(20);
      await expect(bus.publish('last', 1)).rejects.toMatchObject({ code: 'closed' });
      await expect(bus.subscribe('last', () => {})).rejects.toMatchObject({ code: 'closed' });
    });

    test('can be observed as a stream, for as long as somebody does', () =>
      withBus(async (bus) => {
        const firstTwo = firstValueFrom(observe(bus, 'stream.*').pipe(take(2), toArray()));
        const inbox = await collector(bus, 'stream.*');
        for (const name of ['a', 'b', 'c']) await bus.publish(`stream.${name}`, { name });
        await inbox.take(3);
        expect(await firstTwo).toEqual([
          { subject: 'stream.a', payload: { name: 'a' } },
          { subject: 'stream.b', payload: { name: 'b' } },
        ]);
        await expect(firstValueFrom(observe(bus, 'a..b'))).rejects.toMatchObject({ code: 'invalidSubject' });
      }));
  });
}

interface Collected {
  readonly subject: string;
  readonly payload: unknown;
}

interface Collector {
  /** Resolves with the first `count` messages once they are there. */
  take(count: number): Promise<readonly Collected[]>;
  count(): number;
  all(): readonly Collected[];
  /** Resolves at the next message. */
  next(): Promise<void>;
  unsubscribe(): Promise<void>;
}

export async function collector(bus: Bus, pattern: string, queue?: string): Promise<Collector> {
  const messages: Collected[] = [];
  let arrival = Promise.withResolvers<void>();
  const subscription = await bus.subscribe(
    pattern,
    (payload, subject) => {
      messages.push({ subject, payload });
      arrival.resolve();
      arrival = Promise.withResolvers();
    },
    queue === undefined ? {} : { queue },
  );
  return {
    async take(count) {
      while (messages.length < count) await arrival.promise;
      return messages.slice(0, count);
    },
    count: () => messages.length,
    all: () => messages,
    next: () => arrival.promise,
    unsubscribe: () => subscription.unsubscribe(),
  };
}

/** Looks again whenever one of them gets a message. */
export async function until(condition: () => boolean, collectors: readonly Collector[]): Promise<void> {
  while (!condition()) await Promise.race(collectors.map((one) => one.next()));
}

/** The rule of NATS, told another way than the adapters do. */
function fits(pattern: readonly string[], subject: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return subject.length === 0;
  if (subject.length === 0) return false;
  if (first === '>') return rest.length === 0;
  return (first === '*' || first === subject[0]) && fits(rest, subject.slice(1));
}
