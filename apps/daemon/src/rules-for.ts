/** The rules a policy stands for: what the settings leave alone, then the rules of plugins. Replay builds the same ones from the log. */
import type { FilterPolicy } from '@tidemark/contracts';
import type { RulesFor } from '@tidemark/engine';
import type { HostRules } from '@tidemark/plugin-host';
import { settingsFilter } from './scope/settings-filter.ts';

type Rules = ReturnType<RulesFor>;

/** `ofPlugins`: asked after the filters, in the order of the configuration. */
export function createRulesFor(ofPlugins: HostRules | null = null): RulesFor {
  return (policy, basis): Rules => {
    const filter = compile(policy.filter);
    const plugins = ofPlugins?.(basis) ?? null;
    return {
      ignore: (item) => filter(item) ?? plugins?.ignore(item) ?? null,
      resolve: (conflict) => plugins?.resolve(conflict) ?? null,
      ...(plugins?.mayChange === true ? { mayChange: true } : {}),
    };
  };
}

const name = 'settings';

function compile(policy: FilterPolicy): Rules['ignore'] {
  const filter = settingsFilter(policy);
  return (item) => {
    const left = filter(item);
    if (left === null) return null;
    const verdict = { plugin: name, detail: left.line };
    return left.rule === 'single_directory' ? { ...verdict, forThisRun: true } : verdict;
  };
}
