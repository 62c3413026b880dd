/** Rules of our filter and of the plugins that the settings name, for a command that folds a log again and needs the same verdicts. */
import type { RulesFor } from '@tidemark/engine';
import type { HostRules } from '@tidemark/plugin-host';
import { rulesOf, SetupError } from '@tidemark/plugin-host';
import type { ConfiguredPlugin } from './plugins/arrange-plugins.ts';
import { configuredPlugin, pluginsOfSettings } from './plugins/arrange-plugins.ts';
import { withFilter } from './plugins/filter-plugin.ts';
import type { Profile } from './profile.ts';
import { createRulesFor } from './rules-for.ts';
import type { Reading } from './state-from-log.ts';

/** Null when the settings name no plugin with rules. Throws SetupError. */
export async function settingsRules(profile: Profile): Promise<HostRules | null> {
  const plugins = await pluginsWithRules(profile);
  return plugins.length === 0 ? null : rulesOf(withFilter(plugins));
}

/** Of those that the settings name. Throws SetupError. */
export const pluginsWithRules = async (profile: Profile): Promise<readonly ConfiguredPlugin[]> =>
  (await pluginsOfSettings(profile)).filter(({ plugin }) => plugin.rules !== undefined);

/** The plugin of that file, which has rules. Throws SetupError. */
export async function pluginToTry({ locations }: Profile, path: string): Promise<ConfiguredPlugin> {
  const tried = await configuredPlugin(
    path,
    { folder: locations.directory, home: locations.home },
    locations,
  );
  if (tried.plugin.rules === undefined)
    throw new SetupError(
      tried.plugin.name,
      'it has no rules, so nothing would be decided otherwise',
      'Name the file of a plugin with rules',
    );
  return tried;
}

/** The same, with the plugin of that file in the place of the one of its name, or behind the others. Throws SetupError. */
export async function rulesWithPlugin(profile: Profile, path: string): Promise<HostRules> {
  const tried = await pluginToTry(profile, path);
  const plugins = await pluginsWithRules(profile);
  const others = plugins.map((one) => (one.plugin.name === tried.plugin.name ? tried : one));
  return rulesOf(withFilter(others.includes(tried) ? others : [...others, tried]));
}

/** To fold the log of a run that follows: with the rules of its plugins, and whether they are those that decided. Throws SetupError. */
export async function rulesOfRuns(
  profile: Profile,
): Promise<Required<Pick<Reading, 'hears'>> & { readonly rulesFor: RulesFor }> {
  const plugins = await pluginsWithRules(profile);
  return {
    rulesFor: createRulesFor(plugins.length === 0 ? null : rulesOf(withFilter(plugins))),
    hears: ({ name, version }) =>
      plugins.some(({ plugin }) => plugin.name === name && (plugin.version ?? profile.version) === version),
  };
}

/** Why what was agreed has to be forgotten: both sides may have changed while rules left items alone, which said nothing. */
export const unheardRules = (plugins: readonly string[]): string | null =>
  plugins.length === 0
    ? null
    : `the rules of ${plugins.map((name) => `plugin "${name}"`).join(' and ')} decided before, and are not here or are others now`;
