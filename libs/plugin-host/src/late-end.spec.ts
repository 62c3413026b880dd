/** The end of a run with plugins that do not end, or fail at it: each is named, and keeps nobody else from ending. */
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import { createWorld, runPlugin } from '@tidemark/plugin-testkit';
import { NEVER, Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { createHost } from './host.ts';
import { createSpecWorld, turn } from './spec-world.ts';

const never = (): Promise<never> => new Promise<never>(() => undefined);

/** Beside another plugin, which is asked for its end as well. */
async function endOf(plugin: Plugin) {
  const { options, clock } = createSpecWorld();
  const did: string[] = [];
  const faults: string[] = [];
  const other = definePlugin({
    name: 'other',
    setup: () => 1,
    observe: () => new Observable<never>(() => () => void did.push('other ended')),
    dispose: () => void did.push('other was disposed of'),
  });
  const host = createHost({
    ...options,
    plugins: [{ plugin }, { plugin: other }],
    onFault: ({ details }) => faults.push(details.detail),
  });
  await host.start();
  const stopped = host.stop();
  await turn();
  await clock.advance(10_000);
  await stopped;
  return { did, faults };
}

const did = ['other ended', 'other was disposed of'];

it('a plugin whose dispose hangs is named', async () => {
  const faults = ['Plugin "stays" did not stop within 10 s: its dispose is still under way'];
  expect(await endOf(definePlugin({ name: 'stays', setup: () => 1, dispose: never }))).toEqual({
    did,
    faults,
  });
});

it('a plugin whose source throws when it is to end is named', async () => {
  const faults = ['Cannot go on observing: plugin "stays" failed: no such timer'];
  const observe = () =>
    new Observable<never>(() => () => {
      throw new Error('no such timer');
    });
  expect(await endOf(definePlugin({ name: 'stays', observe }))).toEqual({ did, faults });
  const watching = definePlugin({ name: 'stays', needs: { events: true }, observe });
  expect(await endOf(watching)).toEqual({ did, faults });
});

it('a plugin that ends in order is not named', async () => {
  expect(await endOf(definePlugin({ name: 'ends', observe: () => NEVER }))).toEqual({ did, faults: [] });
});

it('a plugin whose reaction hangs is named with it', async () => {
  const plugin = definePlugin({ name: 'stays', needs: { events: true }, on: { finished: never } });
  const world = createWorld({ disk: { 'a.txt': 'a' } });
  const run = await runPlugin(plugin, world);
  await run.happen('DeleteLocal', 'a.txt');
  const stopped = run.stop();
  await turn();
  await world.clock.advance(10_000);
  await stopped;
  expect(run.faults).toEqual([
    'Plugin "stays" did not stop within 10 s: its reaction "finished" is still under way',
  ]);
});
