/**
 * Facts: what plugins report for their own rules, folded. Rules read them from the state, so that a replay decides the same. Until
 * a plugin has told all of its facts in a run, its rules would decide on half of the truth: nothing is planned but looks, and no
 * item leaves the scope or comes back.
 */
import type { EventOf, Seq, Started } from '@tidemark/contracts';
import { rootItem } from '@tidemark/contracts';
import { needsNothing } from '@tidemark/planner';
import { settleAllNow } from './scope.ts';
import type { State } from './state.ts';
import { policyOf } from './state.ts';

export interface PluginFacts {
  readonly values: Map<string, string>;
  /** The last event that changed them. */
  changedAt: Seq;
}

export const reportsFacts = ({ started }: State, plugin: string): boolean =>
  started?.plugins.some(({ name, facts }) => name === plugin && facts === true) ?? false;

/** Facts of an earlier run stand until they are told again. */
export function awaitFacts(state: State, { plugins }: Started): void {
  const reporting = plugins.filter(({ facts }) => facts === true).map(({ name }) => name);
  for (const plugin of state.facts.keys()) if (!reporting.includes(plugin)) state.facts.delete(plugin);
  state.factsAwaited.clear();
  for (const plugin of reporting) state.factsAwaited.add(plugin);
}

/** Every verdict may be another one now, once for all that the event tells. */
export function factsChanged(
  state: State,
  plugin: string,
  { facts, complete }: EventOf<'FactsChanged'>,
): void {
  if (!reportsFacts(state, plugin)) return;
  const known = state.facts.get(plugin) ?? { values: new Map<string, string>(), changedAt: state.seq };
  state.facts.set(plugin, known);
  known.changedAt = state.seq;
  for (const { key, value } of facts) {
    if (value === null) known.values.delete(key);
    else known.values.set(key, value);
  }
  if (complete === true) state.factsAwaited.delete(plugin);
  if (state.factsAwaited.size > 0) return;
  settleAllNow(state);
  const policy = policyOf(state);
  for (const item of state.trees.items.values())
    if (item.id !== rootItem && !needsNothing(policy, item)) state.agenda.touch(item.id);
}
