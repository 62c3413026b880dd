/** The keys by which a NATS server tells the plugins of a profile apart. */
import { existsSync, writeFileSync } from 'node:fs';
import { publicNkeyOf } from '@tidemark/bus';
import { makeFolders } from '@tidemark/folders';
import type { NatsPermissions, NatsUser } from '@tidemark/plugin-host';
import {
  authorizationFor,
  driveKeyOf,
  permissionsOfDaemon,
  permissionsOfPlugin,
  SetupError,
} from '@tidemark/plugin-host';
import type { Plugin } from '@tidemark/plugin-sdk';
import type { Profile } from '../profile.ts';

/** Where the seed of a plugin is kept, beside its settings. */
export const pluginKeyFile = (name: string, { locations }: Pick<Profile, 'locations'>): string =>
  `${locations.directory}/plugins/${name}.nkey`;

/** Its own key where it has one, else that of the settings. Empty: none. */
export function nkeyFileFor(name: string, profile: Pick<Profile, 'locations' | 'settings'>): string {
  const own = pluginKeyFile(name, profile);
  return existsSync(own) ? own : profile.settings.bus_nkey_file;
}

/** The daemon itself, among the plugins. */
export const engineName = 'engine';

export interface PluginKeys {
  /** Names of those that got a key now. */
  readonly made: readonly string[];
  /** The seed of the one that was asked for. */
  readonly keyFile: string;
  /** What the server has to know of all that have keys here. */
  readonly authorization: string;
  /** Where that was written for the server to include. */
  readonly authorizationFile: string;
}

/**
 * Makes keys for the daemon and for `name`, where they have none. `plugins`: those of the profile, by which the permissions
 * are made. Throws BusError `badCredentials`, SetupError for a name that is not among them, and system errors.
 */
export async function makePluginKey(
  name: string,
  driveId: string,
  profile: Pick<Profile, 'locations' | 'settings'>,
  plugins: readonly Plugin[],
): Promise<PluginKeys> {
  const wanted = plugins.find((plugin) => plugin.name === name);
  if (wanted === undefined && name !== engineName)
    throw new SetupError(
      name,
      'no plugin of that name is known here, so that its permissions cannot be made',
      `Name one of ${[engineName, ...plugins.map((plugin) => plugin.name)].join(', ')}`,
    );
  const driveKey = driveKeyOf(driveId);
  const { directory } = profile.locations;
  makeFolders(`${directory}/plugins`, 0o700);
  const { bus_nkey_file: ownKey } = profile.settings;
  const engineFile = ownKey === '' ? pluginKeyFile(engineName, profile) : ownKey;
  const made: string[] = [];
  const users: NatsUser[] = [];
  const add = async (who: string, file: string, permissions: NatsPermissions): Promise<void> => {
    if (!existsSync(file)) made.push(who);
    users.push({ name: who, nkey: await publicNkeyOf(file), permissions });
  };
  await add(engineName, engineFile, permissionsOfDaemon(driveKey));
  for (const plugin of plugins) {
    const file = pluginKeyFile(plugin.name, profile);
    if (plugin === wanted || existsSync(file))
      await add(plugin.name, file, permissionsOfPlugin(plugin, driveKey));
  }
  const authorization = authorizationFor(users);
  const authorizationFile = `${directory}/plugins/nats-authorization.conf`;
  // Public keys: the server runs as another user.
  writeFileSync(authorizationFile, authorization, { mode: 0o644 });
  return {
    ...{ made, authorization, authorizationFile },
    keyFile: name === engineName ? engineFile : pluginKeyFile(name, profile),
  };
}
