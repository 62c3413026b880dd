/** Asks the rules of one plugin, as the planner does, with the facts that it has reported. */
import type { Observation } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import type { HostRules } from '@tidemark/plugin-host';
import { rulesOf } from '@tidemark/plugin-host';
import type { Plugin, RuleConflict, RuleItem } from '@tidemark/plugin-sdk';
import type { World } from './world.ts';

interface Asked {
  readonly plugin: Plugin;
  readonly config: object;
  readonly world: World;
  readonly observations: readonly Observation[];
}

/** Why the item is left alone; null when it is not. Throws an Error when the plugin is not asked such things, and when its rule fails. */
export function askIgnore(asked: Asked, item: Pick<RuleItem, 'path'> & Partial<RuleItem>): string | null {
  const { plugin, world } = asked;
  if (plugin.rules?.ignore === undefined)
    throw new Error(`plugin "${plugin.name}" has no rule about what is left alone`);
  const whole: RuleItem = {
    ...{ name: item.path.split('/').at(-1) ?? '', kind: 'file', sizeBytes: 0, side: 'local' },
    ...{ known: false, markers: markersOf(plugin, world, item.path) },
    ...item,
  };
  return rulesNow(asked).ignore(whole)?.detail ?? null;
}

/** Which version keeps the name; null when the plugin does not say. Throws an Error as above. */
export function askResolve(asked: Asked, conflict: RuleConflict): 'local' | 'remote' | null {
  const { plugin } = asked;
  if (plugin.rules?.resolve === undefined)
    throw new Error(`plugin "${plugin.name}" has no rule about conflicts`);
  return rulesNow(asked).resolve(conflict)?.keepsName ?? null;
}

function rulesNow({ plugin, config, observations }: Asked): ReturnType<HostRules> {
  const known = { values: factsIn(observations), changedAt: seq(observations.length) };
  const onFault = (_plugin: string, detail: string): never => {
    throw new Error(detail);
  };
  return rulesOf([{ plugin, config }], onFault)({ plugins: [], facts: new Map([[plugin.name, known]]) });
}

/** Of the folders on the way to it in the sync folder, and of itself. */
function markersOf({ rules }: Plugin, { disk }: World, path: string): readonly string[] {
  const names = path.split('/');
  const folders = names.map((_name, index) => names.slice(0, index + 1).join('/'));
  return (rules?.markers ?? []).filter((marker) =>
    folders.some((folder) => disk.user.tree().has(`${folder}/${marker}`)),
  );
}

/** Facts as the log would have them. */
export function factsIn(observations: readonly Observation[]): ReadonlyMap<string, string> {
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
