import { initialState } from '@tidemark/engine';
import { expect, test } from 'vitest';
import type { RunHandle } from '../profile-run.ts';
import { createOrders } from './orders.ts';

const ordersWith = (confirmShared: (hash: string | null) => Promise<readonly string[]>) =>
  createOrders({
    run: () => ({ state: initialState() }) as unknown as RunHandle,
    pauses: { begin: async () => [], end: async () => [] },
    systemd: { reloading: () => undefined },
    reload: async () => ({ isAccepted: true, lines: [] }),
    interrupt: () => undefined,
    plan: () => Promise.reject(new Error('not asked')),
    confirmShared,
  });

test('what waits in shared folders goes on as well, and their names steer no terminal', async () => {
  const asked: (string | null)[] = [];
  const orders = ordersWith(async (hash) => {
    asked.push(hash);
    return ['From \u202eSam'];
  });
  for (const hash of [null, 'abcd'])
    expect(await orders.apply(hash)).toMatchObject({
      isAccepted: true,
      lines: ['Confirmed: what waits in the shared folder "From \\u{202e}Sam" goes on'],
    });
  expect(asked).toEqual([null, 'abcd']);
});

test('where nothing waits, neither in the sync folder nor in a shared one, that is said', async () => {
  const orders = ordersWith(async () => []);
  expect(await orders.apply('abcd')).toMatchObject({
    isAccepted: false,
    lines: ['Nothing waits for a confirmation'],
  });
});
