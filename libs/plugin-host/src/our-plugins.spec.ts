/** Our own plugins, in the daemon and in processes of their own: every handler stops on abort and survives duplicates. */
import { createInProcessBus } from '@tidemark/bus';
import type {
  AbortSignalLike,
  Bus,
  Command,
  CommandType,
  Disk,
  Drive,
  Observation,
} from '@tidemark/contracts';
import { commandEffects, commandId, driveItemId, itemId, localId, seq } from '@tidemark/contracts';
import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import reporter from '@tidemark/plugin-reporter';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import { createWebhook } from '@tidemark/plugin-webhook';
import { createSimulatedDisk } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import { createHost } from './host.ts';
import { createRemotePlugins } from './remote/remote-plugins.ts';
import { runRemotePlugin } from './remote/run-remote-plugin.ts';
import {
  createSpecClock,
  disk as noDisk,
  drive as noDrive,
  output,
  random,
  subjects,
  turn,
} from './spec-world.ts';

const plugins = () => [
  ...[delta, watcher, uploader, downloader, reporter].map((plugin) => ({ plugin })),
  { plugin: createWebhook() },
];
const keepAs = { prefix: 'a-host-safeBackup-', suffix: '.txt', from: 1 };
const allTypes = Object.keys(commandEffects) as CommandType[];

const refuse = (): Promise<never> => Promise.reject(new Error('this port is not part of the spec'));

interface Ports {
  readonly drive?: Partial<Drive>;
  readonly disk?: Disk;
}

/** All plugins of ours at work, and the engine's end of it. */
interface World {
  readonly observations: Observation[];
  /** Of each plugin. */
  handles(): readonly (readonly string[])[];
  /** Of all plugins, and of those who take in what they say. */
  faults(): number;
  send(command: Command): Promise<void>;
  /** Ends the plugins. */
  stop(): Promise<void>;
}

function lendable({ drive, disk }: Ports) {
  return {
    ...{ random, output, clock: createSpecClock() },
    listen: async () => ({ port: 8888, refused: () => ({}), close: async () => undefined }),
    notifications: { create: refuse, renew: refuse, delete: refuse, socketAddress: refuse },
    secrets: () => ({
      ...{ read: async () => null, write: async () => undefined, remove: async () => undefined },
      ...{ digest: (text: string) => text, matches: (text: string, digest: string) => text === digest },
    }),
    drive: { ...noDrive, ...drive },
    disk: disk ?? noDisk,
  };
}

const settle = async (): Promise<void> => {
  for (let round = 0; round < 30; round += 1) await turn();
};

async function inOneProcess(ports: Ports): Promise<World> {
  const bus = createInProcessBus();
  const observations: Observation[] = [];
  await bus.subscribe(subjects.observations, (payload) => {
    observations.push(...(payload as readonly Observation[]));
  });
  const host = createHost({ ...lendable(ports), bus, driveKey: 'home', plugins: plugins() });
  await host.start();
  return {
    observations,
    handles: () => host.describe().plugins.map(({ handles }) => handles),
    faults: () => host.describe().plugins.reduce((sum, { faults }) => sum + faults, 0),
    async send(given) {
      await bus.publish(subjects.command(given.type), given);
      await settle();
    },
    stop: () => host.stop(),
  };
}

/** Everything between the plugins and the daemon is JSON. */
async function inProcessesOfTheirOwn(ports: Ports): Promise<World> {
  const bus = createInProcessBus();
  const wire = asJson(bus);
  const observations: Observation[] = [];
  const stopping = new AbortController();
  let faults = 0;
  const remote = createRemotePlugins({
    ...{ bus: wire, driveKey: 'home', run: 'run-1', clock: createSpecClock() },
    expected: plugins().map(({ plugin }) => ({
      name: plugin.name,
      handles: Object.keys(plugin.handle ?? {}) as CommandType[],
      isOurs: true,
    })),
    take: async (_plugin, taken) => void observations.push(...taken),
    onFault: () => (faults += 1),
  });
  const started = remote.start();
  await settle();
  const running = plugins().map(({ plugin }) =>
    runRemotePlugin({
      ...lendable(ports),
      ...{ plugin, bus: wire, driveKey: 'home', isOurs: true, signal: stopping.signal },
      onFault: ({ details }) => {
        // What a port throws is told of here and in the outcome; what the border refuses, there alone.
        if (!details.detail.includes('not part of the spec')) faults += 1;
      },
    }),
  );
  await started;
  return {
    observations,
    handles: () => remote.describe().map(({ handles }) => handles),
    faults: () => faults,
    async send(given) {
      await bus.publish(subjects.command(given.type), given);
      await settle();
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
      await settle();
    },
  };
}

function asJson(bus: Bus): Bus {
  const copied = (payload: unknown): unknown => JSON.parse(JSON.stringify(payload ?? null));
  return {
    publish: (subject, payload) => bus.publish(subject, copied(payload)),
    subscribe: bus.subscribe.bind(bus),
    request: async (subject, payload, timeoutMs) =>
      copied(await bus.request(subject, copied(payload), timeoutMs)),
    respond: bus.respond.bind(bus),
    close: () => bus.close(),
  };
}

const forms = [
  ['in one process', inOneProcess],
  ['in processes of their own', inProcessesOfTheirOwn],
] as const;

function command(type: CommandType, given: object = {}): Command {
  return {
    type,
    id: commandId(seq(7), 0),
    item: itemId(1),
    path: 'a.txt',
    reason: { rule: 'remote-new', differs: 'remote≠synced', causes: [] },
    expected: { id: localId('inode'), stamp: 's' },
    remote: { id: driveItemId('D1'), eTag: 'e', sizeBytes: 3, hash: null, modifiedAt: 1 },
    keepAs,
    target: { as: 'new', parentId: driveItemId('D0'), name: 'a.txt' },
    driveItemId: driveItemId('D1'),
    parentId: driveItemId('D0'),
    name: 'a.txt',
    ifMatch: 'e',
    toParentId: driveItemId('D0'),
    toName: 'b.txt',
    toPath: 'b.txt',
    folder: '',
    kind: 'file',
    sizeBytes: 3,
    modifiedAt: 1,
    itemCount: 1,
    provisional: false,
    cursor: null,
    ids: [driveItemId('D1')],
    folders: null,
    url: 'https://hooks.example.org/a',
    lifetimeMs: 600_000,
    subscriptionId: 'sub-1',
    ...given,
  } as unknown as Command;
}

/** A port that does nothing but wait for the signal it was given. */
function untilAborted(signal: AbortSignalLike | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal === undefined) return;
    const give = () => reject(new Error('aborted'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give);
  });
}

describe.each(forms)('our plugins %s', (form, createWorld) => {
  it('handle every command there is, each exactly once', async () => {
    const { handles } = await createWorld({});
    expect(handles().flat().toSorted()).toEqual(allTypes.toSorted());
  });

  it.each(allTypes)('end %s with one observation, whatever the ports throw', async (type) => {
    const { observations, send } = await createWorld({});
    await send(command(type));
    await send(command(type));
    expect(observations).toMatchObject([
      { type: 'CommandFailed', command: '7/0', failure: { code: 'pluginFault' } },
    ]);
  });

  it.each(['ReadRemote', 'UploadFile', 'DownloadFile', 'KeepRemoteCopy', 'ScanLocal', 'HashFile'] as const)(
    'stop %s on abort, without a word about it',
    async (type) => {
      const simulated = createSimulatedDisk({ random });
      simulated.user.write('a.txt', new Uint8Array([1, 2, 3]));
      const row = await simulated.disk.stat('a.txt');
      if (row === null) throw new Error('the file is there');
      const drive: Partial<Drive> = {
        delta: (_link, options) => untilAborted(options?.signal),
        upload: (_target, _source, _modifiedAt, options) => untilAborted(options?.signal),
        download: (_id, _sink, options) => untilAborted(options?.signal),
      };
      const disk: Disk = {
        ...simulated.disk,
        hash: (_path, _expected, options) => untilAborted(options?.signal),
        async *scan(options) {
          yield await untilAborted(options?.signal);
        },
      };
      const { stop, faults, observations, send } = await createWorld({ drive, disk });
      const expected = type === 'DownloadFile' ? null : { id: row.id, stamp: row.stamp };
      await send(command(type, { expected, keepAs: type === 'DownloadFile' ? null : keepAs }));
      expect(observations).toEqual([]);
      // The clock of this world stands still: a handler that does not stop keeps the test waiting.
      await stop();
      // A process that ends says goodbye, and what it was carrying out is planned again.
      expect(observations).toMatchObject(
        form === 'in one process' ? [] : [{ type: 'CommandFailed', failure: { code: 'pluginAbsent' } }],
      );
      expect([...simulated.user.tree().keys()]).toEqual(['a.txt']);
      expect(faults()).toBe(0);
    },
  );

  it('tell the engine of a whole round, pages before the outcome', async () => {
    const { observations, send } = await createWorld({
      drive: {
        delta: async (link) =>
          link === null
            ? { rows: [{ id: driveItemId('D1'), deleted: true }], nextLink: 'n', deltaLink: null }
            : { rows: [], nextLink: null, deltaLink: 'd' },
      },
    });
    await send(command('ReadRemote'));
    expect(observations).toMatchObject([
      { type: 'RemotePage', command: '7/0', page: 0 },
      { type: 'RemotePage', command: '7/0', page: 1 },
      { type: 'CommandSucceeded', command: '7/0', look: { parts: 2, cursor: 'd' } },
    ]);
  });
});
