/** The laws of the core, over random histories of two users and a client that is interrupted, delayed and killed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, plainHistory, play } from './history.ts';
import { ModelRun } from './model-run.ts';
import { repetitionIn } from './repetitions.ts';
import { expectReplayed } from './replayed.ts';
import { expectAgreement, expectNothingInvented, expectNothingLost, expectOnce, runs } from './verdicts.ts';

describe('laws of the core', () => {
  it('[L2] no version that a user saved is lost', () => {
    fc.assert(
      fc.property(history, (acts) => expectNothingLost(play(acts))),
      runs(),
    );
  });

  it('[L1] in a quiet world both sides become equal, up to names the drive cannot hold', () => {
    fc.assert(
      fc.property(history, (acts) => expectAgreement(play(acts))),
      runs(),
    );
  });

  it('[L3] nothing appears that no user wrote', () => {
    fc.assert(
      fc.property(history, (acts) => expectNothingInvented(play(acts))),
      runs(),
    );
  });

  it('[L4] a second run over a settled world changes nothing', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const { run } = play(acts);
        const before = run.mutations;
        run.start();
        run.settle();
        expect(run.mutations).toBe(before);
      }),
      runs(),
    );
  });

  it('[L5] [L6] replaying the log derives the recorded plans and the same state, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) => expectReplayed(play(acts).run)),
      runs(0.2),
    );
  });

  it('[L7] killed at any batch, before or after it is durable, it still converges and loses nothing', () => {
    fc.assert(
      fc.property(history, fc.nat({ max: 80 }), fc.boolean(), (acts, batch, durable) => {
        const run = new ModelRun();
        run.crashPoint = { batch, durable };
        const played = play(acts, run);
        expectNothingLost(played);
        expectNothingInvented(played);
        expectAgreement(played);
      }),
      runs(),
    );
  });

  it('[L8] repeating any report says nothing new', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const run = new ModelRun();
        run.repeats.on = true;
        const played = play(acts, run);
        expect(run.repeats.news).toEqual([]);
        expectAgreement(played);
      }),
      runs(0.5),
    );
  });

  it('[L12] no file is there twice, wherever a kill falls and whatever a user renames before the next look', () => {
    fc.assert(
      fc.property(plainHistory, fc.nat({ max: 80 }), fc.boolean(), (acts, batch, durable) => {
        const run = new ModelRun();
        run.crashPoint = { batch, durable };
        expectOnce(play(acts, run));
      }),
      runs(2),
    );
  });

  it('[L11] no run repeats itself, even where a side does not keep the times that it is given', () => {
    const side = fc.constantFrom('keeps', 'own', 'later', 'even', 'earliest');
    fc.assert(
      fc.property(history, side, side, (acts, drive, disk) => {
        const run = new ModelRun();
        run.world.keepsTime.drive = timesOf(drive);
        run.world.keepsTime.disk = timesOf(disk);
        const played = play(acts, run);
        expect(repetitionIn(run.log.flat())).toBeNull();
        expect(restingWithout(run)).toEqual([]);
        expectAgreement(played);
      }),
      runs(),
    );
  });
});

/** What a side makes of the times that it is given. */
function timesOf(habit: 'keeps' | 'own' | 'later' | 'even' | 'earliest'): (given: number) => number {
  let own = 500;
  switch (habit) {
    case 'keeps':
      return (given) => given;
    case 'own':
      return () => 50;
    case 'later':
      return () => (own += 7);
    case 'even':
      return (given) => given - (given % 2);
    case 'earliest':
      return (given) => Math.max(given, 140);
  }
}

/** Items that rest because a command led nowhere: none of these habits is a reason for that. */
const restingWithout = (run: ModelRun): string[] =>
  [...run.state.activities.values()].flatMap(({ failure }) =>
    failure?.code === 'noProgress' ? [failure.detail] : [],
  );
