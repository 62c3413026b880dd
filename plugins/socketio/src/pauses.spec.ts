import { Failure, type FailureCode } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { createPauses } from './pauses.ts';

const random = (fraction: number) => ({
  bytes: () => new Uint8Array(),
  uuid: () => '',
  fraction: () => fraction,
});
const failed = (code: FailureCode, afterMs?: number) =>
  new Failure({ code, detail: 'x', ...(afterMs === undefined ? {} : { afterMs }) });

it('grow from one second to a minute, and begin anew after success', () => {
  const pauses = createPauses(random(1));
  const seconds = Array.from({ length: 8 }, () => pauses.next(failed('offline')) / 1000);
  expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  pauses.reset();
  expect(pauses.next(null)).toBe(1000);
});

it('are spread, so that not all clients come back at once', () => {
  expect(createPauses(random(0)).next(null)).toBe(750);
  expect(createPauses(random(0)).next(failed('notSupported'))).toBe(60_000);
  expect(createPauses(random(1)).next(failed('notSupported'))).toBe(75_000);
});

it.each(['notSupported', 'accessDenied', 'loginRequired'] as const)(
  'are long when the service says %s, up to an hour',
  (code) => {
    const pauses = createPauses(random(0));
    const minutes = Array.from({ length: 8 }, () => pauses.next(failed(code)) / 60_000);
    expect(minutes).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  },
);

it('are never shorter than the service asked for', () => {
  expect(createPauses(random(0)).next(failed('throttled', 120_000))).toBe(120_000);
});
