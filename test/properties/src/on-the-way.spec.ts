/** Folders that rules let in only for what is in them, as `*.txt` in `sync_list` does. */
import type { Command, ItemId } from '@tidemark/contracts';
import type { RulesFor, State } from '@tidemark/engine';
import { noRules } from '@tidemark/engine';
import { itemOf, shownPath } from '@tidemark/trees';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, play } from './history.ts';
import { ModelRun } from './model-run.ts';
import { expectPlansFromEveryItem } from './moments.ts';
import { expectReplayed } from './replayed.ts';
import { expectAgreement, expectNothingInvented, expectNothingLost, runs } from './verdicts.ts';

/** Files by their name, and folders named `b` with all that is in them. */
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
  const run = new ModelRun();
  run.rulesFor = rulesFor;
  return run;
}

interface Inside {
  /** The one of which rules are asked. */
  readonly path: string;
  readonly kind: string;
  /** Both sides agreed on it: a folder that was is in, wherever it goes. */
  readonly isAgreed: boolean;
}

/** All that the state knows in the folder on that side. */
function below(state: State, folder: ItemId, side: 'remote' | 'local'): Inside[] {
  return [...state.trees.names[side].children(folder)].flatMap((id) => {
    const item = itemOf(state.trees, id);
    const { synced, [side]: entry } = item;
    const path = shownPath(state.trees, item);
    return [{ path, kind: entry?.kind ?? '', isAgreed: synced !== null }, ...below(state, id, side)];
  });
}

function eachPlan(judge: (command: Command, state: State) => void): ModelRun {
  const run = newRun();
  run.onPlan = (commands, state) => {
    for (const command of commands) judge(command, state);
  };
  return run;
}

describe('folders that are only on the way', () => {
  it('leave both sides equal in the end, once everything is in', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const played = play(acts, newRun());
        const { run } = played;
        for (const skipDir of ['', 'none']) {
          run.policy = { ...run.policy, filter: { ...run.policy.filter, skipDir } };
          run.rulesFor = () => noRules;
          run.start();
          run.settle();
        }
        expectAgreement(played);
      }),
      runs(0.15),
    );
  });

  it('are never made for nothing: in each that is made something is in', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = eachPlan(({ type, item, path, reason }, state) => {
          if (reason.rule !== 'local-new' && reason.rule !== 'remote-new') return;
          if (!type.endsWith('Folder') || isIn(shownPath(state.trees, itemOf(state.trees, item)))) return;
          const inside = below(state, item, reason.rule === 'local-new' ? 'local' : 'remote');
          expect(
            inside.some((one) => isIn(one.path) || one.isAgreed),
            `${type} ${path}`,
          ).toBe(true);
        });
        play(acts, run);
      }),
      runs(0.15),
    );
  });

  it('take nothing along that is out when they go', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = eachPlan(({ type, item, path }, state) => {
          if (type !== 'DeleteRemote' && type !== 'DeleteLocal') return;
          const side = type === 'DeleteRemote' ? 'remote' : 'local';
          const inside = below(state, item, side);
          expect(
            inside.filter((one) => one.kind === 'file' && !isIn(one.path)),
            path,
          ).toEqual([]);
        });
        play(acts, run);
      }),
      runs(0.15),
    );
  });

  it('lose nothing and invent nothing', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const played = play(acts, newRun());
        expectNothingLost(played);
        expectNothingInvented(played);
      }),
      runs(0.15),
    );
  });

  it('are planned from the agenda as from every item', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = newRun();
        expectPlansFromEveryItem(run);
        play(acts, run);
      }),
      runs(0.15),
    );
  });

  it('are in the log: a replay derives the same', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) => expectReplayed(play(acts, newRun()).run)),
      runs(0.1),
    );
  });
});
