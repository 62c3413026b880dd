import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EMPTY } from 'rxjs';
import { afterAll, expect, test } from 'vitest';
import { connectNatsBus, createInProcessBus, publicNkeyOf } from '@tidemark/bus';
import type { Bus, Observation } from '@tidemark/contracts';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import {
  authorizationFor,
  createHost,
  createRemotePlugins,
  permissionsOfDaemon,
  permissionsOfPlugin,
  runRemotePlugin,
  subjectsOf,
} from '@tidemark/plugin-host';
import type { ToldNotice } from '@tidemark/plugin-sdk';
import { startNatsServer } from '../nats-server.ts';
import probe from '../plugins/probe.ts';
import { createArrivals, hashFile, type HostedPlugin, pluginHostingConformance } from './plugin-hosting.ts';

const clock = createSystemClock();
const random = createSystemRandom();
const output = {
  line: () => undefined,
  errorLine: () => undefined,
  status: () => undefined,
  isTerminal: false,
  columns: 80,
};
const server = await startNatsServer();
afterAll(() => server.stop());
const connect = (name: string): Promise<Bus> =>
  connectNatsBus({ servers: [server.url], name, onError: () => undefined });

async function inTheDaemon(bus: Bus, driveKey: string, config: object): Promise<HostedPlugin> {
  const observations = createArrivals<Observation>();
  await bus.subscribe(subjectsOf(driveKey).observations, (payload) => {
    for (const one of payload as readonly Observation[]) observations.add(one);
  });
  const host = createHost({ plugins: [{ plugin: probe, config }], bus, driveKey, clock, random, output });
  await host.start();
  return {
    ...{ bus, observations, stop: host.stop },
    async close() {
      await host.stop();
      await bus.close();
    },
  };
}

/** `run` starts the plugin somewhere and gives back what ends it. */
async function elsewhere(
  bus: Bus,
  driveKey: string,
  run: () => { stop(): Promise<void> },
): Promise<HostedPlugin> {
  const observations = createArrivals<Observation>();
  const notices = createArrivals<ToldNotice>();
  await bus.subscribe(subjectsOf(driveKey).notice, (payload) => {
    for (const one of payload as readonly ToldNotice[]) notices.add(one);
  });
  const remote = createRemotePlugins({
    expected: [{ name: 'probe', handles: ['HashFile'] }],
    ...{ bus, driveKey, clock, run: random.uuid(), pace: { helloEveryMs: 200 } },
    async take(_plugin, taken) {
      for (const one of taken) observations.add(one);
    },
  });
  const plugin = run();
  await remote.start();
  // Its first hint shows that everything is subscribed.
  await observations.first(({ type }) => type === 'HintReceived');
  return {
    ...{ bus, observations, stop: plugin.stop },
    async close() {
      await plugin.stop();
      await remote.stop();
      await bus.close();
    },
  };
}

pluginHostingConformance({
  name: 'in the process, on the in-process bus',
  start: (driveKey, config) =>
    inTheDaemon(createInProcessBus({ payloadBytesMax: 1 << 20 }), driveKey, config),
});

pluginHostingConformance({
  name: 'in the process, on NATS',
  start: async (driveKey, config) => inTheDaemon(await connect('daemon'), driveKey, config),
});

pluginHostingConformance({
  name: 'apart, on the in-process bus',
  async start(driveKey, config) {
    const bus = createInProcessBus({ payloadBytesMax: 1 << 20 });
    return elsewhere(bus, driveKey, () => {
      const asked = new AbortController();
      const ended = runRemotePlugin({
        ...{ plugin: probe, config, bus, driveKey, clock, random, output, signal: asked.signal },
      });
      return {
        stop() {
          asked.abort();
          return ended;
        },
      };
    });
  },
});

/** `nkeyFile`: as whom the plugin speaks; as anybody without it. */
const inItsOwnProcess = (
  bus: Bus,
  driveKey: string,
  config: object,
  address: string,
  ...nkeyFile: string[]
) =>
  elsewhere(bus, driveKey, () => {
    const program = fileURLToPath(new URL('../plugins/run-probe.ts', import.meta.url));
    const child = spawn(process.execPath, [program, address, driveKey, JSON.stringify(config), ...nkeyFile], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const exited = once(child, 'exit');
    return {
      async stop() {
        child.kill('SIGTERM');
        await exited;
      },
    };
  });

pluginHostingConformance({
  name: 'in a process of its own, over NATS',
  start: async (driveKey, config) => inItsOwnProcess(await connect('daemon'), driveKey, config, server.url),
});

const folder = await mkdtemp(join(tmpdir(), 'tidemark-permissions-'));
const keyOf = (user: string): string => join(folder, `${user}.nkey`);

/**
 * What `tidemark plugin key` prints for the probe, for every drive, since each test has one of its own. The daemon may say and hear all here, because
 * what stays in its process is on the same server.
 */
async function authorization(): Promise<string> {
  const printed = authorizationFor([
    {
      name: 'engine',
      nkey: await publicNkeyOf(keyOf('daemon')),
      permissions: { publish: ['sync.DRIVE.>'], subscribe: ['sync.DRIVE.>', '_INBOX.>'], answers: true },
    },
    {
      name: 'probe',
      nkey: await publicNkeyOf(keyOf('plugin')),
      permissions: permissionsOfPlugin(probe, 'DRIVE'),
    },
  ]);
  return printed.replaceAll('DRIVE', '*');
}

await writeFile(join(folder, 'nats.conf'), await authorization());
const strict = await startNatsServer(['-c', join(folder, 'nats.conf')]);
afterAll(async () => {
  await strict.stop();
  await rm(folder, { recursive: true });
});
const connectAs = (user: string, onError: (error: unknown) => void): Promise<Bus> =>
  connectNatsBus({
    ...{ servers: [strict.url], name: user, onError },
    access: { nkeyFile: keyOf(user), ...(user === 'plugin' && { inboxPrefix: '_INBOX_probe' }) },
  });

pluginHostingConformance({
  name: 'in a process of its own, with the permissions of its key',
  start: async (driveKey, config) => {
    const bus = await connectAs('daemon', () => undefined);
    return inItsOwnProcess(bus, driveKey, config, strict.url, keyOf('plugin'));
  },
});

test('the page for authors shows what is printed for a plugin that watches', async () => {
  const page = new URL('../../../plugin-sdk/docs/wire-protocol.md', import.meta.url);
  const example = /```hcl\n([^`]+)```/.exec(await readFile(page, 'utf8'))?.[1] ?? '';
  const notifier = { name: 'notifier', needs: { events: true }, observe: () => EMPTY } as const;
  const printed = authorizationFor([
    { name: 'engine', nkey: 'UDAEMON', permissions: permissionsOfDaemon('DRIVE') },
    { name: 'notifier', nkey: 'UPLUGIN', permissions: permissionsOfPlugin(notifier, 'DRIVE') },
  ]);
  const withoutSpace = (text: string): string => text.replaceAll(/\s/g, '');
  expect(withoutSpace(example)).toBe(withoutSpace(printed));
});

test.each([
  'sync.d.observation.watcher',
  'sync.d.command.DeleteLocal',
  'sync.d.event',
  'sync.d.plugin.another.observation',
])('with the permissions of its key, a plugin cannot say anything on %s', async (subject) => {
  const heard: unknown[] = [];
  const refused = Promise.withResolvers<unknown>();
  const daemon = await connectAs('daemon', () => undefined);
  const plugin = await connectAs('plugin', refused.resolve);
  const mark = Promise.withResolvers<void>();
  await daemon.subscribe(subject, (payload) => void heard.push(payload));
  await daemon.subscribe('sync.d.plugin.probe.notice', () => mark.resolve());
  await plugin.publish(subject, 'forged');
  expect(String(await refused.promise)).toMatch(/does not allow this client a publish/);
  // What comes later on the same connection has come: the other one never will.
  await plugin.publish('sync.d.plugin.probe.notice', []);
  await mark.promise;
  expect(heard).toEqual([]);
  await plugin.close();
  await daemon.close();
});

test('a plugin in a process of its own goes on when the server was killed and came back', async () => {
  const own = await startNatsServer();
  const bus = await connectNatsBus({ servers: [own.url], name: 'daemon', onError: () => undefined });
  const plugin = await inItsOwnProcess(bus, 'd', {}, own.url);
  await own.restart();
  const command = hashFile(1, 'a.txt');
  await bus.publish(subjectsOf('d').command('HashFile'), command);
  const outcome = await plugin.observations.first((one) => 'command' in one && one.command === command.id);
  expect(outcome.type).toBe('CommandSucceeded');
  await plugin.close();
  await own.stop();
});
