/** Checks the settings of one plugin against its schema. */
import type { Plugin } from '@tidemark/plugin-sdk';
import { SetupError } from './setup-error.ts';

/** `never`, because only the plugin itself knows the type its schema gives. Throws SetupError. */
export function readConfig(plugin: Pick<Plugin, 'name' | 'config'>, config: unknown): never {
  if (plugin.config === undefined) {
    rejectUnexpected(plugin.name, config);
    return Object.freeze({}) as never;
  }
  const result = plugin.config.safeParse(config ?? {});
  if (!result.success) {
    const faults = result.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `"${path.join('.')}": ${message}`,
    );
    throw new SetupError(
      plugin.name,
      `its settings are not valid: ${faults.join('; ')}`,
      `Correct these keys in plugins/${plugin.name}.json of the configuration directory, or remove them to get the defaults`,
    );
  }
  return result.data as never;
}

function rejectUnexpected(plugin: string, config: unknown): void {
  const keys = typeof config === 'object' && config !== null ? Object.keys(config) : [];
  if (keys.length === 0) return;
  throw new SetupError(
    plugin,
    `it has no setting "${keys.join('", "')}"`,
    'Remove it: the plugin takes no settings',
  );
}
