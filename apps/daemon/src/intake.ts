/** Starts the plugins of a run, and takes in what they report: our own over the bus, those in other processes through the border. */
import type { Observation } from '@tidemark/contracts';
import type { Inbox } from '@tidemark/engine';
import type { Host, RemotePluginDescription } from '@tidemark/plugin-host';
import { createRemotePlugins, subjectsOf } from '@tidemark/plugin-host';
import type { CreateRunOptions, RunPorts } from './create-run.ts';

export interface Intake {
  /** The plugins in other processes. */
  describe(): readonly RemotePluginDescription[];
  /** Nothing is taken in after it resolves. */
  stop(): Promise<void>;
}

/** @param ended aborted at the end of the run: what is reported later is for the next run to find, and no message is lost by it */
export async function openIntake(
  { bus, clock, random, capabilities }: RunPorts,
  { driveKey, plugins, elsewhere = [], onFault, root }: CreateRunOptions,
  { host, inbox, ended }: { readonly host: Host; readonly inbox: Inbox; readonly ended: AbortSignal },
): Promise<Intake> {
  const unlessEnded = (error: unknown): void => {
    if (!ended.aborted) throw error;
  };
  // A daemon that ends makes all void that ours reported to it, and the next run finds it again: they need not wait for the log.
  const waiting = new Set(elsewhere.filter(({ isOurs }) => isOurs !== true).map(({ name }) => name));
  /** The one way into the engine, wherever a plugin runs. What is known already is dropped behind it, by the engine, which alone knows. */
  const take = (source: string, reported: readonly Observation[]): Promise<void> =>
    (waiting.has(source) ? inbox.putDurably : inbox.put)(source, reported).catch(unlessEnded);
  const names = new Set(plugins.map(({ plugin }) => plugin.name));
  const observations = await bus.subscribe(subjectsOf(driveKey).observations, (payload, subject) => {
    const source = subject.slice(subject.lastIndexOf('.') + 1);
    // Of our own host. Plugins in other processes come in through the border, and no other way.
    if (!names.has(source)) return undefined;
    return take(source, payload as readonly Observation[]);
  });
  await host.start();
  const remote = createRemotePlugins({
    ...{ bus, driveKey, clock, onFault, take, expected: elsewhere, run: random.uuid() },
    ...(root !== undefined && { root }),
    ...(capabilities?.notifications !== undefined && { notifications: capabilities.notifications }),
  });
  await remote.start();
  return {
    describe: () => remote.describe(),
    async stop() {
      await remote.stop();
      await observations.unsubscribe();
    },
  };
}
