/** Plugins of ours in processes of their own, each with its key, around a real nats-server. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startNatsServer } from '@tidemark/testkit';
import { configLines, hear, type Heard } from './child.ts';

/** All that a client with a webhook is made of. */
export const allPlugins = ['delta', 'watcher', 'uploader', 'downloader', 'webhook', 'reporter'] as const;

export type PluginLine = {
  /** What the process of that plugin says. */
  readonly heard: (name: string) => Heard;
  readonly close: () => Promise<void>;
};

/**
 * `configFolder`: complete but for the bus, which is added to its `tidemark.conf`. `profiling`: what in its environment makes a
 * process write its CPU profile.
 */
export async function openPluginLine(
  dist: string,
  configFolder: string,
  names: readonly string[],
  profiling: Readonly<Record<string, string>>,
): Promise<PluginLine> {
  const start = (...args: readonly string[]): ChildProcess =>
    spawn(join(dist, 'tidemark'), [...args, '--confdir', configFolder], {
      cwd: '/',
      env: {
        ...{ PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: configFolder },
        ...(args[1] === 'run' && profiling),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  for (const name of names) {
    const making = start('plugin', 'key', name);
    const output = hear(making);
    const [exitCode] = (await once(making, 'close')) as [number | null];
    if (exitCode !== 0) throw new Error(output.text());
  }
  const nats = await startNatsServer(['-c', join(configFolder, 'plugins', 'nats-authorization.conf')]);
  await appendFile(
    join(configFolder, 'tidemark.conf'),
    configLines({
      bus: nats.url,
      bus_nkey_file: join(configFolder, 'plugins', 'engine.nkey'),
      plugin_process: names.join(','),
    }),
  );
  const children = names.map((name) => [name, start('plugin', 'run', name, '--verbose')] as const);
  const outputs = new Map(children.map(([name, child]) => [name, hear(child)]));
  return {
    heard(name) {
      const output = outputs.get(name);
      if (output === undefined) throw new Error(`No process runs ${name}`);
      return output;
    },
    async close() {
      await Promise.all(
        children.map(async ([, child]) => {
          const ended = once(child, 'close');
          child.kill('SIGTERM');
          await ended;
        }),
      );
      await nats.stop();
    },
  };
}
