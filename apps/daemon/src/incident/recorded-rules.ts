/**
 * What filters and plugins said while a log was folded. On another machine their plugins are not there, and where names are
 * redacted no filter would say the same: a bundle takes the answers along, and its reader asks these.
 */
import type { FilterPolicy, Policy } from '@tidemark/contracts';
import type { RulesFor } from '@tidemark/engine';
import { createRulesFor } from '../rules-for.ts';

type Rules = ReturnType<RulesFor>;
type RuleItem = Parameters<Rules['ignore']>[0];
type Conflict = Parameters<Rules['resolve']>[0];
type Verdict = NonNullable<ReturnType<Rules['ignore']>>;
type Resolution = NonNullable<ReturnType<Rules['resolve']>>;

/** The answers under one filter. What was not asked, or let pass, is not in it. */
export interface RecordedRules {
  readonly filter: FilterPolicy;
  readonly mayChange: boolean;
  readonly ignored: readonly { readonly item: RuleItem; readonly verdict: Verdict }[];
  readonly resolved: readonly { readonly conflict: Conflict; readonly resolution: Resolution }[];
}

export interface RulesRecorder {
  readonly rulesFor: RulesFor;
  readonly recorded: () => RecordedRules[];
}

export function recordRules(rulesFor: RulesFor): RulesRecorder {
  const tables = new Map<string, Table>();
  return {
    rulesFor(policy) {
      const rules = rulesFor(policy);
      const table = tableOf(tables, policy);
      table.mayChange ||= rules.mayChange === true;
      return {
        ...rules,
        ignore(item) {
          const verdict = rules.ignore(item);
          if (verdict !== null) table.ignored.set(keyOf(item), { item, verdict });
          return verdict;
        },
        resolve(conflict) {
          const resolution = rules.resolve(conflict);
          if (resolution !== null) table.resolved.set(JSON.stringify(conflict), { conflict, resolution });
          return resolution;
        },
      };
    },
    recorded: () =>
      [...tables.values()].map(({ filter, mayChange, ignored, resolved }) => ({
        ...{ filter, mayChange },
        ...{ ignored: [...ignored.values()], resolved: [...resolved.values()] },
      })),
  };
}

interface Table {
  readonly filter: FilterPolicy;
  mayChange: boolean;
  readonly ignored: Map<string, RecordedRules['ignored'][number]>;
  readonly resolved: Map<string, RecordedRules['resolved'][number]>;
}

function tableOf(tables: Map<string, Table>, { filter }: Policy): Table {
  const key = JSON.stringify(filter);
  const known = tables.get(key);
  if (known !== undefined) return known;
  const made: Table = { filter, mayChange: false, ignored: new Map(), resolved: new Map() };
  tables.set(key, made);
  return made;
}

/** The same answers again. A filter that was not recorded is asked itself, and the recorded answers of plugins hold beside it. */
export function rulesFromRecord(recorded: readonly RecordedRules[]): RulesFor {
  const tables = recorded.map(({ filter, mayChange, ignored, resolved }) => ({
    ...{ filter: JSON.stringify(filter), mayChange },
    ignored: new Map(ignored.map(({ item, verdict }) => [keyOf(item), verdict])),
    resolved: new Map(resolved.map(({ conflict, resolution }) => [JSON.stringify(conflict), resolution])),
  }));
  return (policy) => {
    const table = tables.find(({ filter }) => filter === JSON.stringify(policy.filter));
    if (table !== undefined)
      return {
        ignore: (item) => table.ignored.get(keyOf(item)) ?? null,
        resolve: (conflict) => table.resolved.get(JSON.stringify(conflict)) ?? null,
        ...(table.mayChange && { mayChange: true }),
      };
    const answers = tables.at(-1);
    const own = createRulesFor()(policy);
    return {
      ...own,
      ignore(item) {
        const verdict = answers?.ignored.get(keyOf(item)) ?? null;
        return own.ignore(item) ?? (verdict?.plugin === 'settings' ? null : verdict);
      },
      resolve: (conflict) => answers?.resolved.get(JSON.stringify(conflict)) ?? null,
    };
  };
}

const keyOf = ({ path, kind, sizeBytes, side, known, nosync }: RuleItem): string =>
  JSON.stringify([path, kind, sizeBytes, side, known, nosync]);
