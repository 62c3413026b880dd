/**
 * The host: loads plugins, gives each what it declared, runs their handlers and sources, and takes them down again.
 * Plugins meet only on the bus.
 */
import type { Bus } from '@tidemark/contracts';
import type { AnyPlugin } from '@tidemark/plugin-sdk';
import type { ContentPath } from '@tidemark/plugin-sdk/unstable';
import { createContent } from './content.ts';
import { assertCarried } from './content-carriers.ts';
import type { HostDescription } from './describe.ts';
import { createDispatch } from './dispatch.ts';
import type { PluginFault } from './fault.ts';
import type { Lendable } from './grant.ts';
import { handlersOf } from './handlers.ts';
import { dispose, setUp } from './lifetime.ts';
import type { LoadedPlugin } from './loaded-plugin.ts';
import { loadPlugin } from './loaded-plugin.ts';
import { startObserving } from './observing.ts';
import { startReacting } from './react.ts';
import type { HostRules } from './rules.ts';
import { composeRules, withRules } from './rules.ts';
import { SetupError } from './setup-error.ts';
import { subjectsOf } from './subjects.ts';
import { createWatched } from './watched.ts';

export interface HostOptions extends Lendable {
  /** In the order their rules are asked. `ours`: it is the last to be given a command that others handle as well. */
  readonly plugins: readonly {
    readonly plugin: AnyPlugin;
    readonly config?: unknown;
    readonly ours?: boolean;
  }[];
  readonly bus: Bus;
  /** The token that names the drive in subjects. */
  readonly driveKey: string;
  /** Told of everything a plugin did wrong. The same faults are in `describe`. */
  readonly onFault?: (fault: PluginFault) => void;
  /** How long `settle` waits for handlers that do not return. Milliseconds. */
  readonly stopTimeoutMs?: number;
  /** What a plugin reports until it resolves travels as one message. Without it, what one step brings. */
  readonly gather?: () => Promise<void>;
}

export interface Host {
  /** The rules of all plugins as one, for the planner. */
  readonly rules: HostRules;
  describe(): HostDescription;
  /** The way of content through the plugins that change it. */
  readonly content: ContentPath;
  /** Format and key of each plugin that changes content, by name. To be asked once it has started. Throws SetupError. */
  contentFormats(): ReadonlyMap<string, string>;
  /** Subscribes everything. Commands published before it resolves may go unheard. */
  start(): Promise<void>;
  /**
   * Ends commands and sources, and tells the outcomes of those that succeeded. Plugins that watch events stay, so that
   * the end of a run can still be shown.
   */
  settle(): Promise<void>;
  /** Settles, shows watchers what was published before, then ends the rest. Nothing is published after it resolves. */
  stop(): Promise<void>;
}

const defaultStopTimeoutMs = 10_000;

/** Throws SetupError: settings that are not valid, two plugins of one name, needs that cannot be met. */
export function createHost(options: HostOptions): Host {
  const { bus, clock, driveKey, onFault = () => undefined, stopTimeoutMs = defaultStopTimeoutMs } = options;
  const subjects = subjectsOf(driveKey);
  const working = new AbortController();
  const content = createContent(() => all, options.spool, options.random, working.signal);
  const lendable = { ...options, content };
  /** What was said while plugins were set up: those that show it are set up as well. */
  let early: (() => void)[] | null = [];
  const whenHeard = (tell: () => void): void => void (early === null ? tell() : early.push(tell));
  const all: readonly LoadedPlugin[] = options.plugins.map(({ plugin, config, ours = false }) =>
    loadPlugin(plugin, config, {
      ...{ lendable, bus, subjects, onFault, ours, whenHeard },
      ...(options.gather !== undefined && { gather: options.gather }),
    }),
  );
  assertApart(all);
  assertCarried(all, options.spool);

  const watching = new AbortController();
  const watched = createWatched(bus, subjects);
  const dispatch = createDispatch({ bus, subjects, clock, signal: working.signal });
  let starting: Promise<void> | null = null;
  let settling: Promise<void> | null = null;
  let stopping: Promise<void> | null = null;

  return {
    rules: composeRules(withRules(options.plugins), (plugin, detail) =>
      all.find(({ name }) => name === plugin)?.fault({ code: 'pluginFault', detail }),
    ),
    describe: () => ({
      plugins: all.map((loaded) => loaded.describe()),
    }),
    content,
    contentFormats: () => content.formats(),
    start: () => (starting ??= start()),
    settle: () => (settling ??= settle()),
    stop: () => (stopping ??= stop()),
  };

  async function start(): Promise<void> {
    try {
      for (const loaded of all) await setUp(loaded, clock, watching.signal);
    } catch (error) {
      await disposeOfAll();
      throw error;
    }
    const { streams } = watched;
    for (const loaded of all) startReacting(loaded, { clock, streams, signal: watching.signal });
    if (all.some(watches)) await watched.open();
    for (const loaded of all) {
      const startedAt = clock.monotonic();
      // Who watches the run stays to its very end.
      const signal = watches(loaded) ? watching.signal : working.signal;
      startObserving(loaded, { clock, signal, ...(watches(loaded) && { streams }) });
      loaded.startMs += clock.monotonic() - startedAt;
      loaded.isStarted = true;
    }
    const waiting = early ?? [];
    early = null;
    for (const tell of waiting) tell();
    for (const [type, handlers] of handlersOf(all)) await dispatch.listen(type, handlers);
  }

  async function settle(): Promise<void> {
    await starting?.catch(() => undefined);
    working.abort();
    for (const loaded of all) if (!watches(loaded)) loaded.source?.stop();
    await atMost(async () => {
      await dispatch.close();
      await dispatch.idle();
      await Promise.all(all.map(({ outbox }) => outbox.empty()));
    });
    for (const [{ type, path }, loaded] of dispatch.underWay())
      late(loaded, `${type} "${path}" is still under way`);
  }

  async function stop(): Promise<void> {
    await (settling ??= settle());
    try {
      await atMost(async () => {
        await watched.drain();
        await Promise.all(all.map(({ reacting }) => reacting?.idle()));
        // What they said is shown, too.
        await watched.drain();
      });
      for (const loaded of all) {
        const reaction = loaded.reacting?.current ?? null;
        if (reaction !== null) late(loaded, `its reaction "${reaction}" is still under way`);
      }
    } finally {
      watching.abort();
      for (const { source } of all) source?.stop();
      for (const { outbox } of all) outbox.close();
      await watched.close();
      await disposeOfAll();
    }
  }

  async function disposeOfAll(): Promise<void> {
    const disposing = new Set(all);
    await atMost(async () => {
      await Promise.all(
        all.map(async (loaded) => {
          await dispose(loaded);
          disposing.delete(loaded);
        }),
      );
    });
    for (const loaded of disposing) late(loaded, 'its dispose is still under way');
  }

  function late(loaded: LoadedPlugin, what: string): void {
    const detail = `Plugin "${loaded.name}" did not stop within ${stopTimeoutMs / 1_000} s: ${what}`;
    loaded.fault({ code: 'pluginFault', detail });
  }

  async function atMost(work: () => Promise<void>): Promise<void> {
    const done = new AbortController();
    await Promise.race([work().finally(() => done.abort()), clock.sleep(stopTimeoutMs, done.signal)]);
  }
}

function watches({ plugin }: LoadedPlugin): boolean {
  return plugin.needs?.events === true;
}

function assertApart(all: readonly LoadedPlugin[]): void {
  const names = new Set<string>();
  for (const { name } of all) {
    if (names.has(name))
      throw new SetupError(name, 'another plugin has the same name', 'Remove one of the two');
    names.add(name);
  }
}
