/**
 * Which plugins a run has, and where: ours, those that the settings name besides, and those that run in another process. A
 * command goes to one place: who was named in the settings takes it over from ours.
 */
import { readFileSync } from 'node:fs';
import type { CommandType } from '@tidemark/contracts';
import type { ExpectedPlugin } from '@tidemark/plugin-host';
import {
  assertCanLeave,
  isCommandType,
  mayHandleElsewhere,
  pluginName,
  readConfig,
  SetupError,
} from '@tidemark/plugin-host';
import type { Plugin } from '@tidemark/plugin-sdk';
import type { Profile } from '../profile.ts';
import { loadPlugin } from './load-plugin.ts';

export interface ConfiguredPlugin {
  readonly plugin: Plugin;
  readonly config?: unknown;
}

export interface ArrangedPlugins {
  readonly here: readonly ConfiguredPlugin[];
  readonly elsewhere: readonly ExpectedPlugin[];
}

/** `ours` in the order in which their rules are asked; those of the settings follow. Throws SetupError. */
export async function arrangePlugins(
  ours: readonly ConfiguredPlugin[],
  profile: Pick<Profile, 'settings' | 'locations'>,
): Promise<ArrangedPlugins> {
  const theirs = await pluginsOfSettings(profile);
  const elsewhere = profile.settings.remote_plugins.map((entry) => expected(entry, [...ours, ...theirs]));
  const away = new Set(elsewhere.map(({ name }) => name));
  const staying = ({ plugin }: ConfiguredPlugin): boolean => !away.has(plugin.name);
  const taken = new Map<string, string>();
  for (const { name, handles } of elsewhere) {
    for (const type of handles) {
      const other = taken.get(type);
      if (other !== undefined)
        throw new SetupError(
          name,
          `it is to take ${type}, and so is plugin "${other}"`,
          'Give it to one of the two',
        );
      taken.set(type, name);
    }
  }
  for (const { plugin } of theirs.filter(staying)) {
    for (const type of Object.keys(plugin.handle ?? {})) if (!taken.has(type)) taken.set(type, plugin.name);
  }
  return {
    here: [
      ...ours
        .filter(staying)
        .map(({ plugin, ...rest }) => ({ plugin: withoutHandlers(plugin, taken), ...rest })),
      ...theirs.filter(staying),
    ],
    elsewhere,
  };
}

/** The plugins that the settings name besides ours, with their own settings. Throws SetupError. */
export async function pluginsOfSettings({
  settings,
  locations,
}: Pick<Profile, 'settings' | 'locations'>): Promise<readonly ConfiguredPlugin[]> {
  const loaded: ConfiguredPlugin[] = [];
  for (const reference of settings.plugins) {
    const { plugin } = await loadPlugin(reference, { folder: locations.directory, home: locations.home });
    const config = readPluginSettings(plugin.name, locations.directory);
    // Wrong settings are told before anything is opened.
    readConfig(plugin, config);
    loaded.push({ plugin, config });
  }
  return loaded;
}

/** What `plugins/NAME.json` of the configuration directory holds; undefined without one. Throws SetupError. */
export function readPluginSettings(name: string, directory: string): unknown {
  const path = `${directory}/plugins/${name}.json`;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(
      name,
      `its settings in ${path} cannot be read: ${reason}`,
      'Correct the file, or remove it',
    );
  }
}

/** `name`, or `name:HashFile,…` for one whose definition we cannot read. */
function expected(entry: string, known: readonly ConfiguredPlugin[]): ExpectedPlugin {
  const [name = '', list] = entry.split(':', 2).map((part) => part.trim());
  if (!pluginName.test(name)) {
    throw new SetupError(
      entry,
      'remote_plugins cannot name it so',
      'Write the name of the plugin: lower-case letters, digits and dashes',
    );
  }
  const definition = known.find(({ plugin }) => plugin.name === name)?.plugin;
  if (definition !== undefined) assertCanLeave(definition);
  const declared = Object.keys(definition?.handle ?? {}) as CommandType[];
  const named = (list ?? '').split(',').map((type) => type.trim());
  const handles = list === undefined ? declared : named.map((type) => commandType(name, type));
  if (definition !== undefined && handles.toSorted().join() !== declared.toSorted().join()) {
    const right = declared.length === 0 ? name : `${name}:${declared.join(',')}`;
    throw new SetupError(name, `remote_plugins gives it other commands than it handles`, `Write "${right}"`);
  }
  return { name, handles };
}

function commandType(name: string, type: string): CommandType {
  const possible = Object.entries(mayHandleElsewhere).flatMap(([one, may]) => (may ? [one] : []));
  if (isCommandType(type) && mayHandleElsewhere[type]) return type;
  throw new SetupError(
    name,
    `remote_plugins gives it "${type}", which is not carried out in another process`,
    `Possible are ${possible.join(', ')}`,
  );
}

function withoutHandlers(plugin: Plugin, taken: ReadonlyMap<string, string>): Plugin {
  const handlers = Object.entries(plugin.handle ?? {});
  const left = handlers.filter(([type]) => !taken.has(type));
  return left.length === handlers.length ? plugin : { ...plugin, handle: Object.fromEntries(left) };
}
