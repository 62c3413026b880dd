/** A client whose plugins run in processes of their own, each with its own key, over a real NATS server. */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { launchDaemon, type Daemon } from './daemon.ts';
import { startNatsServer, type NatsServer } from './nats-server.ts';
import { asLines, openProfile, type ProfileOptions, type TestProfile } from './profile.ts';
import type { BinaryOptions } from './run-binary.ts';

export interface PluginProcesses {
  readonly profile: TestProfile;
  readonly bus: string;
  /** What the server was told of who may do what. */
  readonly authorization: string;
  readonly server: NatsServer;
  /** Starts the process of one plugin. */
  readonly startPlugin: (name: string, options?: BinaryOptions) => Daemon;
  readonly keyFile: (name: string) => string;
}

/** `names`: of the plugins that have processes of their own. */
export async function openPluginProcesses(
  names: readonly string[],
  options: ProfileOptions = {},
): Promise<PluginProcesses> {
  const profile = await openProfile(options);
  let authorization = '';
  for (const name of names) {
    const made = await profile.tidemark(['plugin', 'key', name]);
    expect(made.exitCode, made.text).toBe(0);
    authorization = made.stdout;
  }
  const server = await startNatsServer(authorization);
  onTestFinished(server.close);
  const keyFile = (name: string): string => join(profile.configFolder, 'plugins', `${name}.nkey`);
  await appendFile(
    join(profile.configFolder, 'tidemark.conf'),
    asLines({
      bus: server.address,
      bus_nkey_file: keyFile('engine'),
      plugin_process: names.join(','),
    }),
  );
  return {
    ...{ profile, authorization, keyFile, server, bus: server.address },
    startPlugin: (name, runOptions = {}) =>
      launchDaemon(profile, ['plugin', 'run', name], { ...runOptions, name: 'tidemark' }),
  };
}
