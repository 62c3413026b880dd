import { definePlugin } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { createHost } from './host.ts';
import { createSpecWorld } from './spec-world.ts';
import { createTally } from './tally.ts';

it('counts what became of each kind, and how long it took', () => {
  const tally = createTally();
  tally.count('finished', true, 3);
  tally.count('held', false, 1);
  tally.count('finished', false, 4);
  expect(tally.all()).toEqual([
    { type: 'finished', succeeded: 1, failed: 1, totalMs: 7 },
    { type: 'held', succeeded: 0, failed: 1, totalMs: 1 },
  ]);
});

it('a host tells how many requests a plugin sent, and how many had no answer', async () => {
  const plugin = definePlugin({
    name: 'caller',
    needs: { request: ['hooks.example.com'] },
    setup: async ({ request }) => {
      for (const path of ['a', 'away', 'b'])
        await request(`https://hooks.example.com/${path}`).catch(() => undefined);
      await request('https://not.example.com/').catch(() => undefined);
    },
  });
  const { options, clock } = createSpecWorld();
  const request = async (url: string) => {
    await clock.advance(5);
    if (url.endsWith('away')) throw new Error('away');
    return { status: 200, headers: {}, text: '' };
  };
  const host = createHost({ ...options, request, plugins: [{ plugin }] });
  await host.start();
  expect(host.describe().plugins[0]?.requests).toEqual({ succeeded: 2, failed: 1, totalMs: 15 });
  await host.stop();
});
