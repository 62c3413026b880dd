/**
 * Runs one plugin in a process of its own: says hello to the daemon, runs the plugin with the same host as there, and goes on
 * through restarts of everybody.
 */
import type { AbortSignalLike, Bus, RootIdentity } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { contentAlone } from '../content-alone.ts';
import type { PluginFault } from '../fault.ts';
import { messageOf } from '../fault.ts';
import type { Lendable } from '../grant.ts';
import type { Host } from '../host.ts';
import { createHost } from '../host.ts';
import { SetupError } from '../setup-error.ts';
import { subjectsOf } from '../subjects.ts';
import { borrowNotifications } from './lent-notifications.ts';
import type { Greeting, Hello, Work } from './protocol.ts';
import { greetingShape, pluginSubjectsOf, protocolVersion, spontaneousTypes } from './protocol.ts';
import { createRemoteBus, type RemoteBus } from './remote-bus.ts';
import { declarationOf, whyItStaysHere } from './stays-here.ts';

export interface RunRemotePluginOptions extends Lendable {
  readonly plugin: Plugin;
  /** Plugins that change the content which it carries. Nothing else of them runs here. */
  readonly changing?: readonly { readonly plugin: Plugin; readonly config?: unknown }[];
  /** One of our own, which may have the token and the folder. */
  readonly isOurs?: boolean;
  /** Is the sync folder that it works in the one of the daemon's run? In words why it is not; null when it is. */
  readonly refuseRoot?: (root: RootIdentity) => Promise<string | null>;
  readonly config?: unknown;
  /** Reaches the daemon's. */
  readonly bus: Bus;
  readonly driveKey: string;
  /** Aborted to end it in order. */
  readonly signal: AbortSignalLike;
  /** Told of each change. */
  readonly onStanding?: (standing: RemoteStanding) => void;
  readonly onFault?: (fault: PluginFault) => void;
  /** How long it waits at the end for handlers that do not return. Milliseconds. */
  readonly stopTimeoutMs?: number;
}

export type RemoteStanding =
  | { readonly state: 'working' }
  /** The daemon does not answer, or another process has its place. It is tried again. */
  | { readonly state: 'waiting'; readonly detail: string };

type Welcome = Extract<Greeting, { readonly welcome: unknown }>['welcome'];

const greetingTimeoutMs = 5_000;
const unansweredPauseMs = 1_000;

/**
 * Resolves when it was asked to end and has ended. Throws SetupError: the plugin cannot run in another process, its settings
 * are not valid, or the daemon has no use for it.
 */
export async function runRemotePlugin(options: RunRemotePluginOptions): Promise<void> {
  const { plugin, bus, driveKey, clock, signal, onStanding = () => undefined } = options;
  assertCanLeave(plugin, options.isOurs === true ? 'ours' : 'theirs');
  const wire = pluginSubjectsOf(driveKey, plugin.name);
  const instance = options.random.uuid();
  const hello = helloOf(plugin, instance);
  /** Why it cannot work for the daemon that it has found. */
  let waits: string | null = null;
  let crew = board();
  let run: string | null = null;
  let standing = '';

  try {
    while (!signal.aborted) {
      const greeting = await greet({ leaving: false });
      if ('refused' in greeting && greeting.refused.code !== 'occupied')
        throw new SetupError(plugin.name, greeting.refused.detail, greeting.refused.remedy);
      if ('welcome' in greeting) {
        const before: string | null = run;
        await workFor(greeting.welcome);
        if (waits === null) stand({ state: 'working' });
        else stand({ state: 'waiting', detail: waits });
        // That it is ready is told at once.
        if (run === before) await clock.sleep(greeting.welcome.helloEveryMs, signal);
      } else {
        stand({ state: 'waiting', detail: greeting.refused.detail });
        await clock.sleep(unansweredPauseMs, signal);
      }
    }
  } finally {
    await crew.host.settle();
    if (run !== null) await greet({ leaving: true });
    await crew.host.stop();
    await crew.remote.close();
  }

  /** What was under way for a run before is void, down to the memory of its commands. */
  async function workFor({ run: next, root }: Welcome): Promise<void> {
    if (run === next) return;
    waits = root === undefined ? null : ((await options.refuseRoot?.(root)) ?? null);
    if (waits !== null) return;
    if (run !== null) {
      await crew.host.stop();
      await crew.remote.close();
      crew = board();
    }
    run = next;
    await crew.host.start();
    await crew.remote.open();
  }

  function board(): { readonly host: Host; readonly remote: RemoteBus } {
    const remote = createRemoteBus({
      bus,
      subjects: subjectsOf(driveKey),
      wire,
      plugin: plugin.name,
      instance,
    });
    const { config, isOurs = false, changing = [] } = options;
    const host = createHost({
      ...(options.isOurs === true && {
        notifications: borrowNotifications(bus, wire.notifications, instance),
      }),
      // All that this process has to lend.
      ...options,
      bus: remote.bus,
      gather: endOfTurn,
      plugins: [
        { plugin, config, ours: isOurs },
        ...changing.map((one) => ({ ...one, plugin: contentAlone(one.plugin) })),
      ],
    });
    return { host, remote };
  }

  async function greet({ leaving }: Pick<Hello, 'leaving'>): Promise<Greeting> {
    try {
      const said = {
        ...{ ...hello, leaving, ready: run !== null && waits === null },
        ...(run !== null && { run }),
        ...(waits !== null && { waits }),
        work: workOf(crew.host),
      };
      return greetingShape.parse(await bus.request(wire.hello, said, greetingTimeoutMs));
    } catch (error) {
      return { refused: { code: 'occupied', detail: messageOf(error), remedy: '' } };
    }
  }

  function stand(next: RemoteStanding): void {
    const words = next.state === 'waiting' ? next.detail : next.state;
    if (words === standing) return;
    standing = words;
    onStanding(next);
  }
}

/** Each message costs two crossings and wakes two processes: what a look met last and its end are one. */
const endOfTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Throws SetupError. */
export function assertCanLeave(plugin: Plugin, whose: 'ours' | 'theirs' = 'theirs'): void {
  const reason =
    plugin.content === undefined ? whyItStaysHere(declarationOf(plugin), whose) : changesContentHere;
  if (reason === null) return;
  throw new SetupError(
    plugin.name,
    `it cannot run in another process, because it ${reason}`,
    'Let the daemon load it: name it in plugins instead of remote_plugins',
  );
}

/** Elsewhere no upload would ask it, and files would go up as they are. */
const changesContentHere = 'changes content, which is done in the processes of uploader and downloader';

/** Its own count, in lines that a hello may carry. */
function workOf(host: Host): Work | undefined {
  const [described] = host.describe().plugins;
  if (described === undefined) return undefined;
  const { startMs, commands, reactions, requests, faults, lastFault, lastFailure } = described;
  return {
    ...{ startMs, commands: [...commands], reactions: [...reactions], requests, faults },
    ...{ lastFault: lineOf(lastFault), lastFailure: lineOf(lastFailure) },
  };
}

const lineOf = (text: string | null): string | null =>
  text === null || text === '' ? null : text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 1000);

function helloOf(plugin: Plugin, instance: string): Hello {
  // A handler may hint as well.
  const mayHint = plugin.observe !== undefined || plugin.handle !== undefined;
  const { needs, handles } = declarationOf(plugin);
  return {
    protocol: protocolVersion,
    version: plugin.version ?? '0.0.0',
    instance,
    ...{ needs: { ...needs }, handles: [...handles] },
    rules: [],
    observes: mayHint ? [...spontaneousTypes] : [],
    leaving: false,
    ready: false,
  };
}
