import { Failure } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { definePlugin, z } from '@tidemark/plugin-sdk';
import { EMPTY, ignoreElements, map, merge, NEVER, Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createHost } from './host.ts';
import type { SpecWorld } from './spec-world.ts';
import { createSpecWorld, hashFile, subjects, turn } from './spec-world.ts';

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
    await world.send({ ...scan, type: 'ScanLocal' }, 'ScanLocal');
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

  it.each([
    ['no object', 'hello', []],
    ['no id', { type: 'HashFile' }, []],
    ['another type', { ...hashFile(0), type: 'ScanLocal' }, ['7/0']],
    ['a way out of the sync folder', hashFile(0, '../secrets'), ['7/0']],
    ['an absolute path', hashFile(0, '/etc/passwd'), ['7/0']],
    ['a missing precondition', { ...hashFile(0), expected: undefined }, ['7/0']],
  ])('rejects a command with %s before any handler sees it', async (_, payload, ended) => {
    let runs = 0;
    const { host, world } = await started(
      definePlugin({
        name: 'hasher',
        handle: {
          HashFile: async () => {
            runs += 1;
            return {};
          },
        },
      }),
    );
    await world.send(payload);
    expect(runs).toBe(0);
    expect(host.describe().rejectedCommands).toBe(1);
    const failed = world.observations().map((failure) => 'command' in failure && failure.command);
    expect(failed).toEqual(ended);
  });
});

describe('host: reports', () => {
  it('publishes reports before the outcome, and makes the handler wait for the bus', async () => {
    const world = createSpecWorld();
    const steps: string[] = [];
    await started(
      definePlugin({
        name: 'reader',
        handle: {
          HashFile: async ({ id }, { report }) => {
            await report({ type: 'RemoteReset', command: id, detail: 'first' });
            steps.push('went on');
            return {};
          },
        },
      }),
      world,
    );
    const sent = world.send(hashFile(0));
    world.bus.away = true;
    await sent;
    expect(steps).toEqual([]);
    world.bus.away = false;
    await world.clock.advance(100);
    expect(steps).toEqual(['went on']);
    expect(world.observations().map(({ type }) => type)).toEqual(['RemoteReset', 'CommandSucceeded']);
  });

  it.each([
    ['the outcome of another command', { type: 'CommandSucceeded', command: '9/9' }],
    ['its own outcome', { type: 'CommandSucceeded', command: '7/0' }],
    ['a page for another command', { type: 'RemotePage', command: '9/9', rows: [], cursor: null }],
    ['a plan', { type: 'Planned', commands: [] }],
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
          HashFile: async ({ id }, { report }) => {
            void turn().then(() => {
              late = report({ type: 'RemoteReset', command: id, detail: 'late' });
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

describe('host: sources', () => {
  it('publishes hints, and a waiting one only once', async () => {
    const hint = { type: 'HintReceived', side: 'remote', source: 'bell' } as const;
    const { world } = await started(
      definePlugin({ name: 'bell', observe: () => merge(of(hint, hint, hint), NEVER) }),
    );
    await turn();
    expect(world.observations()).toEqual([hint]);
  });

  it('starts a source again after a fault, with growing pauses', async () => {
    let subscriptions = 0;
    const { host, world } = await started(
      definePlugin({
        name: 'brittle',
        observe: () => {
          subscriptions += 1;
          return throwError(() => new Error('the line broke'));
        },
      }),
    );
    expect(subscriptions).toBe(1);
    await world.clock.advance(1_000);
    expect(subscriptions).toBe(2);
    await world.clock.advance(1_000);
    expect(subscriptions).toBe(2);
    await world.clock.advance(1_000);
    expect(subscriptions).toBe(3);
    expect(host.describe().plugins[0]).toMatchObject({ faults: 3, observe: 'ended' });
    expect(host.describe().plugins[0]?.lastFault).toContain('the line broke');
  });

  it('does not believe facts that no command asked for', async () => {
    const { host, world } = await started(
      definePlugin({
        name: 'forger',
        observe: () => of<never>({ type: 'CommandSucceeded', command: '7/0' } as never),
      }),
    );
    await turn();
    expect(world.observations()).toEqual([]);
    expect(host.describe().plugins[0]).toMatchObject({ faults: 1 });
  });

  it('shows events to those who asked for them', async () => {
    const seen: unknown[] = [];
    const { world } = await started(
      definePlugin({
        name: 'watching',
        needs: { events: true },
        observe: ({ events, progress }) =>
          merge(events, progress).pipe(
            map((value) => {
              seen.push(value);
            }),
            ignoreElements(),
          ),
      }),
    );
    await world.bus.publish(subjects.event, [{ seq: 1 }]);
    await world.bus.publish(subjects.progress, { doneBytes: 1 });
    expect(seen).toEqual([[{ seq: 1 }], { doneBytes: 1 }]);
  });
});

describe('host: capabilities', () => {
  const everything = ['drive', 'disk', 'output', 'listen', 'connect', 'events'];

  it('grants nothing that was not declared', async () => {
    let context: object = {};
    await started({
      name: 'curious',
      observe: (given) => {
        context = given;
        return EMPTY;
      },
    });
    expect(everything.filter((name) => name in context)).toEqual([]);
    expect(Object.keys(context).toSorted()).toEqual(['clock', 'config', 'random', 'signal']);
  });

  it('grants reading without a way to write', async () => {
    let context: { drive?: object; disk?: object } = {};
    await started({
      name: 'reading',
      needs: { drive: 'read', disk: 'read' },
      observe: (given) => {
        context = given;
        return EMPTY;
      },
    });
    expect(Object.keys(context.drive ?? {}).toSorted()).toEqual(['delta', 'download', 'info', 'item']);
    expect(Object.keys(context.disk ?? {}).toSorted()).toEqual(['hash', 'read', 'scan', 'stat']);
    expect(Object.isFrozen(context.drive)).toBe(true);
  });

  it('connects to declared host names only', async () => {
    const world = createSpecWorld();
    const asked: string[] = [];
    let connect: (url: string) => Promise<unknown> = async () => undefined;
    const plugin: Plugin = {
      name: 'caller',
      needs: { connect: ['push.example.org', '*.example.net'] },
      observe: (given) => {
        connect = given.connect;
        return EMPTY;
      },
    };
    const host = createHost({
      ...world.options,
      plugins: [{ plugin }],
      connect: async (url) => {
        asked.push(url);
        return { messages: EMPTY, send: () => undefined, close: async () => undefined };
      },
    });
    await host.start();
    await connect('wss://push.example.org/a');
    await connect('wss://one.example.net/b');
    for (const url of ['wss://example.net/', 'wss://evilexample.net/', 'wss://push.example.org.evil.test/']) {
      await expect(connect(url)).rejects.toMatchObject({ code: 'accessDenied' });
    }
    expect(asked).toEqual(['wss://push.example.org/a', 'wss://one.example.net/b']);
  });
});

describe('host: setting up', () => {
  const { options } = createSpecWorld();
  const set = (...plugins: readonly { plugin: Plugin; config?: unknown }[]) =>
    createHost({ ...options, plugins });

  it('names plugin, key and fix when a setting is wrong', () => {
    const plugin = definePlugin({ name: 'bell', config: z.strictObject({ everyMinutes: z.number() }) });
    expect(() => set({ plugin, config: { everyMinutes: 'often' } })).toThrow(
      'Cannot start plugin "bell": its settings are not valid: "everyMinutes": Invalid input: expected number, received string. ' +
        'Correct these keys in the settings of the plugin, or remove them to get the defaults',
    );
    expect(() => set({ plugin: definePlugin({ name: 'plain' }), config: { loud: true } })).toThrow(
      'Cannot start plugin "plain": it has no setting "loud"',
    );
  });

  it('refuses two handlers for one command, and names both', () => {
    const one = definePlugin({ name: 'one', handle: { HashFile: done } });
    const two = definePlugin({ name: 'two', handle: { HashFile: done } });
    expect(() => set({ plugin: one }, { plugin: two })).toThrow(
      'Cannot start plugin "two": it handles HashFile, and so does plugin "one". Remove one of the two',
    );
  });

  it('refuses two plugins of one name, names that are no token, and needs that cannot be met', () => {
    const one = definePlugin({ name: 'one' });
    expect(() => set({ plugin: one }, { plugin: one })).toThrow('another plugin has the same name');
    expect(() => set({ plugin: definePlugin({ name: 'a.b' }) })).toThrow('its name is not usable');
    const listening = definePlugin({ name: 'webhook', needs: { listen: 'http' } });
    expect(() => set({ plugin: listening })).toThrow('it needs "listen", which this run does not offer');
  });

  it('describes plugins without running them', () => {
    const plugin = definePlugin({
      name: 'whole',
      version: '1.2.3',
      needs: { drive: 'read' },
      observe: () => EMPTY,
      handle: { HashFile: done },
      rules: { ignore: () => undefined },
    });
    expect(set({ plugin }).describe()).toEqual({
      plugins: [
        {
          name: 'whole',
          version: '1.2.3',
          needs: { drive: 'read' },
          observe: 'ready',
          handles: ['HashFile'],
          rules: ['ignore'],
          startMs: null,
          commands: [],
          faults: 0,
          lastFault: null,
        },
      ],
      rejectedCommands: 0,
    });
  });
});

describe('host: rules', () => {
  const item = { path: 'a/b.mov', name: 'b.mov', kind: 'file', sizeBytes: 1 } as const;
  const version = { sizeBytes: 1, modifiedAt: 1 };
  const conflict = { path: 'a/b.mov', local: version, remote: version };
  const rulesOf = (...plugins: readonly Plugin[]) =>
    createHost({ ...createSpecWorld().options, plugins: plugins.map((plugin) => ({ plugin })) });

  it('lets the first opinion win, in the order of the configuration', () => {
    const { rules } = rulesOf(
      definePlugin({ name: 'mute', rules: { ignore: () => undefined, resolve: () => undefined } }),
      definePlugin({ name: 'first', rules: { ignore: () => 'no videos', resolve: () => 'local' } }),
      definePlugin({ name: 'second', rules: { ignore: () => 'nothing', resolve: () => 'remote' } }),
    );
    expect(rules.ignore(item)).toEqual({ plugin: 'first', detail: 'no videos' });
    expect(rules.resolve(conflict)).toEqual({ plugin: 'first', keepsName: 'local' });
    expect(rulesOf().rules.ignore(item)).toBeNull();
    expect(rulesOf().rules.resolve(conflict)).toBeNull();
  });

  it('lets the item rest when a rule fails, keeps the policy for a conflict, and counts the fault', () => {
    const fail = () => {
      throw new Error('division by zero');
    };
    const host = rulesOf(definePlugin({ name: 'broken', rules: { ignore: fail, resolve: fail } }));
    expect(host.rules.ignore(item)).toEqual({
      plugin: 'broken',
      detail: 'the rule of plugin "broken" failed',
    });
    expect(host.rules.resolve(conflict)).toBeNull();
    expect(host.describe().plugins[0]).toMatchObject({
      faults: 2,
      lastFault: 'Cannot use the rule "resolve" for "a/b.mov": division by zero',
    });
  });
});

describe('host: stopping', () => {
  it('tells what succeeded, keeps what failed to itself, and drops what waited', async () => {
    const { host, world } = await started(
      definePlugin({
        name: 'hasher',
        handle: {
          HashFile: ({ id }, { signal }) =>
            new Promise((resolve, reject) => {
              signal.addEventListener('abort', () =>
                id === '7/0' ? resolve({ transferredBytes: 5 }) : reject(new Error('aborted')),
              );
            }),
        },
      }),
    );
    for (let index = 0; index < 6; index += 1) await world.send(hashFile(index));
    await host.stop();
    expect(world.observations()).toEqual([{ type: 'CommandSucceeded', command: '7/0', transferredBytes: 5 }]);
  });

  it('does not wait for ever, and publishes nothing after stop has resolved', async () => {
    let release = () => {};
    const { host, world } = await started(
      definePlugin({
        name: 'deaf',
        handle: {
          HashFile: async ({ id }, { report }) => {
            await new Promise<void>((resolve) => {
              release = resolve;
            });
            await report({ type: 'RemoteReset', command: id, detail: 'late' });
            return {};
          },
        },
      }),
    );
    await world.send(hashFile(0));
    const stopped = host.stop();
    await turn();
    await world.clock.advance(10_000);
    await stopped;
    release();
    await world.send(hashFile(1));
    await turn();
    expect(world.observations()).toEqual([]);
  });

  it('unsubscribes sources when it settles, and watchers of events when it stops', async () => {
    const world = createSpecWorld();
    const alive = new Set<string>();
    const living = (name: string) =>
      new Observable<never>(() => {
        alive.add(name);
        return () => alive.delete(name);
      });
    const host = createHost({
      ...world.options,
      plugins: [
        { plugin: definePlugin({ name: 'source', observe: () => living('source') }) },
        {
          plugin: definePlugin({
            name: 'watching',
            needs: { events: true },
            observe: () => living('watching'),
          }),
        },
      ],
    });
    await host.start();
    expect([...alive]).toEqual(['source', 'watching']);
    await host.settle();
    expect([...alive]).toEqual(['watching']);
    await host.stop();
    expect([...alive]).toEqual([]);
  });

  it('can be stopped before it was started, and twice', async () => {
    const host = createHost({ ...createSpecWorld().options, plugins: [] });
    await host.stop();
    await expect(host.stop()).resolves.toBeUndefined();
  });
});
