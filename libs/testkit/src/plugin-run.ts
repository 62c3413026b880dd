/**
 * One plugin in the real host over the in-process bus, with what it said and what came of its commands. Host and bus are loaded by
 * those alone who start one: they would cost every spec that wants a clock a second.
 */
import type {
  Bus,
  Clock,
  CommandCompleted,
  CommandFailed,
  CommandType,
  Observation,
  Random,
  RecordedEvent,
} from '@tidemark/contracts';
import type { Lendable, PluginDescription } from '@tidemark/plugin-host';
import type { ItemVerdict, Plugin, ToldNotice } from '@tidemark/plugin-sdk';
import type { ContentPath } from '@tidemark/plugin-sdk/unstable';

export interface PluginRun {
  readonly bus: Bus;
  readonly observations: readonly Observation[];
  readonly notices: readonly ToldNotice['notice'][];
  readonly faults: readonly string[];
  /** Everything that went over the bus, as text. */
  heard(): string;
  /** Resolves with what is found in the above, as soon as it is there. */
  until<Found>(find: () => Found | undefined): Promise<Found>;
  /** Sends a command with these fields and resolves to how it ended. */
  perform(wanted: WantedCommand): Promise<EndedCommand>;
  /** Shows the plugin events, as the engine does once they are durable. Resolves when it was shown them. */
  show(events: readonly RecordedEvent[]): Promise<void>;
  /** Shows the plugin what a plugin, or the run itself, tells of. Resolves when it was shown it. */
  showNotice(notice: ToldNotice['notice'], from?: string): Promise<void>;
  /** Shows the plugin what is left alone or cannot be synced. Resolves when it was shown it. */
  showVerdicts(verdicts: readonly ItemVerdict[]): Promise<void>;
  /** The way of content through it. */
  readonly content: ContentPath;
  describe(): PluginDescription;
  stop(): Promise<void>;
}

export type EndedCommand = CommandCompleted | CommandFailed;

export type WantedCommand = { readonly type: CommandType } & Readonly<Record<string, unknown>>;

export interface PluginRunOptions {
  readonly plugin: Plugin;
  readonly config?: object;
  readonly clock: Clock;
  readonly random: Random;
  /** What it may reach. Whatever is not here it cannot use. */
  readonly capabilities: Partial<Omit<Lendable, 'clock' | 'random'>>;
  /** Run in the same host, after it. */
  readonly others?: readonly { readonly plugin: Plugin; readonly config: object; readonly ours: true }[];
  /** Puts something between host and bus. */
  readonly through?: (bus: Bus) => Bus;
}

export async function startPluginRun(options: PluginRunOptions): Promise<PluginRun> {
  const { runInHost } = await import('./run-in-host.ts');
  return runInHost(options);
}
