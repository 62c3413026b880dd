/** Rules of our filter and of the plugins that the settings name, for a command that folds a log again and needs the same verdicts. */
import type { HostRules } from '@tidemark/plugin-host';
import { rulesOf, SetupError } from '@tidemark/plugin-host';
import type { ConfiguredPlugin } from './plugins/arrange-plugins.ts';
import { configuredPlugin, pluginsOfSettings } from './plugins/arrange-plugins.ts';
import { withFilter } from './plugins/filter-plugin.ts';
import type { Profile } from './profile.ts';

/** Null when the settings name no plugin with rules. Throws SetupError. */
export async function settingsRules(profile: Profile): Promise<HostRules | null> {
  const plugins = await pluginsWithRules(profile);
  return plugins.length === 0 ? null : rulesOf(withFilter(plugins));
}

/** Of those that the settings name. Throws SetupError. */
export const pluginsWithRules = async (profile: Profile): Promise<readonly ConfiguredPlugin[]> =>
  (await pluginsOfSettings(profile)).filter(({ plugin }) => plugin.rules !== undefined);

/** The same, with the plugin of that file in the place of the one of its name, or behind the others. Throws SetupError. */
export async function rulesWithPlugin(profile: Profile, path: string): Promise<HostRules> {
  const { locations } = profile;
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
  const plugins = await pluginsWithRules(profile);
  const others = plugins.map((one) => (one.plugin.name === tried.plugin.name ? tried : one));
  return rulesOf(withFilter(others.includes(tried) ? others : [...others, tried]));
}
