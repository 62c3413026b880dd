/** The settings as they hold, for `--display-config` and for the start of a run with `display_running_config`. */
import { existsSync } from 'node:fs';
import type { Profile } from '@tidemark/daemon';
import { renderConfiguration } from '@tidemark/settings';

export function configurationLines(
  { locations, settings, configText, syncListText, version }: Profile,
  form: 'config' | 'running',
): readonly string[] {
  const isSet = (name: string): 'set' | 'missing' => (process.env[name] === undefined ? 'missing' : 'set');
  const fromSystem = !existsSync(locations.config) && configText !== null && locations.system !== undefined;
  return renderConfiguration(
    settings,
    {
      version: `v${version}`,
      runtime: `Node.js ${process.version}`,
      httpStack: `undici ${process.versions['undici'] ?? ''}`.trim(),
      userConfigPath: locations.directory,
      systemConfigPath: locations.system?.directory ?? '/etc/onedrive',
      configLocation: fromSystem ? (locations.system?.config ?? '') : locations.config,
      configFile: configText === null ? 'missing' : 'found',
      syncListLocation: locations.syncList,
      databaseLocation: `${locations.directory}/items.sqlite3`,
      environment: {
        XDG_RUNTIME_DIR: isSet('XDG_RUNTIME_DIR'),
        DBUS_SESSION_BUS_ADDRESS: isSet('DBUS_SESSION_BUS_ADDRESS'),
      },
      notifications: 'missing',
      ...(syncListText === null ? {} : { syncListText }),
    },
    form,
  );
}
