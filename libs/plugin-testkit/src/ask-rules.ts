/** Asks the rules of one plugin, as the planner does, with the facts that it has reported. */
import type { Observation } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { rulesOf } from '@tidemark/plugin-host';
import type { Plugin, RuleItem } from '@tidemark/plugin-sdk';

/** Why the item is left alone; null when it is not. Throws an Error when the plugin is not asked such things. */
export function askIgnore(
  { plugin, config }: { readonly plugin: Plugin; readonly config: object },
  observations: readonly Observation[],
  item: Pick<RuleItem, 'path'> & Partial<RuleItem>,
): string | null {
  if (plugin.rules?.ignore === undefined)
    throw new Error(`plugin "${plugin.name}" has no rule about what is left alone`);
  const facts = new Map([
    [plugin.name, { values: factsIn(observations), changedAt: seq(observations.length) }],
  ]);
  const asked: RuleItem = {
    ...{ name: item.path.split('/').at(-1) ?? '', kind: 'file', sizeBytes: 0, side: 'local' },
    ...{ known: false, markers: [] },
    ...item,
  };
  return rulesOf([{ plugin, config }])({ plugins: [], facts }).ignore(asked)?.detail ?? null;
}

function factsIn(observations: readonly Observation[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isGoingOn = false;
  for (const one of observations) {
    if (one.type !== 'FactsReported') continue;
    // A large report comes in parts.
    if (one.complete === true && !isGoingOn) values.clear();
    isGoingOn = one.more === true;
    for (const { key, value } of one.facts) {
      if (value === null) values.delete(key);
      else values.set(key, value);
    }
  }
  return values;
}
