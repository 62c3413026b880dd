/** Histories of clients that clean up the disk by rules that let in `*.txt`, and all that is in folders named `b`. */
import type { Command, ItemId, Policy } from '@tidemark/contracts';
import { paceOnce, rootItem } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { isKeptName } from '@tidemark/planner';
import { itemOf, shownPath, upwards } from '@tidemark/trees';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, play } from './history.ts';
import { ModelRun } from './model-run.ts';
import { LastSeen, expectEvidence, expectPlansFromEveryItem } from './moments.ts';
import { expectReplayed } from './replayed.ts';
import { expectNothingLost, hasCaseClash, runs } from './verdicts.ts';

const cleaning: Partial<Policy> = { direction: 'download', cleanupLocal: true, pace: paceOnce };
const crash = fc.option(fc.record({ batch: fc.nat({ max: 80 }), durable: fc.boolean() }));

const isIn = (path: string): boolean => path.endsWith('.txt') || path.split('/').includes('b');

const rulesFor: RulesFor = () => ({
  ignore({ path, kind }) {
    if (isIn(path)) return null;
    const verdict = { plugin: 'settings', detail: 'no rule includes it' };
    return kind === 'folder' ? { ...verdict, onTheWay: true } : verdict;
  },
  resolve: () => null,
});

function newRun(): ModelRun {
  const run = new ModelRun(cleaning);
  run.rulesFor = rulesFor;
  return run;
}

/** The item is in by itself, and so is each folder that it lies in on disk. */
const isWhollyIn = ({ trees }: State, item: ItemId): boolean =>
  [...upwards(trees, item, 'local')].every(
    (id) => id === rootItem || isIn(shownPath(trees, itemOf(trees, id))),
  );

describe('a client that cleans up the disk, by rules that let some folders in only for what is in them', () => {
  it('takes from such a folder only what was on the drive, and from elsewhere all that is not; it loses nothing', () => {
    const met = { removed: 0, left: 0 };
    const judge = (commands: readonly Command[], state: State): void => {
      for (const { type, item, path, reason } of commands) {
        if (type !== 'DeleteLocal' || reason.rule !== 'only-on-disk') continue;
        met.removed += 1;
        expect(isWhollyIn(state, item), path).toBe(true);
      }
    };
    fc.assert(
      fc.property(history, crash, (acts, crashPoint) => {
        const run = newRun();
        run.crashPoint = crashPoint;
        const seen = new LastSeen(run);
        run.onPlan = (commands, state) => {
          expectEvidence(seen, commands, state);
          judge(commands, state);
        };
        const played = play(acts, run);
        expectNothingLost(played);
        // An empty drive waits for a confirmation.
        if (hasCaseClash(run.world.disk) || run.world.drive.nodes.size === 0) return;
        const { trees } = run.state;
        for (const { id, local, remote } of trees.items.values()) {
          if (local === null || remote !== null || !trees.names.local.isEmpty(id)) continue;
          if (!isWhollyIn(run.state, id)) met.left += 1;
          else expect(isKeptName(local.name, run.policy.hostName), local.name).toBe(true);
        }
      }),
      runs(0.1),
    );
    expect(Math.min(met.removed, met.left)).toBeGreaterThan(3);
  });

  it('plans from the agenda as from every item', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = newRun();
        expectPlansFromEveryItem(run);
        play(acts, run);
      }),
      runs(0.05),
    );
  });

  it('is in the log: a replay derives the same', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) => expectReplayed(play(acts, newRun()).run)),
      runs(0.03),
    );
  });
});
