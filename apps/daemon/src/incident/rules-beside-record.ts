/**
 * Rules of one plugin, tried on an incident bundle: it is asked now, and for the others the bundle has what they said. It does not have
 * what a plugin behind it would have said of an item that it left alone then.
 */
import type { RulesFor } from '@tidemark/engine';
import type { BundleHead } from '@tidemark/event-log';
import { rulesOf } from '@tidemark/plugin-host';
import type { ConfiguredPlugin } from '../plugins/arrange-plugins.ts';

/** Why the bundle has not what the rules would be asked with, and what to do, in lines; null when it has. */
export function unfitForBundle(
  { plugin }: ConfiguredPlugin,
  { names }: Pick<BundleHead, 'names'>,
): readonly string[] | null {
  if (plugin.rules?.facts === true)
    return [
      `The rules of plugin "${plugin.name}" see facts, and no bundle has the facts that plugins reported`,
      'Try it on the log itself, on the machine that has it: tidemark what-if --plugin FILE',
    ];
  if (names === 'redacted')
    return [
      'The names in this bundle are pseudonyms, of which rules would say other things than of the names themselves',
      'Ask for a bundle with names: tidemark incident create … --keep-names',
    ];
  return null;
}

/** `recorded`: from the bundle. The settings of `tried` are those of its configuration: the bundle hides those of then. */
export function rulesBesideRecord(recorded: RulesFor, tried: ConfiguredPlugin): RulesFor {
  const { name } = tried.plugin;
  const ofTried = rulesOf([tried]);
  return (policy, basis) => {
    const before = recorded(policy, basis);
    const now = ofTried({ ...basis, plugins: [] });
    const placeOf = (plugin: string): number => basis.plugins.findIndex((one) => one.name === plugin);
    // One that was not there then comes last. Our filter, which is no plugin of the settings, comes first.
    const place = placeOf(name) === -1 ? Infinity : placeOf(name);
    const comesFirst = ({ plugin }: { readonly plugin: string }): boolean =>
      plugin !== name && placeOf(plugin) < place;
    const afterwards = <Said extends { readonly plugin: string }>(said: Said | null): Said | null =>
      said?.plugin === name ? null : said;
    const known = before.markers ?? [];
    return {
      ...before,
      markers: [...new Set([...known, ...(now.markers ?? [])])],
      ignore(item) {
        // It was asked about with these, and is found by them.
        const asked = { ...item, markers: item.markers.filter((marker) => known.includes(marker)) };
        const said = before.ignore(asked);
        if (said !== null && said.onTheWay !== true && comesFirst(said)) return said;
        const [tried, other] = [now.ignore(item), afterwards(said)];
        // That a folder leads to something counts only where no plugin leaves it alone.
        const whole = [tried, other].find((one) => one !== null && one.onTheWay !== true);
        return whole ?? other ?? tried;
      },
      resolve(conflict) {
        const said = before.resolve(conflict);
        return said !== null && comesFirst(said) ? said : (now.resolve(conflict) ?? afterwards(said));
      },
    };
  };
}
