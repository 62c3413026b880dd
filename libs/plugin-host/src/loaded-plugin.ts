/** A loaded plugin: checked settings, granted capabilities, an outbox, and what has been counted about it. */
import type { Bus, CommandType } from '@tidemark/contracts';
import type { AnyPlugin, Plugin, Reactions, ToldNotice } from '@tidemark/plugin-sdk';
import { completePlugin } from './complete-plugin.ts';
import type { Figures, PluginDescription } from './describe.ts';
import { messageOf, type PluginFault } from './fault.ts';
import { createFaultLimit } from './fault-limit.ts';
import { assertFitsSdk } from './fits-sdk.ts';
import type { Grant, Lent } from './grant.ts';
import { grant } from './grant.ts';
import type { Outbox } from './outbox.ts';
import { createOutbox } from './outbox.ts';
import type { Reacting } from './react.ts';
import { readConfig } from './read-config.ts';
import { SetupError } from './setup-error.ts';
import type { Source } from './source.ts';
import type { Speech } from './speech.ts';
import { createSpeech } from './speech.ts';
import { asWorkOf, hearFileOf } from './stray-errors.ts';
import type { Subjects } from './subjects.ts';
import { createTally, type Tally } from './tally.ts';

export interface LoadedPlugin {
  readonly plugin: Plugin;
  readonly name: string;
  readonly version: string;
  readonly config: never;
  readonly grant: Grant;
  readonly outbox: Outbox;
  readonly handles: readonly CommandType[];
  readonly ours: boolean;
  /** What its `setup` returned. */
  state: never;
  /** Its state has to be disposed of. */
  isSetUp: boolean;
  /** Milliseconds: what it took so far to set it up and to start it. */
  startMs: number;
  isStarted: boolean;
  source: Source | null;
  reacting: Reacting | null;
  readonly count: Tally<CommandType>['count'];
  readonly countReaction: Tally<keyof Reactions<never>>['count'];
  /** A command of its own came to nothing, for whatever reason. */
  failed(details: PluginFault['details']): void;
  fault(details: PluginFault['details']): void;
  /** Calls its code. What goes wrong later in what it started is its fault as well. */
  run<Result>(work: () => Result): Result;
  describe(): PluginDescription;
}

export interface LoadOptions {
  readonly lendable: Lent;
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly onFault: (fault: PluginFault) => void;
  readonly ours: boolean;
  readonly gather?: () => Promise<void>;
  /** Tells a notice as soon as the plugins that show it are started. */
  readonly whenHeard: (tell: () => void) => void;
}

/** Throws SetupError. */
export function loadPlugin(given: AnyPlugin, config: unknown, options: LoadOptions): LoadedPlugin {
  const { name, version = '0.0.0' } = given;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new SetupError(name, 'its name is not usable', 'Use lower-case letters, digits and dashes');
  }
  assertFitsSdk(given);
  const plugin = completePlugin(given, config);
  if (plugin.on !== undefined && plugin.needs?.events !== true) {
    throw new SetupError(
      name,
      'it reacts to what happens ("on"), and does not declare that it needs "events"',
      'Add events: true to its needs',
    );
  }
  const handles = handledTypes(plugin);
  const commands = createTally<CommandType>();
  const reactions = createTally<keyof Reactions<never>>();
  const requests = createTally<'request'>();
  let faults = 0;
  let lastFault: string | null = null;
  let lastFailure: string | null = null;
  const show = createFaultLimit(name, { clock: options.lendable.clock, onFault: options.onFault });
  const fault: LoadedPlugin['fault'] = (details) => {
    faults += 1;
    lastFault = details.detail;
    show(details);
  };
  const onStray = (error: unknown): void =>
    fault({
      code: 'pluginFault',
      detail: `Plugin "${name}" started something and did not catch how it failed: ${messageOf(error)}`,
    });
  const outbox = createOutbox({
    bus: options.bus,
    subject: options.subjects.observation(name),
    clock: options.lendable.clock,
    onTrouble: (error) =>
      fault({ code: 'offline', detail: `Cannot publish observations of "${name}": ${messageOf(error)}` }),
    ...(options.gather !== undefined && { gather: options.gather }),
  });
  if (!options.ours) hearFileOf(name, onStray);
  const settings = readConfig(plugin, config);
  const loaded: LoadedPlugin = {
    plugin,
    name,
    version,
    config: settings,
    grant: grant(
      plugin,
      settings,
      { ...options.lendable, ...counted(options.lendable, requests) },
      createSpeech({
        ...{ plugin: name, ours: options.ours },
        clock: options.lendable.clock,
        publish: publishOf(name, options),
        onFault: fault,
      }),
      fault,
    ),
    outbox,
    handles,
    ours: options.ours,
    state: undefined as never,
    isSetUp: false,
    startMs: 0,
    isStarted: false,
    source: null,
    reacting: null,
    count: commands.count,
    countReaction: reactions.count,
    failed: ({ detail }) => void (lastFailure = detail),
    fault,
    // Ours are to end the process: what went wrong is not known to be theirs alone.
    run: (work) => (options.ours ? work() : asWorkOf(onStray, work)),
    describe: () => ({
      name,
      version,
      needs: plugin.needs ?? {},
      observe: observeState(loaded),
      handles,
      rules: (['ignore', 'resolve'] as const).filter((rule) => plugin.rules?.[rule] !== undefined),
      startMs: loaded.isStarted ? loaded.startMs : null,
      commands: commands.all(),
      reactions: reactions.all(),
      requests: requestFigures(requests),
      faults,
      lastFault,
      lastFailure,
    }),
  };
  return loaded;
}

/** Its `request`, counted. */
function counted({ clock, request }: Lent, tally: Tally<'request'>): Pick<Lent, 'request'> {
  if (request === undefined) return {};
  return {
    request: async (url, options) => {
      const startedAt = clock.monotonic();
      let isAnswered = false;
      try {
        const answer = await request(url, options);
        isAnswered = true;
        return answer;
      } finally {
        tally.count('request', isAnswered, clock.monotonic() - startedAt);
      }
    },
  };
}

function requestFigures(tally: Tally<'request'>): Figures {
  const [{ succeeded, failed, totalMs } = { succeeded: 0, failed: 0, totalMs: 0 }] = tally.all();
  return { succeeded, failed, totalMs };
}

function publishOf(plugin: string, { bus, subjects, lendable, whenHeard }: LoadOptions): Speech['tell'] {
  return (notice) => {
    const told: ToldNotice = { plugin, at: lendable.clock.now(), notice };
    // A watcher that misses it misses nothing that counts.
    whenHeard(() => void bus.publish(subjects.notice, [told]).catch(() => undefined));
  };
}

function handledTypes(plugin: Plugin): readonly CommandType[] {
  // The keys of `handle` are command types by its type.
  return Object.keys(plugin.handle ?? {}) as CommandType[];
}

function observeState({ plugin, source }: LoadedPlugin): PluginDescription['observe'] {
  if (plugin.observe === undefined) return 'none';
  if (source === null) return 'ready';
  return source.running ? 'running' : 'ended';
}
