/** Our own filter among the plugins of a run: asked first. Its settings are those of the policy, which each run records. */
import type { FilterPolicy } from '@tidemark/contracts';
import type { RulesBasis } from '@tidemark/engine';
import filter, { filterName } from '@tidemark/plugin-filter';
import type { Plugin } from '@tidemark/plugin-sdk';

interface Configured {
  readonly plugin: object;
  readonly config?: unknown;
  readonly ours?: boolean;
}

export const filterPlugin: { readonly plugin: Plugin; readonly ours: true } = { plugin: filter, ours: true };

export const isFilter = ({ name }: { readonly name: string }): boolean => name === filterName;

/** Once. */
export const withFilter = <One extends Configured>(plugins: readonly One[]): (One | typeof filterPlugin)[] =>
  plugins.some(({ plugin }) => plugin === filter) ? [...plugins] : [filterPlugin, ...plugins];

/** Rules are made from it, under that policy. */
export function withPolicy(basis: RulesBasis, policy: FilterPolicy): RulesBasis {
  const { accountKind: _ofTheCore, ...settings } = policy;
  const others = basis.plugins.filter((plugin) => !isFilter(plugin));
  return { ...basis, plugins: [{ name: filterName, version: '', settings }, ...others] };
}
