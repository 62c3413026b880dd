import type { HintReceived } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { definePlugin, z } from '@tidemark/plugin-sdk';
import { EMPTY, ignoreElements, map, merge, NEVER, Observable, of, tap, throwError } from 'rxjs';
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

  it.each([
    ['another side', { side: 'both' }, /side/],
    ['a text in place of a list', { folders: 'a/b' }, /folders/],
    ['a way out of the folder', { folders: ['../etc'] }, /leaves the sync folder/],
    ['no source', { source: undefined }, /source/],
  ])('takes over no hint with %s', async (_, wrong, reason) => {
    const bad = { type: 'HintReceived', side: 'local', source: 'bell', ...wrong } as never;
    const { host, world } = await started(
      definePlugin({
        name: 'bell',
        observe: ({ report }) => {
          report(bad).catch(() => undefined);
          return of<never>(bad);
        },
      }),
    );
    await turn();
    expect(world.observations()).toEqual([]);
    expect(host.describe().plugins[0]).toMatchObject({ faults: 2, lastFault: expect.stringMatching(reason) });
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

  it('shows them what plugins tell, to the last word', async () => {
    const seen: unknown[] = [];
    const teller = definePlugin({
      name: 'teller',
      observe: ({ tell }) =>
        new Observable(() => {
          tell({ type: 'listenerStarted', address: '127.0.0.1:8888' });
          return () => tell({ type: 'listenerStopped' });
        }),
    });
    const watching = definePlugin({
      name: 'watching',
      needs: { events: true },
      observe: ({ notices }) =>
        notices.pipe(
          tap((told) => seen.push(told)),
          ignoreElements(),
        ),
    });
    const world = createSpecWorld();
    const host = createHost({ ...world.options, plugins: [{ plugin: watching }, { plugin: teller }] });
    await host.start();
    await host.stop();
    expect(seen).toMatchObject([
      { plugin: 'teller', at: 1_700_000_000_000, notice: { type: 'listenerStarted' } },
      { plugin: 'teller', notice: { type: 'listenerStopped' } },
    ]);
  });

  it('lets a source know when the bus has its hint', async () => {
    const world = createSpecWorld();
    const order: string[] = [];
    let report: (hint: HintReceived) => Promise<void> = async () => undefined;
    const plugin: Plugin = {
      name: 'caller',
      observe: (given) => {
        report = given.report;
        return EMPTY;
      },
    };
    await createHost({ ...world.options, plugins: [{ plugin }] }).start();
    world.bus.away = true;
    const told = report(hint).then(() => order.push('taken'));
    await turn();
    order.push('back');
    world.bus.away = false;
    await world.clock.advance(100);
    await told;
    expect(order).toEqual(['back', 'taken']);
    await expect(report({ type: 'CommandSucceeded' } as never)).rejects.toThrow('only bring hints');
  });
});

const hint: HintReceived = { type: 'HintReceived', side: 'remote', source: 'caller' };

describe('host: capabilities', () => {
  const everything = [
    ...['drive', 'disk', 'output', 'listen', 'connect', 'events', 'notices'],
    ...['notifications', 'secrets'],
  ];

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
    expect(Object.keys(context).toSorted()).toEqual([
      'clock',
      'config',
      'random',
      'report',
      'say',
      'signal',
      'state',
      'tell',
    ]);
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
    expect(Object.keys(context.drive ?? {}).toSorted()).toEqual([
      'authors',
      'child',
      'delta',
      'download',
      'info',
      'item',
      'items',
    ]);
    expect(Object.keys(context.disk ?? {}).toSorted()).toEqual([
      'hash',
      'list',
      'read',
      'scan',
      'stat',
      'watch',
    ]);
    expect(Object.isFrozen(context.drive)).toBe(true);
  });

  it('gives each plugin a place of its own for secrets, and only what a port has', async () => {
    const world = createSpecWorld();
    const asked: string[] = [];
    let granted: object = {};
    const plugin: Plugin = {
      name: 'keeper',
      needs: { secrets: true },
      observe: ({ secrets }) => {
        granted = secrets;
        return EMPTY;
      },
    };
    const secrets = (name: string) => {
      asked.push(name);
      const folder = { folder: '/somewhere' };
      const digest = () => '';
      return {
        ...{ read: async () => null, write: async () => undefined, remove: async () => undefined },
        ...{ digest, matches: () => false, ...folder },
      };
    };
    await createHost({ ...world.options, plugins: [{ plugin }], secrets }).start();
    expect(asked).toEqual(['keeper']);
    expect(Object.keys(granted).toSorted()).toEqual(['digest', 'matches', 'read', 'remove', 'write']);
  });

  it.each([{ notifications: true }, { secrets: true }, { listen: 'http' }] as const)(
    'refuses a plugin whose need %j cannot be met',
    (needs) => {
      const { options } = createSpecWorld();
      expect(() => createHost({ ...options, plugins: [{ plugin: { name: 'needy', needs } }] })).toThrow(
        'which this run does not offer',
      );
    },
  );

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
        'Correct these keys in plugins/bell.json of the configuration directory, or remove them to get the defaults',
    );
    expect(() => set({ plugin: definePlugin({ name: 'plain' }), config: { loud: true } })).toThrow(
      'Cannot start plugin "plain": it has no setting "loud"',
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
          ...{ commands: [], reactions: [], requests: { succeeded: 0, failed: 0, totalMs: 0 } },
          ...{ faults: 0, lastFault: null, lastFailure: null },
        },
      ],
    });
  });
});

describe('host: rules', () => {
  const item = {
    path: 'a/b.mov',
    name: 'b.mov',
    kind: 'file',
    sizeBytes: 1,
    side: 'local',
    known: false,
    markers: [],
  } as const;
  const version = { sizeBytes: 1, modifiedAt: 1 };
  const conflict = { path: 'a/b.mov', local: version, remote: version };
  const rulesOf = (...plugins: readonly Plugin[]) => {
    const host = createHost({
      ...createSpecWorld().options,
      plugins: plugins.map((plugin) => ({ plugin })),
    });
    return { ...host.rules({ plugins: [], facts: new Map() }), describe: host.describe };
  };

  it('lets the first opinion win, in the order of the configuration', () => {
    const rules = rulesOf(
      definePlugin({ name: 'mute', rules: { ignore: () => undefined, resolve: () => undefined } }),
      definePlugin({ name: 'first', rules: { ignore: () => 'no videos', resolve: () => 'local' } }),
      definePlugin({ name: 'second', rules: { ignore: () => 'nothing', resolve: () => 'remote' } }),
    );
    expect(rules.ignore(item)).toEqual({ plugin: 'first', detail: 'no videos' });
    expect(rules.resolve(conflict)).toEqual({ plugin: 'first', keepsName: 'local' });
    expect(rulesOf().ignore(item)).toBeNull();
    expect(rulesOf().resolve(conflict)).toBeNull();
  });

  it('takes a verdict that holds for this run only', () => {
    const rules = rulesOf(
      definePlugin({ name: 'now', rules: { ignore: () => ({ detail: 'later', forThisRun: true }) } }),
    );
    expect(rules.ignore(item)).toEqual({ plugin: 'now', detail: 'later', forThisRun: true });
  });

  it('lets the item rest when a rule fails, keeps the policy for a conflict, and counts the fault', () => {
    const fail = () => {
      throw new Error('division by zero');
    };
    const rules = rulesOf(definePlugin({ name: 'broken', rules: { ignore: fail, resolve: fail } }));
    expect(rules.ignore(item)).toEqual({
      plugin: 'broken',
      detail: 'the rule of plugin "broken" failed',
    });
    expect(rules.resolve(conflict)).toBeNull();
    expect(rules.describe().plugins[0]).toMatchObject({
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
            await report({ type: 'RemotePage', command: id, page: 0, rows: [] });
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
    expect(host.describe().plugins[0]).toMatchObject({
      faults: 1,
      lastFault: 'Plugin "deaf" did not stop within 10 s: HashFile "file-0.txt" is still under way',
    });
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

  it('shows watchers what was published before it was stopped, over a bus that takes its time', async () => {
    const world = createSpecWorld();
    const deliver = world.bus.publish.bind(world.bus);
    world.bus.publish = async (subject, payload) => {
      setImmediate(() => void deliver(subject, payload));
    };
    const seen: unknown[] = [];
    const plugin = definePlugin({
      name: 'watching',
      needs: { events: true },
      observe: ({ events, verdicts }) =>
        merge(events, verdicts).pipe(
          tap((batch) => seen.push(batch)),
          ignoreElements(),
        ),
    });
    const { host } = await started(plugin, world);
    await host.settle();
    void world.bus.publish(subjects.event, [{ seq: 1 }]);
    void world.bus.publish(subjects.verdict, [{ path: 'a' }]);
    await host.stop();
    expect(seen).toEqual([[{ seq: 1 }], [{ path: 'a' }]]);
  });

  it('can be stopped before it was started, and twice', async () => {
    const host = createHost({ ...createSpecWorld().options, plugins: [] });
    await host.stop();
    await expect(host.stop()).resolves.toBeUndefined();
  });
});
