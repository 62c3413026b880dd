/** A plugin whose rules leave alone what its facts name, and whose facts come and go, within a run and from run to run. */
import type { Fact, FactsReported } from '@tidemark/contracts';
import { commandEffects, rootItem } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { scopeOf } from '@tidemark/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Guard } from './guard.ts';
import type { Act } from './history.ts';
import { Ledger, act, names, perform } from './history.ts';
import { ModelRun } from './model-run.ts';
import { expectReplayed } from './replayed.ts';
import { expectAgreement, expectStillWanted, runs } from './verdicts.ts';

/** `named`: the plugin finds out that it is to leave that name alone, or no more. `tell`: all that it knows. `begin`: a run. */
type Told =
  | { readonly do: 'named'; readonly name: string; readonly isOn: boolean }
  | { readonly do: 'tell' }
  | { readonly do: 'begin' };

const told = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('named' as const),
      name: fc.constantFrom(...names),
      isOn: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'tell' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'begin' as const }) },
);
const history = fc.array(
  fc.oneof({ weight: 6, arbitrary: act as fc.Arbitrary<Act | Told> }, { weight: 2, arbitrary: told }),
  { maxLength: 60, size: 'max' },
);

const rulesFor: RulesFor = (_policy, { facts }) => ({
  mayChange: true,
  resolve: () => null,
  ignore({ path }) {
    const known = facts.get('lister')?.values;
    const name = path.split('/').find((one) => known?.has(one) === true);
    return name === undefined ? null : { plugin: 'lister', detail: name };
  },
});

class Lister {
  private readonly known = new Set<string>();
  private reports = 0;
  private hasTold = false;
  private readonly run: ModelRun;

  constructor(run: ModelRun) {
    this.run = run;
    run.onStart = () => {
      this.reports = 0;
      this.hasTold = false;
    };
  }

  name(name: string, isOn: boolean): void {
    if (isOn) this.known.add(name);
    else this.known.delete(name);
    if (this.hasTold) this.report([{ key: name, value: isOn ? 'named' : null }]);
  }

  tell(): void {
    this.hasTold = true;
    this.report(
      [...this.known].map((key) => ({ key, value: 'named' })),
      true,
    );
  }

  forget(): void {
    this.known.clear();
    this.tell();
  }

  private report(facts: readonly Fact[], complete?: true): void {
    const report: FactsReported = {
      ...{ type: 'FactsReported', report: this.reports++, facts },
      ...(complete && { complete }),
    };
    this.run.observe([report], 'lister');
  }
}

function play(acts: readonly (Act | Told)[], watch: (run: ModelRun) => void = () => undefined) {
  const run = new ModelRun();
  run.plugins = [{ name: 'lister', version: '1', rules: true, facts: true }];
  run.rulesFor = rulesFor;
  const [lister, ledger, guard] = [new Lister(run), new Ledger(), new Guard()];
  watch(run);
  run.start();
  acts.forEach((one, index) => {
    if (one.do === 'named') lister.name(one.name, one.isOn);
    else if (one.do === 'tell') lister.tell();
    else if (one.do === 'begin') run.start();
    else if ('on' in one) guard.around(run, () => perform(run, ledger, one, 100 + index));
    else perform(run, ledger, one, 100 + index);
  });
  for (const isFirst of [true, false, false]) {
    if (!isFirst) run.start();
    lister.forget();
    run.settle();
  }
  return { run, ledger, guard };
}

describe('facts that come and go', () => {
  it('[I-12] never take away what they had excluded: it is on the other side until its user removes it there', () => {
    fc.assert(
      fc.property(history, (acts) => expectStillWanted(play(acts))),
      runs(),
    );
  });

  it('leave both sides equal in the end, once nothing is named any more', () => {
    fc.assert(
      fc.property(history, (acts) => expectAgreement(play(acts))),
      runs(0.5),
    );
  });

  it('decide what the rule says of the facts in the state, whenever all of them are known', () => {
    fc.assert(
      fc.property(history, (acts) => {
        play(acts, (run) => {
          run.onPlan = (commands, state) => {
            const changing = commands.filter(({ type }) => commandEffects[type].startsWith('writes'));
            if (state.factsAwaited.size > 0) expect(changing).toEqual([]);
            else expectVerdicts(state);
          };
        });
      }),
      runs(0.5),
    );
  });

  it('are in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) => expectReplayed(play(acts).run)),
      runs(0.2),
    );
  });
});

/** Nothing that a rule leaves alone counts as agreed, and what is remembered as out of scope is. */
function expectVerdicts(state: State): void {
  for (const item of state.trees.items.values()) {
    if (item.id === rootItem || (item.local === null && item.remote === null)) continue;
    const verdict = scopeOf(state, item, true);
    if (item.synced !== null && item.local !== null) expect(verdict).toBeNull();
    if (state.outOfScope.has(item.id) && item.local !== null) expect(verdict).not.toBeNull();
  }
}
