/** Rules of our filter and of the plugins that the settings name, for a command that folds a log again and needs the same verdicts. */
import type { HostRules } from '@tidemark/plugin-host';
import { rulesOf } from '@tidemark/plugin-host';
import type { ConfiguredPlugin } from './plugins/arrange-plugins.ts';
import { pluginsOfSettings } from './plugins/arrange-plugins.ts';
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
