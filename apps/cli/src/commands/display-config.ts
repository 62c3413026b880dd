/** `--display-config`: the settings as they hold, without touching the network. */
import { existsSync } from 'node:fs';
import { renderConfiguration } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';

export async function displayConfig({ output, profile, version }: CommandContext): Promise<number> {
  const { locations, settings, configText, syncListText } = profile;
  const isSet = (name: string): 'set' | 'missing' => (process.env[name] === undefined ? 'missing' : 'set');
  const fromSystem = !existsSync(locations.config) && configText !== null && locations.system !== undefined;
  const lines = renderConfiguration(
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
    'config',
  );
  for (const line of lines) output.line(line);
  return 0;
}
