import type { IncomingRequest, Notice, Secrets, SpontaneousObservation } from '@tidemark/plugin-sdk';
import { createSecretFiles } from '@tidemark/secrets';
import { createManualClock, notificationOf } from '@tidemark/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAnswers } from './answers.ts';
import { config } from './config.ts';
import { createListenerReception, type ListenerReception } from './listener-reception.ts';
import { askingOf, type Context } from './open-listener.ts';
import { createRefusals } from './refusals.ts';

const id = '7f105c7d-2dc5-4530-97cd-4e7ae6534c07';
const clientState = 'f3'.repeat(32);
const secrets: Secrets = createSecretFiles('/nowhere')('webhook');
const url = 'https://hooks.example.org/webhooks/onedrive';

let reception: ListenerReception;
let reported: SpontaneousObservation[];
let notices: Notice[];
let answer: (request: IncomingRequest) => Promise<{ readonly status: number; readonly body?: string }>;
const clock = createManualClock();
let closing: AbortController;

beforeEach(async () => {
  reception = createListenerReception();
  await reception.know({ current: { id, clientState, url }, previous: null }, { secrets, clock });
  reported = [];
  notices = [];
  closing = new AbortController();
  const context = {
    ...{ clock, secrets, config: config.parse({}) },
    report: async (observation: SpontaneousObservation) => void reported.push(observation),
    tell: (notice: Notice) => notices.push(notice),
  } as unknown as Context;
  const { signal } = closing;
  const refused = createRefusals(clock, signal, context.tell);
  answer = createAnswers(askingOf(reception, context, refused), signal);
});

afterEach(() => closing.abort());

const request = (body: string | Uint8Array, more: Partial<IncomingRequest> = {}): IncomingRequest => ({
  method: 'POST',
  target: '/webhooks/onedrive',
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  remoteAddress: '192.0.2.1',
  ...more,
});
const json = (...value: readonly unknown[]): string => JSON.stringify({ value });
const ours = notificationOf(id, clientState);
const hint = { type: 'HintReceived', side: 'remote', source: 'webhook' } as const;

describe('notifications', () => {
  it('that are ours become one hint, whatever else is in the body', async () => {
    const body = json(
      ours,
      notificationOf(id, 'wrong'),
      ours,
      { nothing: 1 },
      notificationOf('other', clientState),
    );
    expect(await answer(request(body))).toEqual({ status: 202 });
    expect(reported).toEqual([hint]);
    expect(notices).toEqual([
      { type: 'forged', count: 3 },
      { type: 'signalReceived', count: 1 },
    ]);
  });

  it('may come in the older form, and with fields nobody knows', async () => {
    const { changeType: _, tenantId: __, ...older } = { ...ours, expirationDateTime: '2030-01-01T00:00:00Z' };
    await answer(request(json({ ...older, somethingNew: { deep: [1] } })));
    expect(reported).toEqual([hint]);
  });

  it.each([
    ['GET', 405],
    ['PUT', 405],
    ['HEAD', 405],
    ['OPTIONS', 405],
  ])('come by POST and not by %s', async (method, status) => {
    expect((await answer(request(json(ours), { method }))).status).toBe(status);
    expect(reported).toEqual([]);
  });

  it.each<[string, string | Uint8Array, Partial<IncomingRequest>?]>([
    ['text', json(ours), { headers: { 'content-type': 'text/plain' } }],
    ['JSON of another kind', json(ours), { headers: { 'content-type': 'application/json-seq' } }],
    ['nothing that is named', json(ours), { headers: {} }],
    [
      'compressed',
      json(ours),
      { headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
    ],
    ['in another encoding', json(ours), { headers: { 'content-type': 'application/json; charset=utf-16' } }],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['no JSON', json(ours).slice(0, -1)],
    ['empty', ''],
    ['without rows', json()],
    ['more than a hundred rows', json(...Array.from({ length: 101 }, () => ours))],
    ['one row outside of a list', JSON.stringify({ value: ours })],
    ['a bare list', JSON.stringify([ours])],
    ['too deep', json({ ...ours, a: [[[[[[1]]]]]] })],
    ['very deep', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
  ])('that are %s are forged, and answered like every other', async (_, body, more) => {
    expect(await answer(request(body, more))).toEqual({ status: 202 });
    expect(reported).toEqual([]);
    expect(notices).toEqual([{ type: 'forged', count: 1 }]);
  });

  it.each([
    ['another secret', { clientState: clientState.replace('f', 'e') }],
    ['a longer secret', { clientState: `${clientState}0` }],
    ['the digest of the secret', { clientState: secrets.digest(clientState) }],
    ['no secret', { clientState: undefined }],
    ['an empty secret', { clientState: '' }],
    ['a list of secrets', { clientState: [clientState] }],
    ['an object', { clientState: { toString: clientState } }],
    ['another subscription', { subscriptionId: id.replace('7', '8') }],
    ['no subscription', { subscriptionId: undefined }],
    ['an unheard-of event', { lifecycleEvent: 'gone' }],
    ['an unheard-of change', { changeType: 'moved' }],
  ])('with %s are forged', async (_, wrong) => {
    expect(await answer(request(json({ ...ours, ...wrong })))).toEqual({ status: 202 });
    expect(reported).toEqual([]);
    expect(notices).toEqual([{ type: 'forged', count: 1 }]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('do no harm with the key %s', async (key) => {
    const body = `{"${key}":{"value":[]},"value":[{"${key}":{"clientState":"${clientState}","subscriptionId":"${id}"}}]}`;
    await answer(request(body));
    expect(reported).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'clientState')).toBe(false);
  });

  it('hold one hint at most beside the one that is on its way to the bus', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const context = {
      ...{ clock, secrets, config: config.parse({}), tell: () => undefined },
      report: (observation: SpontaneousObservation) => {
        reported.push(observation);
        return gate;
      },
    } as unknown as Context;
    const busy = createAnswers(
      askingOf(reception, context, () => undefined),
      new AbortController().signal,
    );
    const answers = Array.from({ length: 1_000 }, () => busy(request(json(ours))));
    await Promise.resolve();
    expect(reported).toHaveLength(1);
    release();
    expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([202]));
    // The one on its way may have been acted upon before the others came: one more stands for all of them.
    expect(reported).toHaveLength(2);
  });

  it('with the secret before the present one count for a while', async () => {
    const previous = { id: 'before', clientState: 'old-secret', url, until: clock.now() + 1_000 };
    await reception.know({ current: { id, clientState, url }, previous }, { secrets, clock });
    await answer(request(json(notificationOf('before', 'old-secret'))));
    expect(reported).toHaveLength(1);
    await answer(request(json(notificationOf(id, 'old-secret'), notificationOf('before', clientState))));
    expect(reported).toHaveLength(1);
    await clock.advance(1_000);
    await answer(request(json(notificationOf('before', 'old-secret'))));
    expect(reported).toHaveLength(1);
  });

  it('of a subscription that the service has not named yet count while we ask for it, and not after', async () => {
    await reception.know({ current: { id: null, clientState, url }, previous: null }, { secrets, clock });
    await reception.whileAsking(() => answer(request(json(ours))));
    expect(reported).toEqual([hint]);
    await answer(request(json(ours)));
    expect(reported).toHaveLength(1);
  });
});

describe('what is turned away', () => {
  it('is counted by reason, and told now and then', async () => {
    await answer(request('', { method: 'GET' }));
    await answer(request('', { method: 'HEAD' }));
    await answer(request('', { target: '/?validationToken=nobody-asked' }));
    expect(notices).toEqual([{ type: 'refused', reasons: { method: 1 } }]);
    await clock.advance(10_000);
    expect(notices.slice(1)).toEqual([{ type: 'refused', reasons: { method: 2, validation: 1 } }]);
  });

  it('is a notification that is ours and finds no place on the bus, too', async () => {
    const context = {
      ...{ clock, secrets, config: config.parse({}), tell: (notice: Notice) => notices.push(notice) },
      report: () => new Promise(() => undefined),
    } as unknown as Context;
    const { signal } = new AbortController();
    const refused = createRefusals(clock, signal, context.tell);
    const answering = createAnswers(askingOf(reception, context, refused), signal)(request(json(ours)));
    await clock.advance(context.config.queueWithinMs);
    expect(await answering).toEqual({ status: 503 });
    expect(notices).toContainEqual({ type: 'refused', reasons: { notQueued: 1 } });
  });
});

describe('any byte of a notification', () => {
  const text = json(ours);
  const bytes = new TextEncoder().encode(text);
  const proofs = [`"subscriptionId":"${id}"`, `"clientState":"${clientState}"`].map((proof) => {
    const from = text.indexOf(proof);
    return { from, to: from + proof.length };
  });
  const isProof = (at: number): boolean => proofs.some(({ from, to }) => at >= from && at < to);

  it('can be changed without harm, and one of the proofs never without the hint being lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (changes) => {
          const changed = Uint8Array.from(bytes);
          for (const [at, by] of changes) changed[at] = (changed[at] ?? 0) ^ by;
          const differs = changed.some((byte, at) => byte !== bytes[at] && isProof(at));
          const before = reported.length;
          expect(await answer(request(changed))).toEqual({ status: 202 });
          if (differs) expect(reported).toHaveLength(before);
          else expect(reported.length - before).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('is changed one at a time, each in every way that one bit can', async () => {
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const before = reported.length;
        expect(await answer(request(changed))).toEqual({ status: 202 });
        if (isProof(at)) expect(reported).toHaveLength(before);
      }
    }
    expect(reported.length).toBeGreaterThan(0);
  });

  it('any body at all is answered, and brings nothing', async () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 2_000 }).map((value) => value as Uint8Array | string),
      fc.json(),
      fc.json().map((value) => `{"value":[${value}]}`),
      fc.jsonValue().map((value) => json({ ...ours, clientState: value })),
    );
    await fc.assert(
      fc.asyncProperty(body, async (value) => {
        expect(await answer(request(value))).toEqual({ status: 202 });
        expect(reported).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the call that asks whether the address is ours', () => {
  const encoded =
    'Validation%3a+Testing+client+application+reachability+for+subscription+Request-Id%3a+7f105c7d';
  const token = 'Validation: Testing client application reachability for subscription Request-Id: 7f105c7d';
  const call = (query: string, more: Partial<IncomingRequest> = {}): IncomingRequest =>
    request('', {
      target: `/any/path?${query}`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      ...more,
    });

  it('is answered while we ask for a subscription, with plus signs as spaces', async () => {
    await reception.whileAsking(async () => {
      for (const query of [`validationToken=${encoded}`, `mine=1&validationToken=${encoded}&b`])
        expect(await answer(call(query))).toEqual({
          status: 200,
          headers: {
            'content-type': 'text/plain; charset=utf-8',
            'x-content-type-options': 'nosniff',
            'cache-control': 'no-store',
          },
          body: token,
        });
    });
    expect(notices).toEqual([{ type: 'validationAnswered', count: 1 }]);
    await clock.advance(1_000);
    expect(notices.slice(1)).toEqual([{ type: 'validationAnswered', count: 2 }]);
  });

  it('is not answered at any other time', async () => {
    expect(await answer(call(`validationToken=${encoded}`))).toEqual({ status: 404 });
    await reception.whileAsking(async () => undefined);
    expect(await answer(call(`validationToken=${encoded}`))).toEqual({ status: 404 });
    expect(notices.map(({ type }) => type)).not.toContain('validationAnswered');
  });

  it.each([
    ['by GET', call('validationToken=a', { method: 'GET' }), 405],
    ['without a token', call('validationToken='), 404],
    ['with two', call('validationToken=a&validationToken=b'), 404],
    ['with one that is too long', call(`validationToken=${'a'.repeat(4_097)}`), 404],
    ['with one that is no UTF-8', call('validationToken=%ff'), 404],
    ['with half an escape', call('validationToken=%4'), 404],
  ])('is refused %s', async (_, hostile, status) => {
    await reception.whileAsking(async () => {
      expect((await answer(hostile)).status).toBe(status);
    });
    expect(notices.map(({ type }) => type)).not.toContain('validationAnswered');
  });

  it('gives back markup and line ends as the plain text that they are', async () => {
    const hostile = '<script>alert(1)</script>\r\nSet-Cookie: a=b';
    await reception.whileAsking(async () => {
      const answered = await answer(call(`validationToken=${encodeURIComponent(hostile)}`));
      expect(answered).toMatchObject({ status: 200, body: hostile });
      expect(JSON.stringify(Object.entries(answered).filter(([key]) => key !== 'body'))).not.toContain(
        'Cookie',
      );
    });
  });

  it('is answered however many strangers call before the service does', async () => {
    await reception.whileAsking(async () => {
      for (let second = 0; second < 30; second += 1) {
        for (let index = 0; index < 60; index += 1) await answer(call('validationToken=forged'));
        await clock.advance(1_000);
      }
      expect(await answer(call(`validationToken=${encoded}`))).toMatchObject({ status: 200, body: token });
    });
  });

  it('is answered five hundred times a second at most', async () => {
    await reception.whileAsking(async () => {
      const statuses = [];
      for (let index = 0; index < 600; index += 1)
        statuses.push((await answer(call('validationToken=a'))).status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(500);
      expect(statuses.at(-1)).toBe(429);
      await clock.advance(2);
      expect((await answer(call('validationToken=a'))).status).toBe(200);
    });
    expect(notices.filter(({ type }) => type === 'validationAnswered')).toHaveLength(1);
  });
});
