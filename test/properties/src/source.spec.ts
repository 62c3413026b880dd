/** Histories of a client that uploads alone and removes what it has uploaded, killed wherever it hurts. */
import { paceOnce } from '@tidemark/contracts';
import type { Command } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, play } from './history.ts';
import { ModelRun } from './model-run.ts';
import { expectReplayed } from './replayed.ts';
import { expectNothingLost, runs } from './verdicts.ts';

const crash = fc.option(fc.record({ batch: fc.nat({ max: 80 }), durable: fc.boolean() }));
const wish = fc.constantFrom('files' as const, 'folders' as const);

function sourceRun(removeSource: 'files' | 'folders'): ModelRun {
  return new ModelRun({ direction: 'upload', removeSource, pace: paceOnce });
}

describe('a client that removes what it has uploaded', () => {
  it('removes no bytes that the drive does not show, deletes nothing there, and loses nothing', () => {
    let removed = 0;
    fc.assert(
      fc.property(history, crash, wish, (acts, crashPoint, wanted) => {
        const run = sourceRun(wanted);
        run.crashPoint = crashPoint;
        run.onPlan = (commands, state) => {
          for (const command of commands) {
            expect(command.type).not.toBe('DeleteRemote');
            if (command.type !== 'DeleteLocal') continue;
            removed += 1;
            expectProof(command, state);
          }
        };
        expectNothingLost(play(acts, run));
      }),
      runs(0.3),
    );
    expect(removed).toBeGreaterThan(100);
  });

  it('deletes nothing on the drive either when it syncs both ways afterwards', () => {
    fc.assert(
      fc.property(history, crash, wish, (acts, crashPoint, wanted) => {
        const run = sourceRun(wanted);
        run.crashPoint = crashPoint;
        const played = play(
          acts.filter((act) => act.do !== 'remove'),
          run,
        );
        run.crashPoint = null;
        const { removeSource: _, ...both } = { ...run.policy, direction: 'both' as const };
        run.policy = both;
        run.onPlan = (commands) =>
          expect(commands.map(({ type }) => type)).not.toContain('DeleteRemote' satisfies Command['type']);
        run.start();
        run.settle();
        expectNothingLost(played);
      }),
      runs(0.2),
    );
  });

  it('is in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, wish, (acts, wanted) => expectReplayed(play(acts, sourceRun(wanted)).run)),
      runs(0.05),
    );
  });
});

function expectProof({ item: id, kind }: Extract<Command, { type: 'DeleteLocal' }>, { trees }: State): void {
  const item = trees.items.get(id);
  expect(item?.remote, `item ${id} is not on the drive`).not.toBeNull();
  if (kind === 'folder') return;
  expect(item?.remote?.hash).toBe(item?.local?.hash ?? item?.synced?.hash);
  expect(item?.remote?.hash).not.toBeNull();
}
