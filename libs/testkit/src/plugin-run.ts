/**
 * One plugin in the real host over the in-process bus, with what it said and what came of its commands. Host and bus are loaded by
 * those alone who start one: they would cost every spec that wants a clock a second.
 */
import type { Bus, Clock, Command, CommandType, Observation, Random } from '@tidemark/contracts';
import { commandId, itemId, seq } from '@tidemark/contracts';
import type { HostOptions } from '@tidemark/plugin-host';
import type { Notice, Plugin, ToldNotice } from '@tidemark/plugin-sdk';

export interface PluginRun {
  readonly bus: Bus;
  readonly observations: readonly Observation[];
  readonly notices: readonly Notice[];
  readonly faults: readonly string[];
  /** Everything that went over the bus, as text. */
  heard(): string;
  /** Resolves with what is found in the above, as soon as it is there. */
  until<Found>(find: () => Found | undefined): Promise<Found>;
  /** Sends a command with these fields and resolves to how it ended. */
  perform(wanted: WantedCommand): Promise<Observation>;
  stop(): Promise<void>;
}

export type WantedCommand = { readonly type: CommandType } & Readonly<Record<string, unknown>>;

export interface PluginRunOptions {
  readonly plugin: Plugin;
  readonly config?: object;
  readonly clock: Clock;
  readonly random: Random;
  /** What it may reach. Whatever is not here it cannot use. */
  readonly capabilities: Partial<Pick<HostOptions, 'listen' | 'openRelay' | 'notifications' | 'secrets'>>;
  /** Puts something between host and bus. */
  readonly through?: (bus: Bus) => Bus;
}

const driveKey = 'home';

export async function startPluginRun(options: PluginRunOptions): Promise<PluginRun> {
  const { plugin, config = {}, clock, random, capabilities, through } = options;
  const [{ createInProcessBus }, { createHost, subjectsOf }] = await Promise.all([
    import('@tidemark/bus'),
    import('@tidemark/plugin-host'),
  ]);
  const subjects = subjectsOf(driveKey);
  const bus = createInProcessBus();
  const observations: Observation[] = [];
  const notices: Notice[] = [];
  const faults: string[] = [];
  let heard = '';
  const changed = new Set<() => void>();
  const lookAll = (): void => {
    for (const look of changed) look();
  };
  await bus.subscribe('sync.>', (payload) => {
    heard += JSON.stringify(payload);
  });
  await bus.subscribe(subjects.observations, (payload) => {
    observations.push(...(payload as readonly Observation[]));
    lookAll();
  });
  await bus.subscribe(subjects.notice, (payload) => {
    notices.push(...(payload as readonly ToldNotice[]).map(({ notice }) => notice));
    lookAll();
  });
  const until = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        changed.delete(look);
        resolve(found);
      };
      changed.add(look);
      look();
    });
  const unused = {} as never;
  const host = createHost({
    ...capabilities,
    ...{ drive: unused, disk: unused, output: unused, clock, random, driveKey },
    bus: through?.(bus) ?? bus,
    plugins: [{ plugin, config }],
    onFault: ({ details }) => {
      faults.push(details.detail);
      lookAll();
    },
  });
  await host.start();
  let commands = 0;
  return {
    ...{ bus, observations, notices, faults, until },
    heard: () => heard,
    async perform(wanted) {
      commands += 1;
      const id = commandId(seq(7), commands);
      const reason = { rule: 'subscription-wanted', differs: '', causes: [] };
      const command = { id, item: itemId(0), path: '', reason, ...wanted } as unknown as Command;
      await bus.publish(subjects.command(wanted.type), command);
      return until(() => observations.find((one) => 'command' in one && one.command === id));
    },
    async stop() {
      await host.stop();
      await bus.close();
    },
  };
}
