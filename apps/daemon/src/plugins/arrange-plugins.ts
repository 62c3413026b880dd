/**
 * Which plugins a run has, and where: ours, those that the settings name besides, and those that run in another process. Several
 * in this process may handle one command, ours last; a process of its own takes a command from all of them.
 */
import { readFileSync } from 'node:fs';
import type { CommandType } from '@tidemark/contracts';
import type { ExpectedPlugin } from '@tidemark/plugin-host';
import {
  assertCanLeave,
  isCommandType,
  mayHandleElsewhere,
  pluginName,
  SetupError,
} from '@tidemark/plugin-host';
import type { Plugin } from '@tidemark/plugin-sdk';
import type { Profile } from '../profile.ts';
import { withFilter } from './filter-plugin.ts';
import { belongsTo } from './plugin-generations.ts';
import { loadPlugin, withSettings } from './load-plugin.ts';

export interface ConfiguredPlugin {
  readonly plugin: Plugin;
  readonly config?: unknown;
  /** It is the last to be given a command that others handle as well. */
  readonly ours?: boolean;
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
  const remote = profile.settings.remote_plugins.map((entry) => expected(entry, [...ours, ...theirs]));
  const elsewhere = [...oursElsewhere(ours, remote, profile), ...remote];
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
    for (const type of Object.keys(plugin.handle ?? {})) {
      const other = taken.get(type);
      if (other !== undefined)
        throw new SetupError(
          plugin.name,
          `it handles ${type}, and so does plugin "${other}" in another process, which cannot give it to the next`,
          'Remove one of the two',
        );
    }
  }
  return {
    here: withFilter([
      ...ours.filter(staying).map(({ plugin, ...rest }) => ({
        ...{ plugin: withoutHandlers(plugin, taken), ...rest, ours: true },
      })),
      ...theirs.filter(staying),
    ]),
    elsewhere,
  };
}

/**
 * Those of ours that have processes of their own, without what a plugin of `remote` takes over from them. A run that has no use
 * for one of them does without it.
 */
function oursElsewhere(
  ours: readonly ConfiguredPlugin[],
  remote: readonly ExpectedPlugin[],
  { settings }: Pick<Profile, 'settings'>,
): readonly ExpectedPlugin[] {
  const names = new Set(settings.plugin_process);
  const taken = new Set<string>(remote.flatMap(({ handles }) => handles));
  const handlesOf = ({ handle = {} }: Plugin): CommandType[] =>
    (Object.keys(handle) as CommandType[]).filter((type) => !taken.has(type));
  return ours
    .filter(({ plugin }) => names.has(plugin.name))
    .map(({ plugin }) => ({ name: plugin.name, handles: handlesOf(plugin), isOurs: true }));
}

/** The plugins that the settings name besides ours, with their own settings. Throws SetupError. */
export async function pluginsOfSettings({
  settings,
  locations,
}: Pick<Profile, 'settings' | 'locations'>): Promise<readonly ConfiguredPlugin[]> {
  const loaded: ConfiguredPlugin[] = [];
  for (const reference of settings.plugins) {
    loaded.push(
      await configuredPlugin(reference, { folder: locations.directory, home: locations.home }, locations),
    );
  }
  return loaded;
}

/** Loads it with its own settings, so that wrong ones are told before anything is opened. Throws SetupError. */
export async function configuredPlugin(
  reference: string,
  place: { readonly folder: string; readonly home: string },
  { directory }: Pick<Profile['locations'], 'directory'>,
): Promise<ConfiguredPlugin> {
  const loaded = await loadPlugin(reference, place);
  belongsTo(reference, settingsPath(loaded.plugin.name, directory));
  const config = readPluginSettings(loaded.plugin.name, directory);
  return { plugin: withSettings(loaded, config), config };
}

const settingsPath = (name: string, directory: string): string => `${directory}/plugins/${name}.json`;

/** What `plugins/NAME.json` of the configuration directory holds; undefined without one. Throws SetupError. */
export function readPluginSettings(name: string, directory: string): unknown {
  const path = settingsPath(name, directory);
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
