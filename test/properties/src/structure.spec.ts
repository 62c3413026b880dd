/** What holds at every moment of a history, not only at its end. */
import type { RecordedEvent } from '@tidemark/contracts';
import { itemId } from '@tidemark/contracts';
import type { Explanation, State } from '@tidemark/engine';
import {
  deserialise,
  evolve,
  explainItems,
  initialState,
  renderExplanation,
  replay,
  serialise,
} from '@tidemark/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, play } from './history.ts';
import { ModelRun, rulesFor } from './model-run.ts';
import {
  LastSeen,
  expectEvidence,
  expectFolder,
  expectParents,
  expectPlansFromEveryItem,
} from './moments.ts';
import { asynchronously } from './replayed.ts';
import { runs } from './verdicts.ts';

describe('laws of every moment', () => {
  it('[L9] nothing is deleted while a look is incomplete, and nothing that is still there on the other side', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = new ModelRun();
        const seen = new LastSeen(run);
        run.onPlan = (commands, state) => expectEvidence(seen, commands, state);
        play(acts, run);
      }),
      runs(),
    );
  });

  it('[L10] no entry is without its parent, and no command comes before that of its folder', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = new ModelRun();
        run.beforePlan = expectParents;
        run.onPlan = (commands, state) => {
          for (const command of commands) expectFolder(command, state);
        };
        play(acts, run);
      }),
      runs(0.5),
    );
  });

  it('planning from the agenda is planning from every item', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = new ModelRun();
        expectPlansFromEveryItem(run);
        play(acts, run);
      }),
      runs(0.5),
    );
  });

  it('a snapshot and the tail of the log give what the whole log gives, and the same plans', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat({ max: 60 }), async (acts, cut) => {
        const { run } = play(acts);
        const batches = Math.min(cut, run.log.length);
        const head = foldAll(run.log.slice(0, batches));
        const from = await deserialise([...serialise(head)], rulesFor);
        if (from === null) throw new Error('the snapshot is of another format');
        expect([...serialise(from)]).toEqual([...serialise(head)]);
        const report = await replay({ batches: asynchronously(run.log.slice(batches)), rulesFor, from });
        expect(report.divergences).toEqual([]);
        expect([...serialise(report.state)]).toEqual([...serialise(run.state)]);
      }),
      runs(0.3),
    );
  });

  it('every deletion can be explained down to what the other side showed', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (acts) => {
        const { run } = play(acts);
        const items = Array.from({ length: run.state.trees.nextItem - 1 }, (_, index) => itemId(index + 1));
        const { explanations } = await explainItems(items, {
          read: () => asynchronously(run.log),
          rulesFor,
        });
        for (const explanation of explanations) expectExplained(explanation);
      }),
      runs(0.1),
    );
  });
});

function expectExplained(explanation: Explanation): void {
  expect(renderExplanation(explanation).length).toBeGreaterThan(0);
  const { lastDecision } = explanation;
  if (lastDecision === null) return;
  if (lastDecision.command.item !== explanation.item) {
    // A command for another item ended it: it went with its folder, or what a side showed of it belongs to that item.
    expect(explanation.timeline.at(-1)?.sentence).toMatch(
      /^(It is gone from|What) the (drive|disk).*, by the command /,
    );
    return;
  }
  const { rule } = lastDecision.command.reason;
  if (rule === 'remote-deleted' || rule === 'local-deleted') {
    const evidence = lastDecision.causes.map(({ sentence }) => sentence).join('\n');
    expect(evidence, JSON.stringify(explanation, null, 1)).toMatch(
      rule === 'remote-deleted'
        ? /drive/
        : /A second look at the disk did not find it either|as another item in its place|belongs to ".*" from now on/,
    );
  }
}

function foldAll(batches: readonly (readonly RecordedEvent[])[]): State {
  const state = initialState();
  for (const recorded of batches.flat()) evolve(state, recorded, rulesFor);
  return state;
}
