/** Plugins that change content, as the log tells of them, and whether a run has those that the runs before it had. */
import type { Started, StartedPlugin } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import { missingContent } from '@tidemark/engine';
import type { RemotePluginDescription } from '@tidemark/plugin-host';
import { ruleSettings } from '@tidemark/plugin-host';
import { isFilter } from './plugins/filter-plugin.ts';
import type { ProfileRun } from './profile-run.ts';

/** Names, versions, and the format and key of those that change content. */
export function toldPlugins(
  { profile, plugins }: Pick<ProfileRun, 'profile' | 'plugins'>,
  elsewhere: readonly RemotePluginDescription[],
  contentFormats: ReadonlyMap<string, string>,
): Started['plugins'] {
  return [
    ...plugins.map(({ plugin, config }) => {
      const content = contentFormats.get(plugin.name);
      const told = startedPlugin(plugin, config, profile.version);
      return { ...told, ...(content !== undefined && { content }) };
    }),
    ...elsewhere.map(({ name, version }) => ({
      name,
      version: version ?? 'unknown',
      elsewhere: true as const,
    })),
  ];
}

function startedPlugin(
  plugin: ProfileRun['plugins'][number]['plugin'],
  config: unknown,
  ourVersion: string,
): StartedPlugin {
  const { name, version = ourVersion, rules } = plugin;
  // The policy has those of our filter.
  const settings = isFilter(plugin) ? {} : (ruleSettings(plugin, config) ?? {});
  return {
    ...{ name, version },
    ...(Object.keys(settings).length > 0 && { settings }),
    ...(rules !== undefined && !isFilter(plugin) && { rules: true }),
    ...(rules?.facts === true && { facts: true }),
  };
}

/**
 * Without the plugin that changed content, what it made would be taken for the content: it would come down over what is on disk. Throws
 * Failure `contentPluginMissing`, unless the user forgets what was agreed.
 */
export function assertContent(
  state: Pick<State, 'contentFormats'>,
  plugins: Started['plugins'],
  forget: string | null,
): void {
  const missing = forget === null ? missingContent(state, plugins) : null;
  if (missing === null) return;
  const { plugin, format, now } = missing;
  const has = now === null ? 'and this run does not have it' : `and in this run it is "${now}"`;
  throw new Failure({
    code: 'contentPluginMissing',
    detail: `Cannot go on: files on the drive are as the plugin "${plugin}" made them (${format}), ${has}`,
  });
}
