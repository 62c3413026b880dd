/**
 * A plugin whose facts come and go with everything that happens, over a bus that repeats and delays. Its rule names nothing that users
 * have, so that all laws hold as without it.
 */
import type { RecordedEvent } from '@tidemark/contracts';
import { createRulesFor, withFilter } from '@tidemark/daemon';
import type { RulesFor, State } from '@tidemark/engine';
import { rulesOf } from '@tidemark/plugin-host';
import type { FactsReport, Plugin } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import { filter, map, startWith } from 'rxjs';
import { LawBroken } from './laws.ts';

export interface Lister {
  readonly plugin: Plugin;
  /** Throws LawBroken: what the client knows of its facts they never were. */
  check(state: State): void;
}

export const listerName = 'lister';

export function createLister(): Lister {
  const known = new Map<string, string>();
  const told = new Set<string>([textOf(known)]);
  let count = 0;
  const next = (): FactsReport => {
    count += 1;
    const key = `fact ${count % 5}`;
    const value = known.has(key) ? null : String(count);
    if (value === null) known.delete(key);
    else known.set(key, value);
    told.add(textOf(known));
    // Now and then all of them: the others must hold all the same.
    return count % 7 === 0
      ? {
          type: 'FactsReported',
          facts: [...known].map(([name, now]) => ({ key: name, value: now })),
          complete: true,
        }
      : { type: 'FactsReported', facts: [{ key, value }] };
  };
  const plugin = definePlugin({
    name: listerName,
    needs: { events: true },
    rules: { facts: true, ignore: ({ path }, _settings, facts) => facts.get(path) },
    observe: ({ events }) =>
      events.pipe(
        filter(tellsMore),
        map(next),
        startWith<FactsReport>({ type: 'FactsReported', facts: [], complete: true }),
      ),
  });
  return {
    plugin,
    check({ facts, factsAwaited }) {
      const now = textOf(facts.get(listerName)?.values ?? new Map());
      if (!factsAwaited.has(listerName) && !told.has(now))
        throw new LawBroken('L6', `the client knows facts that a plugin never had at once: ${now}`);
    },
  };
}

/** Of the clients of such a world, for who folds their log again. */
export const rulesForLog = ({ bringsFacts = false }: { readonly bringsFacts?: boolean }): RulesFor =>
  createRulesFor(bringsFacts ? rulesOf(withFilter([{ plugin: createLister().plugin }])) : null);

/** Not its own facts, which would never end, and no batch that comes again. */
function tellsMore(batch: readonly RecordedEvent[]): boolean {
  return batch.some(
    ({ event: { type } }) => type === 'CommandSucceeded' || type === 'LocalSeen' || type === 'RemoteSeen',
  );
}

const textOf = (facts: ReadonlyMap<string, string>): string =>
  JSON.stringify([...facts].toSorted(([one], [other]) => (one < other ? -1 : 1)));
