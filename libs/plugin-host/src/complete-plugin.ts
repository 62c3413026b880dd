/** A plugin whose file says what it does by a function of its settings becomes one that says it. */
import type { AnyPlugin, Plugin } from '@tidemark/plugin-sdk';
import { messageOf } from './fault.ts';
import { readConfig } from './read-config.ts';
import { SetupError } from './setup-error.ts';

/** Throws SetupError: its settings are not valid, or its function fails. */
export function completePlugin(plugin: AnyPlugin, config: unknown): Plugin {
  const settings = readConfig(plugin, config);
  // The object itself where it is whole: its functions may know each other.
  if (plugin.work === undefined) return plugin;
  const { work, ...head } = plugin;
  let made: Omit<Plugin, 'name'>;
  try {
    made = work(settings);
  } catch (error) {
    throw new SetupError(
      plugin.name,
      `its function of the settings failed: ${messageOf(error)}`,
      `Correct plugins/${plugin.name}.json of the configuration directory, or take the plugin out of this run`,
    );
  }
  if (made instanceof Promise) {
    made.catch(() => undefined);
    throw new SetupError(
      plugin.name,
      'its function of the settings answers later, so nobody knows what it does when the run starts',
      'Make it no async function: what has to be waited for belongs into setup',
    );
  }
  if (made.rules !== undefined)
    throw new SetupError(
      plugin.name,
      'its rules are made by its function of the settings, so a replay could not ask them with other settings',
      'Write rules beside name and config: they are given the settings that they name',
    );
  return { ...made, ...head };
}
