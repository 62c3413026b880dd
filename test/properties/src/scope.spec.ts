/** Filters that change from run to run. */
import type { Policy } from '@tidemark/contracts';
import type { RulesFor } from '@tidemark/engine';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { Guard } from './guard.ts';
import type { Act } from './history.ts';
import { Ledger, act, history as ofUsers, names, perform, play as playAll } from './history.ts';
import { ModelRun, policy } from './model-run.ts';
import { expectPlansFromEveryItem } from './moments.ts';
import { expectReplayed } from './replayed.ts';
import { expectAgreement, expectStillWanted, runs } from './verdicts.ts';

/** A run begins that leaves everything under this name alone; null: everything is in scope. */
interface Exclude {
  readonly do: 'exclude';
  readonly name: string | null;
}

/** The drive has to be listed anew, and does or does not tell of what the listing lacks. */
interface Lock {
  readonly do: 'lock';
  readonly tellsOfItems: boolean;
}

type ScopeAct = Act | Exclude | Lock;

const exclude = fc.record({ do: fc.constant('exclude' as const), name: fc.constantFrom(null, ...names) });
const lock = fc.record({ do: fc.constant('lock' as const), tellsOfItems: fc.boolean() });
const history = fc.array(
  fc.oneof(
    { weight: 16, arbitrary: act as fc.Arbitrary<ScopeAct> },
    { weight: 2, arbitrary: exclude },
    { weight: 1, arbitrary: lock },
  ),
  { maxLength: 60, size: 'max' },
);

/** A name on the way, as `skip_dir` and `skip_file` know it. */
const rulesFor: RulesFor = ({ filter }: Policy) => ({
  ignore: ({ path }) =>
    path.split('/').includes(filter.skipDir) ? { plugin: 'settings', detail: filter.skipDir } : null,
  resolve: () => null,
});

function begin(run: ModelRun, name: string | null): void {
  run.policy = { ...policy, filter: { ...policy.filter, skipDir: name ?? '' } };
  run.start();
}

function play(acts: readonly ScopeAct[]): { run: ModelRun; ledger: Ledger; guard: Guard } {
  const run = new ModelRun();
  run.rulesFor = rulesFor;
  const ledger = new Ledger();
  const guard = new Guard();
  begin(run, null);
  acts.forEach((one, index) => {
    if (one.do === 'exclude') begin(run, one.name);
    else if (one.do === 'lock')
      Object.assign(run.world, { tellsOfItems: one.tellsOfItems, cursorIsLost: true });
    else if ('on' in one) guard.around(run, () => perform(run, ledger, one, 100 + index));
    else perform(run, ledger, one, 100 + index);
  });
  run.world.tellsOfItems = true;
  run.settle();
  begin(run, null);
  run.settle();
  begin(run, null);
  run.settle();
  return { run, ledger, guard };
}

describe('filters that change', () => {
  it('[I-12] never take away what they had excluded: it is on the other side until its user removes it there', () => {
    fc.assert(
      fc.property(history, (acts) => expectStillWanted(play(acts))),
      runs(),
    );
  });

  it('leave both sides equal in the end, once nothing is excluded any more', () => {
    fc.assert(
      fc.property(history, (acts) => expectAgreement(play(acts))),
      runs(0.5),
    );
  });

  it('are asked again of all that a change may let in: planning from the agenda is planning from every item', () => {
    fc.assert(
      fc.property(ofUsers, (acts) => {
        const run = new ModelRun({ filter: { ...policy.filter, skipDir: 'b' } });
        run.rulesFor = rulesFor;
        expectPlansFromEveryItem(run);
        playAll(acts, run);
      }),
      runs(0.15),
    );
  });

  it('are in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) => expectReplayed(play(acts).run)),
      runs(0.2),
    );
  });
});
