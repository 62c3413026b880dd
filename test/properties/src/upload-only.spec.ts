/** Histories of a client that uploads alone, killed wherever it hurts: newer versions online stay, and those on disk go up beside them. */
import { commandEffects, paceOnce } from '@tidemark/contracts';
import type { Command, Event } from '@tidemark/contracts';
import { localContent, samePlace } from '@tidemark/trees';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { history, play, type Played } from './history.ts';
import { ModelRun } from './model-run.ts';
import { expectReplayed } from './replayed.ts';
import { expectAgreement, expectNothingInvented, expectNothingLost, hasCaseClash, runs } from './verdicts.ts';

const crash = fc.option(fc.record({ batch: fc.nat({ max: 80 }), durable: fc.boolean() }));
const uploading = (): ModelRun => new ModelRun({ direction: 'upload', pace: paceOnce });

describe('a client that uploads alone', () => {
  it('has both versions of each conflict on the drive in the end, and then changes nothing more', () => {
    let copies = 0;
    fc.assert(
      fc.property(history, crash, (acts, crashPoint) => {
        const run = uploading();
        run.crashPoint = crashPoint;
        run.onPlan = (commands) => void (copies += commands.filter(isCopy).length);
        const played = play(acts, run);
        expectNothingLost(played);
        expectNothingInvented(played);
        if (!hasCaseClash(run.world.disk)) expectConflictsOnDrive(played);
        run.crashPoint = null;
        run.onPlan = (commands) => expect(commands.filter(changes)).toEqual([]);
        run.start();
        run.settle();
      }),
      runs(0.15),
    );
    expect(copies).toBeGreaterThan(10);
  });

  it('loses nothing and has two equal sides when it syncs both ways afterwards', () => {
    fc.assert(
      fc.property(history, crash, (acts, crashPoint) => {
        const run = uploading();
        run.crashPoint = crashPoint;
        const played = play(acts, run);
        run.crashPoint = null;
        run.policy = { ...run.policy, direction: 'both' };
        run.start();
        run.settle();
        expectNothingLost(played);
        expectNothingInvented(played);
        expectAgreement(played);
      }),
      runs(0.15),
    );
  });

  it('is in the log: a replay derives the same plans and the same state', async () => {
    await fc.assert(
      fc.asyncProperty(history, (acts) => expectReplayed(play(acts, uploading()).run)),
      runs(0.05),
    );
  });
});

const isCopy = ({ type }: Command): boolean => type === 'KeepLocalCopy';
const changes = ({ type }: Command): boolean => commandEffects[type].startsWith('writes');

/**
 * Of what has one place on both sides; a name that another item has on the drive is a problem of its own. A user of the drive may have
 * saved over the copy since.
 */
function expectConflictsOnDrive({ run: { log, state } }: Played): void {
  const shown = new Set(log.flat().flatMap(({ event }) => remoteHashesIn(event)));
  for (const { remote, local, synced } of state.trees.items.values()) {
    if (remote?.kind !== 'file' || local?.kind !== 'file' || !samePlace(remote, local)) continue;
    // Changed online alone, it stays as it is here.
    if (synced !== null && localContent(local, synced) === 'same') continue;
    expect(shown, `${local.name} was never on the drive`).toContain(local.hash);
  }
}

function remoteHashesIn(event: Event): (string | null)[] {
  const rows =
    event.type === 'RemoteSeen' ? event.rows : event.type === 'CommandSucceeded' ? [event.remote] : [];
  return rows.flatMap((row) => (row !== undefined && 'hash' in row ? [row.hash] : []));
}
