/** Histories of clients for which one side is the truth: what the other one alone has goes from there, and no bytes are lost by it. */
import { commandEffects, paceOnce } from '@tidemark/contracts';
import type { Command, Policy } from '@tidemark/contracts';
import type { State } from '@tidemark/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, play } from './history.ts';
import type { Played } from './history.ts';
import { ModelRun } from './model-run.ts';
import { LastSeen, expectEvidence } from './moments.ts';
import { expectReplayed } from './replayed.ts';
import { expectAgreement, expectNothingLost, hasCaseClash, runs } from './verdicts.ts';

const crash = fc.option(fc.record({ batch: fc.nat({ max: 80 }), durable: fc.boolean() }));
const cleaning: Partial<Policy> = { direction: 'download', cleanupLocal: true };
const mirroring: Partial<Policy> = { localFirst: true, mirrorLocal: true };

type Look = (commands: readonly Command[], state: State) => void;

function runAs(policy: Partial<Policy>, crashPoint: ModelRun['crashPoint'], look: Look): ModelRun {
  const run = new ModelRun({ ...policy, pace: paceOnce });
  run.crashPoint = crashPoint;
  const seen = new LastSeen(run);
  run.onPlan = (commands, state) => {
    expectEvidence(seen, commands, state);
    look(commands, state);
  };
  return run;
}

/** What the disk has and the drive does not, neither there nor elsewhere: files, and folders with nothing in them. */
const onlyOnDisk = ({ run: { state } }: Played): string[] =>
  [...state.trees.items.values()].flatMap(({ id, local, remote }) =>
    local === null || remote !== null || !state.trees.names.local.isEmpty(id) ? [] : local.name,
  );

describe('a client that cleans up the disk', () => {
  it('leaves nothing there but what is on the drive and what it kept, changes nothing on the drive, and loses nothing', () => {
    let removed = 0;
    fc.assert(
      fc.property(history, crash, (acts, crashPoint) => {
        const run = runAs(cleaning, crashPoint, (commands) => {
          for (const { type, reason } of commands) {
            expect(commandEffects[type]).not.toBe('writesDrive');
            if (reason.rule === 'only-on-disk') removed += 1;
          }
        });
        const played = play(acts, run);
        expectNothingLost(played);
        // An empty drive waits for a confirmation.
        if (hasCaseClash(run.world.disk) || run.world.drive.nodes.size === 0) return;
        expect(onlyOnDisk(played).filter((name) => !name.includes('-safeBackup-'))).toEqual([]);
      }),
      runs(0.3),
    );
    expect(removed).toBeGreaterThan(100);
  });

  it('is in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) =>
        expectReplayed(
          play(
            acts,
            runAs(cleaning, null, () => undefined),
          ).run,
        ),
      ),
      runs(0.05),
    );
  });
});

describe('a client that mirrors the disk', () => {
  it('brings down nothing that was never on disk, leaves both sides equal, and loses nothing', () => {
    let removed = 0;
    fc.assert(
      fc.property(history, crash, (acts, crashPoint) => {
        const run = runAs(mirroring, crashPoint, (commands) => {
          for (const { type, reason } of commands) {
            expect(`${type} ${reason.rule}`).not.toBe('DownloadFile remote-new');
            if (reason.rule.endsWith('-only-on-drive')) removed += 1;
          }
        });
        const played = play(acts, run);
        expectNothingLost(played);
        // An empty disk waits for a confirmation.
        if (run.world.disk.nodes.size > 0) expectAgreement(played);
      }),
      runs(0.3),
    );
    expect(removed).toBeGreaterThan(100);
  });

  it('is in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) =>
        expectReplayed(
          play(
            acts,
            runAs(mirroring, null, () => undefined),
          ).run,
        ),
      ),
      runs(0.05),
    );
  });
});
