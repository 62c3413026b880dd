/** Rules of the plugins that the settings name, for a command that folds a log again and needs the same verdicts. */
import type { Profile } from './profile.ts';
import { pluginsOfSettings } from './plugins/arrange-plugins.ts';
import type { HostRules } from '@tidemark/plugin-host';
import { rulesOf } from '@tidemark/plugin-host';

/** null when there are none. Throws SetupError. */
export async function settingsRules(profile: Profile): Promise<HostRules | null> {
  const plugins = (await pluginsOfSettings(profile)).filter(({ plugin }) => plugin.rules !== undefined);
  return plugins.length === 0 ? null : rulesOf(plugins);
}
