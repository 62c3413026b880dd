import { Failure } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { createHost, type HostOptions } from './host.ts';
import { createSpecWorld, hashFile, turn } from './spec-world.ts';

type Handling = NonNullable<NonNullable<Plugin['handle']>['HashFile']>;
const handling = (name: string, HashFile: Handling, more: Partial<Plugin> = {}): Plugin => ({
  ...{ name, handle: { HashFile } },
  ...more,
});

/** Hashes, and notes that it was asked. */
function hasher(asked: string[]): Plugin {
  return handling('hasher', async ({ id }) => {
    asked.push(id);
    return { transferredBytes: 3 };
  });
}

async function started(plugins: HostOptions['plugins']) {
  const world = createSpecWorld();
  const host = createHost({ ...world.options, plugins });
  await host.start();
  return { host, world };
}

describe('several plugins that handle one command', () => {
  it('are called in the order of the settings, each by the one before it, ours last', async () => {
    const calls: string[] = [];
    const passing = (name: string, order?: 'first' | 'last'): Plugin =>
      handling(
        name,
        async (_command, { next }) => {
          calls.push(name);
          return next();
        },
        order === undefined ? {} : { order },
      );
    const { world } = await started([
      { plugin: handling('ours', async () => (calls.push('ours'), {})), ours: true },
      { plugin: passing('late', 'last') },
      { plugin: passing('one') },
      { plugin: passing('two') },
      { plugin: passing('early', 'first') },
    ]);
    await world.send(hashFile(0));
    expect(calls).toEqual(['early', 'one', 'two', 'late', 'ours']);
  });

  it('tell one outcome, that of the first, who may add to what it got', async () => {
    const { host, world } = await started([
      { plugin: hasher([]), ours: true },
      {
        plugin: definePlugin({
          name: 'adding',
          handle: {
            HashFile: async (_command, { next }) => {
              const outcome = await next();
              return { ...outcome, transferredBytes: (outcome.transferredBytes ?? 0) + 4 };
            },
          },
        }),
      },
    ]);
    await world.send(hashFile(0));
    expect(world.bus.published.at(-1)).toEqual({
      subject: 'sync.home.observation.adding',
      payload: [{ type: 'CommandSucceeded', command: '7/0', transferredBytes: 7 }],
    });
    expect(world.observations()).toHaveLength(1);
    expect(host.describe().plugins.map(({ commands }) => commands[0]?.succeeded)).toEqual([1, 1]);
  });

  it('leave the others out when they do not call next', async () => {
    const asked: string[] = [];
    const { world } = await started([
      { plugin: hasher(asked), ours: true },
      { plugin: handling('instead', async () => ({})) },
    ]);
    await world.send(hashFile(0));
    expect(asked).toEqual([]);
    expect(world.observations()).toEqual([{ type: 'CommandSucceeded', command: '7/0' }]);
  });

  it('pass a failure on as it is, and only the one whose fault it was is blamed', async () => {
    const { host, world } = await started([
      { plugin: handling('ours', () => Promise.reject(new TypeError('x is undefined'))), ours: true },
      { plugin: handling('passing', async (_command, { next }) => next()) },
    ]);
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([
      {
        type: 'CommandFailed',
        failure: {
          code: 'pluginFault',
          detail: 'Cannot carry out HashFile "file-0.txt": plugin "ours" failed: x is undefined',
        },
      },
    ]);
    const reason = 'Cannot carry out HashFile "file-0.txt": plugin "ours" failed: x is undefined';
    expect(host.describe().plugins).toMatchObject([
      { name: 'ours', faults: 1, lastFailure: reason },
      { name: 'passing', faults: 0, lastFailure: reason },
    ]);
  });

  it('may make good what failed after them', async () => {
    const gone = new Failure({ code: 'localGone', detail: 'it is gone' });
    const { world } = await started([
      { plugin: handling('ours', () => Promise.reject(gone)), ours: true },
      {
        plugin: handling('patient', async (_command, { next }) =>
          next().catch((error: unknown) => {
            if (error instanceof Failure && error.code === 'localGone') return {};
            throw error;
          }),
        ),
      },
    ]);
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([{ type: 'CommandSucceeded' }]);
  });

  it.each<[string, Handling, RegExp]>([
    [
      'calls next twice',
      async (_command, { next }) => {
        await next();
        return next();
      },
      /"hasty" called next twice/,
    ],
    [
      'returns before next did',
      async (_command, { next }) => {
        next().catch(() => undefined);
        return {};
      },
      /"hasty" returned before next did/,
    ],
    [
      'returns what is no outcome',
      async (_command, { next }) => (await next(), undefined as never),
      /"hasty" failed: the handler returned no outcome/,
    ],
  ])('fail with the fault of one that %s', async (_, faulty, reason) => {
    const { host, world } = await started([
      { plugin: hasher([]), ours: true },
      { plugin: handling('hasty', faulty) },
    ]);
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([
      { type: 'CommandFailed', failure: { code: 'pluginFault', detail: expect.stringMatching(reason) } },
    ]);
    expect(host.describe().plugins.map(({ faults }) => faults)).toEqual([0, 1]);
  });

  it('do not end the command while one of them works at it', async () => {
    const gate = Promise.withResolvers<void>();
    const { world } = await started([
      { plugin: handling('ours', () => gate.promise.then(() => ({}))), ours: true },
      {
        plugin: handling('hasty', async (_command, { next }) => {
          next().catch(() => undefined);
          throw new Failure({ code: 'timedOut', detail: 'too slow for me' });
        }),
      },
    ]);
    await world.send(hashFile(0));
    expect(world.observations()).toEqual([]);
    gate.resolve();
    await turn();
    expect(world.observations()).toMatchObject([{ type: 'CommandFailed' }]);
  });

  it('get a failure from next when nobody comes after them', async () => {
    const { world } = await started([{ plugin: handling('alone', async (_command, { next }) => next()) }]);
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([
      {
        type: 'CommandFailed',
        failure: { detail: expect.stringContaining('called next, and nobody handles HashFile after it') },
      },
    ]);
  });

  it('report on the way in one order with the outcome, whoever of them reports', async () => {
    const { world } = await started([
      {
        plugin: handling('ours', async (_command, { report }) => {
          await report({ type: 'HintReceived', side: 'local', source: 'ours' });
          return {};
        }),
        ours: true,
      },
      { plugin: handling('passing', async (_command, { next }) => next()) },
    ]);
    await world.send(hashFile(0));
    expect(world.observations().map(({ type }) => type)).toEqual(['HintReceived', 'CommandSucceeded']);
    expect(new Set(world.bus.published.map(({ subject }) => subject)).size).toBe(2);
  });
});
