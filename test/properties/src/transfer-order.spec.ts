/** `transfer_order` decides who comes first, and nothing else: every law holds in every order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Policy } from '@tidemark/contracts';
import { rootItem, seq } from '@tidemark/contracts';
import { deserialise, evolve, initialState, plan, replay, serialise } from '@tidemark/engine';
import { createAgenda, orderOf } from '@tidemark/planner';
import { history, play } from './history.ts';
import { ModelRun, rulesFor } from './model-run.ts';
import { asynchronously } from './replayed.ts';
import { expectAgreement, expectNothingInvented, expectNothingLost, runs } from './verdicts.ts';

const order = fc.constantFrom<NonNullable<Policy['transferOrder']>>(
  'size_asc',
  'size_dsc',
  'name_asc',
  'name_dsc',
);

describe('in any order of transfers', () => {
  it('no version is lost, nothing is invented, and both sides become equal', () => {
    fc.assert(
      fc.property(history, order, (acts, transferOrder) => {
        const played = play(acts, new ModelRun({ transferOrder }));
        expectNothingLost(played);
        expectNothingInvented(played);
        expectAgreement(played);
      }),
      runs(0.5),
    );
  });

  it('planning from the agenda is planning from every item: nobody keeps a rank from before', () => {
    fc.assert(
      fc.property(history, order, (acts, transferOrder) => {
        const run = new ModelRun({ transferOrder });
        let everything: readonly Command[] = [];
        run.beforePlan = (state) => {
          const { agenda, started } = state;
          if (started === null) throw new Error('nothing has begun');
          state.agenda = createAgenda(orderOf(started.policy, state.trees));
          for (const id of state.trees.items.keys()) if (id !== rootItem) state.agenda.touch(id);
          everything = plan(state, seq(state.seq + 1));
          state.agenda = agenda;
        };
        run.onPlan = (commands) => expect(commands).toEqual(everything);
        play(acts, run);
      }),
      runs(0.3),
    );
  });

  it('a snapshot and the tail of the log give the same plans', async () => {
    await fc.assert(
      fc.asyncProperty(history, order, fc.nat({ max: 60 }), async (acts, transferOrder, cut) => {
        const { run } = play(acts, new ModelRun({ transferOrder }));
        const batches = Math.min(cut, run.log.length);
        const head = initialState();
        for (const recorded of run.log.slice(0, batches).flat()) evolve(head, recorded, rulesFor);
        const from = await deserialise([...serialise(head)], rulesFor);
        if (from === null) throw new Error('the snapshot is of another format');
        const tail = run.log.slice(batches);
        const report = await replay({ batches: asynchronously(tail), rulesFor, from });
        expect(report.divergences).toEqual([]);
      }),
      runs(0.2),
    );
  });
});
