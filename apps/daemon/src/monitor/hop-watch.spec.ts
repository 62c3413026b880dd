import type { Event, RecordedEvent, ServiceAnswer } from '@tidemark/contracts';
import { commandId, seq } from '@tidemark/contracts';
import type { Finding } from '@tidemark/doctor';
import type { Notice } from '@tidemark/plugin-sdk';
import type { WholeObserveContext } from '@tidemark/plugin-sdk/unstable';
import { createManualClock } from '@tidemark/testkit';
import { Subject } from 'rxjs';
import { expect, test } from 'vitest';
import { createHopWatch } from './hop-watch.ts';

const timedOut = {
  status: 400,
  code: 'ValidationError',
  message: 'Subscription validation request timed out.',
};
const refused = { ...timedOut, message: 'Subscription validation request failed.' };
const expired: Finding = { check: 'certificate', verdict: 'failed', detail: 'Expired', remedy: 'Renew it' };
const told = { type: 'hopFailed', check: 'certificate', detail: 'Expired', remedy: 'Renew it' } as const;
const command = commandId(seq(1), 0);

/** `find` in place of an examination: what the way is like. */
function watch(find: () => Promise<Finding | null>) {
  const clock = createManualClock();
  const events = new Subject<readonly RecordedEvent[]>();
  const notices: Notice[] = [];
  const looks: { readonly refusal: ServiceAnswer; readonly signal: AbortSignal }[] = [];
  const faults: unknown[] = [];
  const plugin = createHopWatch((refusal, signal) => {
    looks.push({ refusal, signal });
    return find();
  });
  const context = { events, clock, tell: (notice: Notice) => notices.push(notice) };
  const subscription = plugin
    .observe?.(context as unknown as WholeObserveContext)
    .subscribe({ error: (error: unknown) => faults.push(error) });
  const happens = async (event: Event): Promise<void> => {
    events.next([{ seq: seq(1), at: 0, source: 'webhook', event, items: [] }]);
    await clock.advance(0);
  };
  return {
    ...{ clock, notices, looks, faults, happens },
    fails: (answer: ServiceAnswer, code: 'callbackFailed' | 'offline' = 'callbackFailed') =>
      happens({ type: 'CommandFailed', command, failure: { code, detail: 'no', answer } }),
    granted: () => happens({ type: 'CommandSucceeded', command, subscription: { id: 'sub', expiresAt: 1 } }),
    stop: () => subscription?.unsubscribe(),
  };
}

test('the hop is told once, however often the same attempt fails, and looked for again after a while', async () => {
  const { fails, looks, notices, clock } = watch(async () => expired);
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await fails(timedOut);
    await clock.advance(60_000);
  }
  expect(looks.map(({ refusal }) => refusal)).toEqual([timedOut]);
  await clock.advance(60_000);
  await fails(timedOut);
  expect(looks).toHaveLength(2);
  expect(notices).toEqual([told]);
});

test('another answer of the service is looked into at once, and told only when it leads elsewhere', async () => {
  let found = expired;
  const { fails, looks, notices } = watch(async () => found);
  await fails(timedOut);
  await fails(refused);
  expect(looks).toHaveLength(2);
  expect(notices).toHaveLength(1);
  found = { check: 'proxy', verdict: 'failed', detail: 'Nobody listens' };
  await fails(timedOut);
  expect(notices.at(-1)).toEqual({
    type: 'hopFailed',
    check: 'proxy',
    detail: 'Nobody listens',
    remedy: null,
  });
});

test('a look that could not be had is made up for at the next attempt', async () => {
  let found: Finding | null = null;
  const { fails, notices } = watch(async () => found);
  await fails(timedOut);
  found = expired;
  await fails(timedOut);
  expect(notices).toEqual([told]);
});

test('after a subscription everything is news again', async () => {
  const { fails, granted, notices } = watch(async () => expired);
  await fails(timedOut);
  await granted();
  await fails(timedOut);
  expect(notices).toEqual([told, told]);
});

test('one look at a time, and none is waited for once there is a subscription or the run ends', async () => {
  const looking: ((found: Finding) => void)[] = [];
  const { fails, granted, looks, notices, stop, clock } = watch(
    () => new Promise((resolve) => void looking.push(resolve)),
  );
  await fails(timedOut);
  await fails(refused);
  expect(looks).toHaveLength(1);
  await granted();
  expect(looks[0]?.signal.aborted).toBe(true);
  looking[0]?.(expired);
  await clock.advance(0);
  expect(notices).toEqual([]);
  await fails(timedOut);
  stop();
  expect(looks[1]?.signal.aborted).toBe(true);
});

test('other failures are no reason to look, and a look that breaks is a fault of this plugin alone', async () => {
  const { fails, looks, faults } = watch(() => Promise.reject(new Error('no room for the probe')));
  await fails(timedOut, 'offline');
  expect(looks).toEqual([]);
  await fails(timedOut);
  expect(faults).toEqual([new Error('no room for the probe')]);
});
