/** The plugin that a command names: one of ours or of the settings by its name; otherwise a file, as the shell sees it, or a package. */
import { resolve } from 'node:path';
import type { ArrangedPlugins, ConfiguredPlugin } from '@tidemark/daemon';
import { arrangePlugins, configuredPlugin, isPath, pluginsOfSettings, withFilter } from '@tidemark/daemon';
import { SetupError } from '@tidemark/plugin-host';
import { isOwnPlugin } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { loadChannels, withReporter } from '../plugins.ts';

export interface Chosen extends ConfiguredPlugin {
  readonly isOurs: boolean;
}

export const ownPlugins = async ({ profile }: CommandContext): Promise<ConfiguredPlugin[]> =>
  withReporter(profile, { json: false, dryRun: false }, await loadChannels(profile));

export const pluginsOfRun = async (context: CommandContext): Promise<ArrangedPlugins> =>
  arrangePlugins(await ownPlugins(context), context.profile);

/** Throws SetupError. */
export async function choosePlugin(context: CommandContext, reference: string): Promise<Chosen> {
  const { profile } = context;
  const { locations } = profile;
  const isCalled = ({ plugin: { name } }: ConfiguredPlugin): boolean => name === reference;
  if (!isPath(reference)) {
    const own = withFilter(await ownPlugins(context)).find(isCalled);
    if (own !== undefined) return { ...own, isOurs: true };
    if (isOwnPlugin(reference))
      throw new SetupError(
        reference,
        'the settings of this profile have no use for it',
        'See upload_only, webhook_enabled and disable_websocket_support',
      );
    const theirs = (await pluginsOfSettings(profile)).find(isCalled);
    if (theirs !== undefined) return { ...theirs, isOurs: false };
    const reason = unlisted.get(reference);
    if (reason !== undefined) throw new SetupError(reference, ...reason);
  }
  const chosen = await configuredPlugin(
    isPath(reference) ? fromHere(reference) : reference,
    { folder: locations.directory, home: locations.home },
    locations,
  );
  return { ...chosen, isOurs: false };
}

/** Names of ours that no list of plugins shows: why it is not to be had by that name, and what to do. */
const unlisted = new Map<string, readonly [why: string, remedy: string]>([
  ['filter', ['the filters of the settings are called otherwise', 'Run: tidemark plugin check settings']],
  ['control', ['it is a part of each monitor', 'Run: tidemark plugin why control']],
  ['doctor', ['it is a part of each monitor', 'Run: tidemark plugin why doctor']],
]);

/** A path as the shell sees it. */
export const fromHere = (path: string): string => (path.startsWith('.') ? resolve(path) : path);
