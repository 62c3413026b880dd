import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { connectNatsBus, createInProcessBus } from '@tidemark/bus';
import type { Bus, Observation } from '@tidemark/contracts';
import { createSystemClock, createSystemRandom } from '@tidemark/graph';
import { createHost, createRemotePlugins, runRemotePlugin, subjectsOf } from '@tidemark/plugin-host';
import type { ToldNotice } from '@tidemark/plugin-sdk';
import { startNatsServer } from '../nats-server.ts';
import probe from '../plugins/probe.ts';
import { createArrivals, type HostedPlugin, pluginHostingConformance } from './plugin-hosting.ts';

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

pluginHostingConformance({
  name: 'in a process of its own, over NATS',
  async start(driveKey, config) {
    const bus = await connect('daemon');
    return elsewhere(bus, driveKey, () => {
      const program = fileURLToPath(new URL('../plugins/run-probe.ts', import.meta.url));
      const child = spawn(process.execPath, [program, server.url, driveKey, JSON.stringify(config)], {
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
  },
});
