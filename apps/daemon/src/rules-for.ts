/** The rules a policy stands for: what is never synced, then the rules of plugins, our filter first. Replay builds the same ones from the log. */
import type { RulesFor } from '@tidemark/engine';
import type { HostRules } from '@tidemark/plugin-host';
import { rulesOf } from '@tidemark/plugin-host';
import { filterPlugin, withPolicy } from './plugins/filter-plugin.ts';
import { neverSynced } from './scope/settings-filter.ts';

type Rules = ReturnType<RulesFor>;

/** `ofPlugins`: our filter among them; it alone when there is none. */
export function createRulesFor(ofPlugins: HostRules | null = null): RulesFor {
  const asked = ofPlugins ?? filterAlone;
  return (policy, basis): Rules => {
    const { below } = policy;
    const safe = neverSynced(policy.filter);
    const plugins = asked(withPolicy(basis, policy.filter));
    return {
      ...plugins,
      ignore(shown) {
        const item = below === undefined ? shown : { ...shown, path: `${below}/${shown.path}` };
        const left = safe(item);
        return left === null ? plugins.ignore(item) : { plugin: name, detail: left.line };
      },
    };
  };
}

const filterAlone = rulesOf([filterPlugin]);

/** As our filter is called: users know of settings and the drive. */
const name = 'settings';
