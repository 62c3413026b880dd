/** The laws of the core, over random histories of two users and a client that is interrupted, delayed and killed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replay, serialise } from '@tidemark/engine';
import { act, play } from './history.ts';
import { rulesFor } from './model-run.ts';
import type { Side } from './model-world.ts';

const contents = (where: Side): Set<string> =>
  new Set([...where.nodes.values()].filter((node) => node.kind === 'file').map((node) => node.content));
/** More by hand: TIDEMARK_PROPERTY_RUNS=100000 vitest run --project unit test/properties. */
const runs = { numRuns: Number(process.env['TIDEMARK_PROPERTY_RUNS'] ?? 1500) };
const history = fc.array(act, { maxLength: 60, size: 'max' });

describe('laws of the core', () => {
  it('[L2] no version that a user saved is lost', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const { run, ledger } = play(acts);
        const safe = new Set([
          ...contents(run.world.drive),
          ...contents(run.world.disk),
          ...run.world.drive.bin,
          ...run.world.disk.bin,
        ]);
        for (const content of ledger.live) {
          // Deleted or overwritten by a user on one side is that user's word; everything else must still be visible.
          expect(safe, `${content} is gone`).toContain(content);
        }
      }),
      runs,
    );
  });

  it('[L1] in a quiet world both sides become equal, up to names the drive cannot hold', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const { run } = play(acts);
        const remote = run.world.drive.tree();
        const local = run.world.disk.tree();
        const clashes = hasCaseClash(run.world.disk);
        if (!clashes) expect(local, JSON.stringify({ local, remote })).toEqual(remote);
      }),
      runs,
    );
  });

  it('[L3] nothing appears that no user wrote', () => {
    fc.assert(
      fc.property(history, (acts) => {
        const { run, ledger } = play(acts);
        for (const content of [...contents(run.world.drive), ...contents(run.world.disk)])
          expect(ledger.all).toContain(content);
      }),
      runs,
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
      runs,
    );
  });

  it('[L5] [L6] replaying the log derives the recorded plans and the same state, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (acts) => {
        const { run } = play(acts);
        const report = await replay({ batches: asynchronously(run.log), rulesFor });
        expect(report.divergences).toEqual([]);
        expect([...serialise(report.state)]).toEqual([...serialise(run.state)]);
      }),
      { numRuns: 300 },
    );
  });
});

function hasCaseClash(where: Side): boolean {
  const seen = new Set<string>();
  for (const node of where.nodes.values()) {
    const key = `${node.parent}/${node.name.toLowerCase()}`;
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}

async function* asynchronously<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}
