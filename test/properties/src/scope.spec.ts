/** Filters that change from run to run. */
import type { Policy } from '@tidemark/contracts';
import type { RulesFor } from '@tidemark/engine';
import { replay, serialise } from '@tidemark/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act } from './history.ts';
import { Ledger, act, names, perform } from './history.ts';
import { ModelRun, policy } from './model-run.ts';
import type { Node, Side } from './model-world.ts';
import { expectAgreement, runs } from './verdicts.ts';

/** A run begins that leaves everything under this name alone; null: everything is in scope. */
interface Exclude {
  readonly do: 'exclude';
  readonly name: string | null;
}

const exclude = fc.record({ do: fc.constant('exclude' as const), name: fc.constantFrom(null, ...names) });
const history = fc.array(
  fc.oneof({ weight: 8, arbitrary: act as fc.Arbitrary<Act | Exclude> }, { weight: 1, arbitrary: exclude }),
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

/**
 * What a user removes or overwrites on one side while the client leaves it alone is still wanted on the other side, until it
 * is removed there or while it is in scope.
 */
class Guard {
  readonly contents = new Set<string>();

  around(run: ModelRun, userActs: () => void): void {
    const { drive, disk } = run.world;
    const before = [drive, disk].map((side) => files(side));
    const isOut = [drive, disk].map((side, index) =>
      before[index]?.filter((file) => isLeftAlone(run, side, drive, file)).map(({ content }) => content),
    );
    userActs();
    for (const [index, side] of [drive, disk].entries()) {
      const left = new Set(files(side).map(({ content }) => content));
      const other = new Set(files(side === drive ? disk : drive).map(({ content }) => content));
      for (const { content } of before[index] ?? []) {
        if (left.has(content)) continue;
        if (isOut[index]?.includes(content) === true && other.has(content)) this.contents.add(content);
        else this.contents.delete(content);
      }
    }
  }
}

interface File {
  readonly id: string;
  readonly content: string;
}

const files = (side: Side): File[] =>
  [...side.nodes.values()]
    .filter(({ kind }: Node) => kind === 'file')
    .map(({ id, content }) => ({ id, content }));

/** The client has noticed that it is to leave the file alone. */
function isLeftAlone({ state: { trees, outOfScope } }: ModelRun, side: Side, drive: Side, { id }: File) {
  const ids: ReadonlyMap<string, Parameters<typeof outOfScope.get>[0]> =
    side === drive ? trees.byRemoteId : trees.byLocalId;
  const item = ids.get(id);
  return item !== undefined && outOfScope.has(item);
}

function play(acts: readonly (Act | Exclude)[]): { run: ModelRun; ledger: Ledger; guard: Guard } {
  const run = new ModelRun();
  run.rulesFor = rulesFor;
  const ledger = new Ledger();
  const guard = new Guard();
  begin(run, null);
  acts.forEach((one, index) => {
    if (one.do === 'exclude') begin(run, one.name);
    else if ('on' in one) guard.around(run, () => perform(run, ledger, one, 100 + index));
    else perform(run, ledger, one, 100 + index);
  });
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
      fc.property(history, (acts) => {
        const { run, guard } = play(acts);
        const left = new Set([...files(run.world.drive), ...files(run.world.disk)].map((one) => one.content));
        for (const content of guard.contents) expect(left, `${content} is gone`).toContain(content);
      }),
      runs(),
    );
  });

  it('leave both sides equal in the end, once nothing is excluded any more', () => {
    fc.assert(
      fc.property(history, (acts) => expectAgreement(play(acts))),
      runs(0.5),
    );
  });

  it('are in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (acts) => {
        const { run } = play(acts);
        const report = await replay({ batches: asynchronously(run.log), rulesFor });
        expect(report.divergences).toEqual([]);
        expect([...serialise(report.state)]).toEqual([...serialise(run.state)]);
      }),
      runs(0.2),
    );
  });
});

async function* asynchronously<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}
