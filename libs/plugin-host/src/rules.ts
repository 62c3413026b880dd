/**
 * Composes the rules of all plugins: asked in the order of the configuration, the first opinion wins and carries the
 * plugin's name. A rule that throws or answers nonsense must neither stop the planner nor be overheard: `ignore` then
 * lets the item rest, which never deletes anything, and `resolve` leaves the choice to the policy, which keeps both.
 */
import type { RulesBasis, RulesFor } from '@tidemark/engine';
import type { Facts, Plugin, RuleItem } from '@tidemark/plugin-sdk';
import { factsOfRules } from './facts-of-rules.ts';
import { messageOf } from './fault.ts';
import type { RuleSettings } from './rule-settings.ts';
import { recordedSettings, ruleSettings } from './rule-settings.ts';

type Asked = ReturnType<RulesFor>;
type Verdict = NonNullable<ReturnType<Asked['ignore']>>;

/** What the planner asks, for a run with these plugins and facts. */
export type HostRules = (basis: RulesBasis) => Asked;

export interface RulesOfPlugin {
  readonly plugin: Plugin;
  /** Those of the present settings. */
  readonly settings: RuleSettings;
  /** It changes with our version only. */
  readonly ours: boolean;
}

interface Answering {
  readonly plugin: string;
  readonly rules: NonNullable<Plugin['rules']>;
  readonly settings: never;
  readonly facts: Facts;
  /** Another plugin has markers that this one did not declare. */
  readonly markers: readonly string[] | null;
}

type Configured = readonly { readonly plugin: Plugin; readonly config?: unknown; readonly ours?: boolean }[];
type OnFault = (plugin: string, detail: string) => void;

/** The rules of plugins that are not run: for a caller that folds a log again. Throws SetupError. */
export function rulesOf(plugins: Configured, onFault: OnFault = () => undefined): HostRules {
  return composeRules(withRules(plugins), onFault);
}

/** Throws SetupError. */
export const withRules = (plugins: Configured): RulesOfPlugin[] =>
  plugins.flatMap(({ plugin, config, ours = false }) => {
    const settings = ruleSettings(plugin, config);
    return settings === undefined ? [] : [{ plugin, settings, ours }];
  });

export function composeRules(all: readonly RulesOfPlugin[], onFault: OnFault): HostRules {
  // The file of a plugin may be another one tomorrow, under the same version.
  const mayChange = all.some(({ plugin, ours }) => !ours && plugin.rules?.ignore !== undefined);
  const markers = [...new Set(all.flatMap(({ plugin }) => plugin.rules?.markers ?? []))];
  return ({ plugins, facts }) => {
    const answering = all.flatMap(({ plugin, settings }): Answering[] => {
      const { name, rules } = plugin;
      if (rules === undefined) return [];
      const recorded = plugins.find((one) => one.name === name)?.settings;
      // Only the plugin itself knows the type of its settings.
      const seen = recordedSettings(plugin, recorded, settings) as never;
      const { markers: own = [] } = rules;
      return [
        {
          ...{ plugin: name, rules, settings: seen, facts: factsOfRules(name, facts) },
          markers: own.length === markers.length ? null : own,
        },
      ];
    });
    return { ...askInTurn(answering, onFault), markers, ...(mayChange && { mayChange }) };
  };
}

/** A rule sees the markers that it declares, so that it says the same whatever other plugins there are. */
function withMarkers(item: RuleItem, own: readonly string[] | null): RuleItem {
  if (own === null) return item;
  const { path, name, kind, sizeBytes, side, known } = item;
  return {
    ...{ path, name, kind, sizeBytes, side, known },
    get markers() {
      return own.length === 0 ? own : item.markers.filter((marker) => own.includes(marker));
    },
  };
}

function askInTurn(all: readonly Answering[], onFault: OnFault): Asked {
  return {
    ignore(item) {
      // That a folder leads to something counts only where no other plugin leaves it alone.
      let onTheWay: Verdict | null = null;
      for (const { plugin, rules, settings, facts, markers } of all) {
        if (rules.ignore === undefined) continue;
        const verdict = ask(
          plugin,
          'ignore',
          item.path,
          () => rules.ignore?.(withMarkers(item, markers), settings, facts),
          verdictOf,
        );
        if (verdict === undefined) continue;
        const said = { plugin, ...(verdict ?? { detail: `the rule of plugin "${plugin}" failed` }) };
        if (said.onTheWay !== true) return said;
        if (item.kind === 'folder') onTheWay ??= said;
      }
      return onTheWay;
    },
    resolve(conflict) {
      for (const { plugin, rules, settings, facts } of all) {
        if (rules.resolve === undefined) continue;
        const answer = (): unknown => rules.resolve?.(conflict, settings, facts);
        const keepsName = ask(plugin, 'resolve', conflict.path, answer, sideOf);
        if (keepsName === 'local' || keepsName === 'remote') return { plugin, keepsName };
      }
      return null;
    },
  };

  /** What `read` makes of the answer; undefined when the rule has no opinion, null when it failed to give one. */
  function ask<Read>(
    plugin: string,
    rule: 'ignore' | 'resolve',
    path: string,
    answerOf: () => unknown,
    read: (answer: unknown) => Read | null,
  ): Read | null | undefined {
    try {
      const answer = answerOf();
      if (answer === undefined) return undefined;
      // It is no answer, and however it ends is no news.
      if (answer instanceof Promise) answer.catch(() => undefined);
      const result = read(answer);
      if (result !== null) return result;
      onFault(plugin, `Cannot use the rule "${rule}" for "${path}": it answered ${expected[rule]}`);
    } catch (error) {
      onFault(plugin, `Cannot use the rule "${rule}" for "${path}": ${messageOf(error)}`);
    }
    return null;
  }
}

const expected = {
  ignore: 'neither a text nor undefined',
  resolve: 'neither "local", "remote" nor undefined',
} as const;

function verdictOf(answer: unknown): Omit<Verdict, 'plugin'> | null {
  if (typeof answer === 'string') return { detail: bounded(answer) };
  if (typeof answer !== 'object' || answer === null) return null;
  const { detail, forThisRun, onTheWay } = answer as Record<string, unknown>;
  if (typeof detail !== 'string') return null;
  if (onTheWay === true) return { detail: bounded(detail), onTheWay };
  return forThisRun === true ? { detail: bounded(detail), forThisRun } : { detail: bounded(detail) };
}

/** Kept for each item, and shown. */
const bounded = (detail: string): string =>
  detail.length > detailLengthMax ? `${detail.slice(0, detailLengthMax)}…` : detail;
const detailLengthMax = 1_000;

const sideOf = (answer: unknown): 'local' | 'remote' | null =>
  answer === 'local' || answer === 'remote' ? answer : null;
