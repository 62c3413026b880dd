import { Failure } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import { waitingRowsMax } from '@tidemark/engine';
import { describe, expect, it } from 'vitest';
import { createHost } from './host.ts';
import type { SpecWorld } from './spec-world.ts';
import { createSpecWorld, hashFile, turn } from './spec-world.ts';

const done = async () => ({});

async function started(plugin: Plugin, world: SpecWorld = createSpecWorld()) {
  const host = createHost({ ...world.options, plugins: [{ plugin }] });
  await host.start();
  return { host, world };
}

describe('host: commands', () => {
  it('turns a returned outcome into CommandSucceeded on the subject of the plugin', async () => {
    const { world } = await started(
      definePlugin({ name: 'hasher', handle: { HashFile: async () => ({ transferredBytes: 3 }) } }),
    );
    await world.send(hashFile(0));
    expect(world.bus.published.at(-1)).toEqual({
      subject: 'sync.home.observation.hasher',
      payload: [{ type: 'CommandSucceeded', command: '7/0', transferredBytes: 3 }],
    });
  });

  it('turns a thrown Failure into CommandFailed with its details', async () => {
    const details = { code: 'localGone', detail: 'Cannot read "file-0.txt": it is gone' } as const;
    const { world } = await started(
      definePlugin({
        name: 'hasher',
        handle: { HashFile: () => Promise.reject(new Failure(details)) },
      }),
    );
    await world.send(hashFile(0));
    expect(world.observations()).toEqual([{ type: 'CommandFailed', command: '7/0', failure: details }]);
  });

  it.each([
    ['an Error', new TypeError('x is undefined'), 'x is undefined'],
    ['anything else', 42, '42'],
    ['something without words', Object.create(null), 'it threw something that has no words'],
    ['a failure of no known kind', new Failure({ code: 'constructor', detail: 'x' } as never), 'x'],
    ['an endless message', new Error('y'.repeat(9_999)), `${'y'.repeat(300)}…`],
  ])('turns %s into pluginFault, without a stack', async (_, thrown, message) => {
    const { host, world } = await started(
      definePlugin({
        name: 'hasher',
        handle: {
          HashFile: () => {
            throw thrown;
          },
        },
      }),
    );
    await world.send(hashFile(0));
    expect(world.observations()).toEqual([
      {
        type: 'CommandFailed',
        command: '7/0',
        failure: {
          code: 'pluginFault',
          detail: `Cannot carry out HashFile "file-0.txt": plugin "hasher" failed: ${message}`,
        },
      },
    ]);
    expect(host.describe().plugins[0]).toMatchObject({ faults: 1 });
  });

  it('calls a handler that returns nothing a fault', async () => {
    const silent = { name: 'silent', handle: { HashFile: async () => undefined as never } };
    const { world } = await started(silent);
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginFault' } }]);
  });

  it.each<[string, () => Promise<object>]>([
    ['outcome', async () => ({ transferredBytes: 999 })],
    ['failure', () => Promise.reject(new Failure({ code: 'localGone', detail: 'x', afterMs: 999 }))],
  ])('ends a command with a plain failure when its %s is nothing the bus can take', async (_, handler) => {
    const world = createSpecWorld();
    const publish = world.bus.publish.bind(world.bus);
    world.bus.publish = async (subject, payload) => {
      if (JSON.stringify(payload).includes('999')) {
        throw Object.assign(new Error('the payload is no JSON'), { code: 'invalidPayload' });
      }
      await publish(subject, payload);
    };
    await started(definePlugin({ name: 'hasher', handle: { HashFile: handler } }), world);
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([
      { type: 'CommandFailed', command: '7/0', failure: { code: 'pluginFault' } },
    ]);
  });

  it('runs a command once, however often the bus delivers it', async () => {
    const world = createSpecWorld();
    world.bus.deliveries = 3;
    let runs = 0;
    await started(
      definePlugin({
        name: 'hasher',
        handle: {
          HashFile: async () => {
            runs += 1;
            return {};
          },
        },
      }),
      world,
    );
    await world.send(hashFile(0));
    await world.send(hashFile(0));
    expect(runs).toBe(1);
    expect(world.observations()).toHaveLength(1);
  });

  it('reads at most 4 files at once, in order', async () => {
    const gates: (() => void)[] = [];
    const begun: string[] = [];
    const { world } = await started(
      definePlugin({
        name: 'hasher',
        handle: {
          HashFile: async ({ id }) => {
            begun.push(id);
            await new Promise<void>((resolve) => gates.push(resolve));
            return {};
          },
        },
      }),
    );
    for (let index = 0; index < 10; index += 1) await world.send(hashFile(index));
    expect(begun).toEqual(['7/0', '7/1', '7/2', '7/3']);
    gates[2]?.();
    await turn();
    expect(begun).toEqual(['7/0', '7/1', '7/2', '7/3', '7/4']);
  });

  it('does not let a scan wait behind files', async () => {
    const { world } = await started(
      definePlugin({
        name: 'reader',
        handle: { HashFile: () => new Promise(() => undefined), ScanLocal: done },
      }),
    );
    for (let index = 0; index < 10; index += 1) await world.send(hashFile(index));
    const { expected: _, ...scan } = hashFile(20, '');
    await world.send({ ...scan, type: 'ScanLocal', folders: null }, 'ScanLocal');
    expect(world.observations()).toEqual([{ type: 'CommandSucceeded', command: '7/20' }]);
  });

  it('sends outcomes that arrive together as one batch', async () => {
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { world } = await started(
      definePlugin({ name: 'hasher', handle: { HashFile: () => gate.then(done) } }),
    );
    for (let index = 0; index < 3; index += 1) await world.send(hashFile(index));
    release();
    await turn();
    expect(world.batches().map((batch) => batch.length)).toEqual([3]);
  });
});

describe('host: reports', () => {
  it('sends what one turn brings as one message where messages are dear', async () => {
    const world = createSpecWorld();
    const plugin = definePlugin({
      name: 'reader',
      handle: {
        HashFile: async (_command, { report }) => {
          await report({ type: 'HintReceived', side: 'remote', source: 'reader' });
          return {};
        },
      },
    });
    await createHost({ ...world.options, plugins: [{ plugin }], gather: turn }).start();
    await world.send(hashFile(0));
    await turn();
    expect(world.batches().map((batch) => batch.map(({ type }) => type))).toEqual([
      ['HintReceived', 'CommandSucceeded'],
    ]);
  });

  it('makes a handler wait that reports more than the bus takes', async () => {
    const world = createSpecWorld();
    let reported = 0;
    await started(
      definePlugin({
        name: 'reader',
        handle: {
          HashFile: async (_command, { report }) => {
            for (; reported < 1000; reported += 1)
              await report({ type: 'HintReceived', side: 'remote', source: `${reported}` });
            return {};
          },
        },
      }),
      world,
    );
    const sent = world.send(hashFile(0));
    world.bus.away = true;
    await sent;
    await turn();
    expect(reported).toBe(waitingRowsMax - 1);
    world.bus.away = false;
    while (world.observations().length < 1001) await world.clock.advance(100);
    expect(world.observations().at(-1)?.type).toBe('CommandSucceeded');
  });

  it.each([
    ['the outcome of another command', { type: 'CommandSucceeded', command: '9/9' }],
    ['its own outcome', { type: 'CommandSucceeded', command: '7/0' }],
    ['a page for another command', { type: 'RemotePage', command: '9/9', page: 0, rows: [], cursor: null }],
    ['what only a look can meet', { type: 'RemotePage', command: '7/0', page: 0, rows: [], cursor: null }],
    ['a plan', { type: 'Planned', commands: [] }],
    ['a hint in a wrong shape', { type: 'HintReceived', side: 'local', source: 'liar', folders: 'a/b' }],
  ])('does not take over %s', async (_, observation) => {
    const { world } = await started(
      definePlugin({
        name: 'liar',
        handle: {
          HashFile: async (_command, { report }) => {
            await report(observation as never);
            return {};
          },
        },
      }),
    );
    await world.send(hashFile(0));
    expect(world.observations()).toMatchObject([{ type: 'CommandFailed', failure: { code: 'pluginFault' } }]);
  });

  it('does not take over what a handler reports after its end', async () => {
    let late: Promise<void> | undefined;
    const { world } = await started(
      definePlugin({
        name: 'late',
        handle: {
          HashFile: async (_command, { report }) => {
            void turn().then(() => {
              late = report({ type: 'HintReceived', side: 'remote', source: 'late' });
            });
            return {};
          },
        },
      }),
    );
    await world.send(hashFile(0));
    await turn();
    await expect(late).rejects.toThrow('after HashFile had ended');
    expect(world.observations()).toHaveLength(1);
  });

  it('thins out progress and always tells the last figure', async () => {
    const { world } = await started(
      definePlugin({
        name: 'sender',
        handle: {
          HashFile: async (_, { progress }) => {
            for (let bytes = 0; bytes <= 100; bytes += 1) progress(bytes, 100);
            return {};
          },
        },
      }),
    );
    await world.send(hashFile(0));
    const figures = world.bus.published.filter(({ subject }) => subject === 'sync.home.progress');
    expect(figures.map(({ payload }) => payload)).toMatchObject([
      { command: '7/0', doneBytes: 0, totalBytes: 100 },
      { command: '7/0', doneBytes: 100, totalBytes: 100 },
    ]);
  });
});
