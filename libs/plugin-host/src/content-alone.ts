import type { Plugin } from '@tidemark/plugin-sdk';

/** A plugin where it only changes content. What happens and what is looked at is for the whole of it, in the run that the daemon has. */
export function contentAlone(plugin: Plugin): Plugin {
  const { handle: _handle, observe: _observe, on: _on, rules: _rules, ...rest } = plugin;
  return rest;
}
