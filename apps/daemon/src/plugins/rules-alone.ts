/**
 * Plugins of the settings in a run that changes nothing: their rules decide with ours, and what else they do is for real runs. Rules
 * that need facts are given those that the log knows; where it knows none, the plugin is let look, and look only.
 */
import type { State } from '@tidemark/engine';
import type { FactsReport, Plugin } from '@tidemark/plugin-sdk';
import { concat, NEVER, of } from 'rxjs';
import type { ConfiguredPlugin } from './arrange-plugins.ts';

export const rulesAlone = (
  plugins: readonly ConfiguredPlugin[],
  { facts }: Pick<State, 'facts'>,
): ConfiguredPlugin[] =>
  plugins.flatMap(({ plugin, config }) =>
    plugin.rules === undefined
      ? []
      : [{ plugin: { ...whoIs(plugin), ...observing(plugin, facts.get(plugin.name)) }, config }],
  );

const whoIs = ({ name, version, config, rules }: Plugin): Plugin => ({
  name,
  ...(rules !== undefined && { rules }),
  ...(version !== undefined && { version }),
  ...(config !== undefined && { config }),
});

type Observing = Pick<Plugin, 'observe' | 'setup' | 'dispose' | 'needs'>;

function observing(
  { rules, needs, observe, setup, dispose }: Plugin,
  known: { readonly values: ReadonlyMap<string, string> } | undefined,
): Observing {
  if (rules?.facts !== true) return {};
  if (known !== undefined) {
    const facts = [...known.values].map(([key, value]) => ({ key, value }));
    const report: FactsReport = { type: 'FactsReported', facts, complete: true };
    return { observe: () => concat(of(report), NEVER) };
  }
  const { drive, disk, ...others } = needs ?? {};
  return {
    needs: {
      ...others,
      ...(drive !== undefined && { drive: 'read' }),
      ...(disk !== undefined && { disk: 'read' }),
    },
    ...(observe !== undefined && { observe }),
    ...(setup !== undefined && { setup }),
    ...(dispose !== undefined && { dispose }),
  };
}
