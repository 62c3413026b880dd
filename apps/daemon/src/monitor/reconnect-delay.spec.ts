import { Failure } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { createReconnectDelay } from './reconnect-delay.ts';

const offline = new Failure({ code: 'offline', detail: 'x' });

test('a network that stays away is tried again after 5 s, 10 s, 20 s … at most a minute', () => {
  const reconnectDelay = createReconnectDelay(() => false);
  expect([1, 2, 3, 4, 5, 6].map(() => reconnectDelay.after(offline))).toEqual(
    [5, 10, 20, 40, 60, 60].map((seconds) => seconds * 1000),
  );
  reconnectDelay.reset();
  expect(reconnectDelay.after(offline)).toBe(5_000);
});

test('a wait that the service asked for is kept', () => {
  expect(
    createReconnectDelay(() => false).after(new Failure({ code: 'throttled', detail: 'x', afterMs: 90_000 })),
  ).toBe(90_000);
});

test('what waiting does not help is not waited for', () => {
  const reconnectDelay = createReconnectDelay(() => false);
  for (const code of ['loginRequired', 'rootSuspended', 'diskFull', 'driveNotFound'] as const)
    expect(reconnectDelay.after(new Failure({ code, detail: 'x' }))).toBeNull();
  expect(reconnectDelay.after(new Error('a bug'))).toBeNull();
});

test('a drive that was synced before is waited for, a minute each time', () => {
  const reconnectDelay = createReconnectDelay(() => true);
  const lost = new Failure({ code: 'driveNotFound', detail: 'x' });
  expect([reconnectDelay.after(lost), reconnectDelay.after(lost)]).toEqual([60_000, 60_000]);
});
