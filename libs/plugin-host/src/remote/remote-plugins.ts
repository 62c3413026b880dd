/** The plugins of a run that live in other processes: the daemon's side of the wire, for all of them. */
import type {
  Bus,
  BusSubscription,
  Clock,
  Command,
  Notifications,
  Observation,
  RootIdentity,
} from '@tidemark/contracts';
import type { ToldNotice, TransferProgress } from '@tidemark/plugin-sdk';
import type { PluginFault } from '../fault.ts';
import { createFaultLimit } from '../fault-limit.ts';
import { subjectsOf } from '../subjects.ts';
import { answerNotifications } from './lent-notifications.ts';
import { pluginSubjectsOf, progressShape } from './protocol.ts';
import { readNotices } from './read-observation.ts';
import type { ExpectedPlugin, RemotePace, RemotePlugin, RemotePluginDescription } from './remote-plugin.ts';
import { createRemotePlugin, notGreeted } from './remote-plugin.ts';

export interface RemotePluginsOptions {
  /** In the order of the configuration. */
  readonly expected: readonly ExpectedPlugin[];
  readonly bus: Bus;
  readonly driveKey: string;
  readonly clock: Clock;
  /** Another one for each run. */
  readonly run: string;
  /** Takes over what was checked at the border. Resolves when it is durable. */
  readonly take: (plugin: string, observations: readonly Observation[]) => Promise<void>;
  readonly onFault?: (fault: PluginFault) => void;
  readonly pace?: Partial<RemotePace>;
  /** Lent to those of ours that need it. */
  readonly notifications?: Notifications;
  /** Of the sync folder: told to those of ours that work in it. */
  readonly root?: RootIdentity;
}

export interface RemotePlugins {
  /** Listens. Resolves when plugins that are about have said hello, or after some two seconds. */
  start(): Promise<void>;
  describe(): readonly RemotePluginDescription[];
  /** Nothing is taken over after it resolves. Commands that are with plugins are forgotten; they are planned again. */
  stop(): Promise<void>;
}

const usualPace: RemotePace = { helloEveryMs: 2_000, absentAfterMs: 7_000, holdMs: 15_000 };
/** What one plugin says by the way, notices and figures alike: more than these between two looks are dropped, and it is named. */
const wordsMax = 50;

export function createRemotePlugins(options: RemotePluginsOptions): RemotePlugins {
  const { bus, driveKey, clock, onFault = () => undefined } = options;
  const pace = { ...usualPace, ...options.pace };
  const subjects = subjectsOf(driveKey);
  const all = options.expected.map((expected) =>
    createRemotePlugin({
      ...{ expected, bus, clock, pace, run: options.run },
      subjects: pluginSubjectsOf(driveKey, expected.name),
      take: (observations) => options.take(expected.name, observations),
      tell: (notice) => {
        // One that comes and goes all the time says a lot, too.
        if (mayTell(expected.name, comings)) tell(expected.name, clock.now(), notice);
      },
      onFault: createFaultLimit(expected.name, { clock, onFault }),
      ...(options.root !== undefined && { root: options.root }),
    }),
  );
  const stopping = new AbortController();
  const subscriptions: BusSubscription[] = [];
  const words = new Map<string, number>();
  const comings = new Map<string, number>();
  let looking: Promise<void> = Promise.resolve();

  return {
    async start() {
      const gathered = Promise.withResolvers<void>();
      for (const [index, plugin] of all.entries()) {
        const arrived = (): void => {
          if (all.every(({ isPresent }) => isPresent)) gathered.resolve();
        };
        await listen(plugin, options.expected[index] ?? { name: plugin.name, handles: [] }, arrived);
      }
      if (all.length === 0) return;
      const waiting = new AbortController();
      await Promise.race([gathered.promise, clock.sleep(pace.helloEveryMs * 1.2, waiting.signal)]);
      waiting.abort();
      for (const { name, isPresent } of all)
        if (!isPresent) tell(name, clock.now(), { type: 'pluginAbsent', detail: notGreeted });
      looking = lookNowAndThen();
    },
    describe: () => all.map((plugin) => plugin.describe()),
    async stop() {
      stopping.abort();
      await Promise.all(subscriptions.splice(0).map((subscription) => subscription.unsubscribe()));
      await looking;
    },
  };

  async function listen(
    plugin: RemotePlugin,
    { handles, isOurs = false }: ExpectedPlugin,
    arrived: () => void,
  ): Promise<void> {
    const { hello, observation, notice, progress, ...wire } = pluginSubjectsOf(driveKey, plugin.name);
    const { notifications } = options;
    subscriptions.push(
      await bus.respond(hello, async (payload) => {
        const greeting = await plugin.hello(payload);
        arrived();
        return greeting;
      }),
      await bus.respond(observation, (payload) => plugin.observation(payload)),
      await bus.subscribe(notice, (payload) => {
        for (const told of readNotices(payload, plugin.name, plugin.instance, clock.now(), isOurs)) {
          if (mayTell(plugin.name)) tell(plugin.name, told.at, told.notice);
        }
      }),
      await bus.subscribe(progress, (payload) => showProgress(plugin, payload)),
    );
    if (isOurs && notifications !== undefined)
      subscriptions.push(
        await bus.respond(wire.notifications, (payload) =>
          answerNotifications(payload, plugin.instance, notifications),
        ),
      );
    for (const type of handles)
      // The engine's own words.
      subscriptions.push(
        await bus.subscribe(subjects.command(type), (payload) => plugin.command(payload as Command)),
      );
  }

  /** What it is about is known here; only the figures are the plugin's. */
  function showProgress(plugin: RemotePlugin, payload: unknown): void {
    const read = progressShape.safeParse(payload);
    if (!read.success || read.data.instance !== plugin.instance) return;
    const command = plugin.held(read.data.command);
    if (command === null || !mayTell(plugin.name)) return;
    const { doneBytes, totalBytes, elapsedMs } = read.data;
    const shown: TransferProgress = {
      ...{ command: command.id, type: command.type, path: command.path },
      ...{ doneBytes, totalBytes, elapsedMs },
    };
    bus.publish(subjects.progress, shown).catch(() => undefined);
  }

  async function lookNowAndThen(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(pace.helloEveryMs / 2, stopping.signal);
      words.clear();
      comings.clear();
      if (!stopping.signal.aborted) for (const plugin of all) plugin.look();
    }
  }

  function mayTell(plugin: string, counts = words): boolean {
    const count = (counts.get(plugin) ?? 0) + 1;
    counts.set(plugin, count);
    if (count === wordsMax + 1) {
      const detail = `Plugin "${plugin}" says more than is worth showing: the rest is dropped`;
      onFault({ plugin, details: { code: 'pluginFault', detail } });
    }
    return count <= wordsMax;
  }

  function tell(plugin: string, at: number, notice: ToldNotice['notice']): void {
    const told: ToldNotice = { plugin, at, notice };
    // A watcher that misses it misses nothing that counts.
    bus.publish(subjects.notice, [told]).catch(() => undefined);
  }
}
