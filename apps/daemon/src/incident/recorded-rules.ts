/**
 * What filters and plugins said while a log was folded. On another machine their plugins are not there, and where names are
 * redacted no filter would say the same: a bundle takes the answers along, and its reader asks these.
 */
import type { FilterPolicy, Policy } from '@tidemark/contracts';
import type { RulesBasis, RulesFor } from '@tidemark/engine';
import { createRulesFor } from '../rules-for.ts';

type Rules = ReturnType<RulesFor>;
type RuleItem = Parameters<Rules['ignore']>[0];
type Conflict = Parameters<Rules['resolve']>[0];
type Verdict = NonNullable<ReturnType<Rules['ignore']>>;
type Resolution = NonNullable<ReturnType<Rules['resolve']>>;

/** The answers under one filter, and to plugins with the same settings and facts. What was not asked, or let pass, is not in it. */
export interface RecordedRules {
  readonly filter: FilterPolicy;
  /** Plugins whose rules see settings. Absent in bundles of earlier versions. */
  readonly plugins?: RulesBasis['plugins'];
  /** The event that changed facts last; 0 for none. Absent in bundles of earlier versions. */
  readonly facts?: number;
  readonly mayChange: boolean;
  /** Absent in bundles of earlier versions, whose items say `nosync`. */
  readonly markers?: readonly string[];
  readonly ignored: readonly { readonly item: RecordedItem; readonly verdict: Verdict }[];
  readonly resolved: readonly { readonly conflict: Conflict; readonly resolution: Resolution }[];
}

type RecordedItem = Omit<RuleItem, 'markers'> & {
  readonly markers?: readonly string[];
  readonly nosync?: boolean;
};

export interface RulesRecorder {
  readonly rulesFor: RulesFor;
  readonly recorded: () => RecordedRules[];
}

export function recordRules(rulesFor: RulesFor): RulesRecorder {
  const tables = new Map<string, Table>();
  return {
    rulesFor(policy, basis) {
      const rules = rulesFor(policy, basis);
      const tableNow = tableOf(tables, policy, basis, rules);
      return {
        ...rules,
        ignore(item) {
          const verdict = rules.ignore(item);
          if (verdict !== null) tableNow().ignored.set(keyOf(item), { item: { ...item }, verdict });
          return verdict;
        },
        resolve(conflict) {
          const resolution = rules.resolve(conflict);
          if (resolution !== null)
            tableNow().resolved.set(JSON.stringify(conflict), { conflict, resolution });
          return resolution;
        },
      };
    },
    recorded: () =>
      [...tables.values()].map(({ ignored, resolved, ...rest }) => ({
        ...rest,
        ...{ ignored: [...ignored.values()], resolved: [...resolved.values()] },
      })),
  };
}

interface Table {
  readonly filter: FilterPolicy;
  readonly plugins: RulesBasis['plugins'];
  readonly facts: number;
  readonly markers: readonly string[];
  mayChange: boolean;
  readonly ignored: Map<string, RecordedRules['ignored'][number]>;
  readonly resolved: Map<string, RecordedRules['resolved'][number]>;
}

/** The returned function gives the table of the moment: facts change while the rules stay. */
function tableOf(
  tables: Map<string, Table>,
  { filter }: Policy,
  basis: RulesBasis,
  { mayChange, markers = [] }: Rules,
): () => Table {
  const plugins = seeing(basis);
  const made = (facts: number): Table => {
    const key = JSON.stringify([filter, plugins, facts]);
    const table = tables.get(key) ?? {
      ...{ filter, plugins, facts, markers, mayChange: false },
      ...{ ignored: new Map(), resolved: new Map() },
    };
    tables.set(key, table);
    table.mayChange ||= mayChange === true;
    return table;
  };
  let table = made(factsAt(basis));
  return () => {
    const facts = factsAt(basis);
    return table.facts === facts ? table : (table = made(facts));
  };
}

const seeing = ({ plugins }: RulesBasis): RulesBasis['plugins'] =>
  plugins.filter(({ settings }) => settings !== undefined);

function factsAt({ facts }: RulesBasis): number {
  let last = 0;
  for (const { changedAt } of facts.values()) last = Math.max(last, changedAt);
  return last;
}

/** The same answers again. A filter that was not recorded is asked itself, and the recorded answers of plugins hold beside it. */
export function rulesFromRecord(recorded: readonly RecordedRules[]): RulesFor {
  const tables = recorded.map(({ filter, plugins, facts, mayChange, markers, ignored, resolved }) => ({
    ...{ filter: JSON.stringify(filter), facts, mayChange, markers },
    keyOf: markers === undefined ? keyUnder(filter) : keyOf,
    plugins: plugins === undefined ? undefined : JSON.stringify(plugins),
    ignored: new Map(ignored.map(({ item, verdict }) => [keyOf(item), verdict])),
    resolved: new Map(resolved.map(({ conflict, resolution }) => [JSON.stringify(conflict), resolution])),
  }));
  return (policy, basis) => {
    const [filter, plugins] = [JSON.stringify(policy.filter), JSON.stringify(seeing(basis))];
    const same = tables.filter(
      (one) => one.filter === filter && (one.plugins === undefined || one.plugins === plugins),
    );
    const [first] = same;
    if (first !== undefined) {
      const tableNow = () => {
        const at = factsAt(basis);
        return same.find(({ facts = at }) => facts === at);
      };
      return {
        ignore(item) {
          const table = tableNow();
          return table?.ignored.get(table.keyOf(item)) ?? null;
        },
        markers: first.markers ?? ['.nosync'],
        resolve: (conflict) => tableNow()?.resolved.get(JSON.stringify(conflict)) ?? null,
        ...(first.mayChange && { mayChange: true }),
      };
    }
    const answers = tables.at(-1);
    const own = createRulesFor()(policy, basis);
    return {
      ...own,
      ignore(item) {
        const verdict = answers?.ignored.get(answers.keyOf(item)) ?? null;
        const [bySettings, byPlugin] = [own.ignore(item), verdict?.plugin === 'settings' ? null : verdict];
        return bySettings?.onTheWay === true ? (byPlugin ?? bySettings) : (bySettings ?? byPlugin);
      },
      resolve: (conflict) => answers?.resolved.get(JSON.stringify(conflict)) ?? null,
    };
  };
}

const keyOf = ({ path, kind, sizeBytes, side, known, markers, nosync }: RecordedItem): string =>
  JSON.stringify([path, kind, sizeBytes, side, known, markers ?? nosync]);

/** Bundles of earlier versions: an item said whether it was below `.nosync`, where the settings wanted to know. */
const keyUnder =
  ({ checkNosync }: FilterPolicy) =>
  ({ markers = [], ...item }: RecordedItem): string =>
    keyOf({ ...item, nosync: checkNosync && markers.includes('.nosync') });
