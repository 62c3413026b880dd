/** The facts of one plugin as its rules read them. What was parsed is kept for as long as its text holds. */
import type { RulesBasis } from '@tidemark/engine';
import type { Facts } from '@tidemark/plugin-sdk';

interface Parsed {
  readonly value: string;
  readonly result: unknown;
}

export function factsOfRules(plugin: string, facts: RulesBasis['facts']): Facts {
  const kept = new WeakMap<object, Map<string, Parsed>>();
  let sorted: { readonly at: number; readonly keys: readonly string[] } | null = null;
  const valueOf = (key: string): string | undefined => facts.get(plugin)?.values.get(key);
  return {
    get: valueOf,
    has: (key) => facts.get(plugin)?.values.has(key) ?? false,
    keys() {
      const known = facts.get(plugin);
      if (known === undefined) return [];
      // A state that was read from a snapshot has them in another order than the one that was folded.
      if (sorted?.at !== known.changedAt)
        sorted = {
          at: known.changedAt,
          keys: Object.freeze([...known.values.keys()].sort((a, b) => (a < b ? -1 : 1))),
        };
      return sorted.keys;
    },
    parsed<Result>(key: string, parse: (value: string) => Result) {
      const value = valueOf(key);
      if (value === undefined) return undefined;
      const results = kept.get(parse) ?? new Map<string, Parsed>();
      kept.set(parse, results);
      const known = results.get(key);
      // The same function made it.
      if (known?.value === value) return known.result as Result;
      const result = parse(value);
      results.set(key, { value, result });
      return result;
    },
  };
}
