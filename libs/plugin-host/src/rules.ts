/**
 * Composes the rules of all plugins: asked in the order of the configuration, the first opinion wins and carries the
 * plugin's name. A rule that throws or answers nonsense must neither stop the planner nor be overheard: `ignore` then
 * lets the item rest, which never deletes anything, and `resolve` leaves the choice to the policy, which keeps both.
 */
import type { RulesFor } from '@tidemark/engine';
import type { Plugin, Rules } from '@tidemark/plugin-sdk';
import { messageOf } from './fault.ts';
import { readConfig } from './read-config.ts';

/** What the planner asks. */
export type HostRules = ReturnType<RulesFor>;

export interface RulesOfPlugin {
  readonly plugin: string;
  readonly rules: Rules<never>;
  readonly config: never;
}

/** The rules of plugins that are not run: for a caller that folds a log again. Throws SetupError. */
export function rulesOf(
  plugins: readonly { readonly plugin: Plugin; readonly config?: unknown }[],
  onFault: (plugin: string, detail: string) => void = () => undefined,
): HostRules {
  return composeRules(
    plugins.flatMap(({ plugin, config }) =>
      plugin.rules === undefined
        ? []
        : [{ plugin: plugin.name, rules: plugin.rules, config: readConfig(plugin, config) }],
    ),
    onFault,
  );
}

export function composeRules(
  all: readonly RulesOfPlugin[],
  onFault: (plugin: string, detail: string) => void,
): HostRules {
  return {
    ...(all.some(({ rules }) => rules.ignore !== undefined) ? { mayChange: true } : {}),
    ignore(item) {
      for (const { plugin, rules, config } of all) {
        const detail = ask(plugin, `the rule "ignore"`, item.path, () => rules.ignore?.(item, config));
        if (detail === undefined) continue;
        return { plugin, detail: detail ?? `the rule of plugin "${plugin}" failed` };
      }
      return null;
    },
    resolve(conflict) {
      for (const { plugin, rules, config } of all) {
        const keepsName = ask(plugin, `the rule "resolve"`, conflict.path, () =>
          rules.resolve?.(conflict, config),
        );
        if (keepsName === 'local' || keepsName === 'remote') return { plugin, keepsName };
      }
      return null;
    },
  };

  /** The verdict; undefined when the rule has no opinion, null when it failed to give one. */
  function ask(
    plugin: string,
    rule: string,
    path: string,
    verdictOf: () => unknown,
  ): string | null | undefined {
    try {
      const verdict = verdictOf();
      if (verdict === undefined || typeof verdict === 'string') return verdict;
      onFault(plugin, `Cannot use ${rule} for "${path}": it answered neither a text nor undefined`);
    } catch (error) {
      onFault(plugin, `Cannot use ${rule} for "${path}": ${messageOf(error)}`);
    }
    return null;
  }
}
