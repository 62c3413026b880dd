/**
 * Who is told of everything waits for nothing: in a run that goes on and whose hints all arrive, what a user does at the disk is on
 * the drive as soon as the work is done, also where an answer tells of the disk what was true before a look (I-19).
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startContinuous, type LongRun } from './long-run.ts';

/** By hand: `TIDEMARK_SEED=random TIDEMARK_PROPERTY_RUNS=30000`. */
const runs = Number(process.env['TIDEMARK_PROPERTY_RUNS'] ?? 1000);

const places = ['mine/a', 'mine/b', 'mine/c/a', 'mine/c/b'] as const;

interface Act {
  readonly does: 'save' | 'move' | 'remove';
  readonly path: (typeof places)[number];
  readonly to: (typeof places)[number];
  /** Passes before it. With 0 milliseconds it comes in the middle of the work, after so many turns of it. */
  readonly afterMs: number;
  readonly afterTurns: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  does: fc.constantFrom('save', 'save', 'move', 'move', 'remove'),
  path: fc.constantFrom(...places),
  to: fc.constantFrom(...places),
  afterMs: fc.constantFrom(0, 0, 0, 0, 20, 1_000),
  afterTurns: fc.nat(200),
});

it('told of everything: the drive follows the disk without waiting for the next look that is due', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 1, maxLength: 10 }),
      fc.constantFrom(0, 10, 100, 700),
      async (acts, lateMs) => {
        const run = await startContinuous();
        run.lateMs = lateMs;
        run.hands.disk.makeFolder('mine/c');
        await run.settle();
        for (const [index, one] of acts.entries()) {
          await run.pass(one.afterMs, one.afterTurns);
          play(run, one, `version ${index}`);
        }
        await run.finish();
        expect(shown(run, 'drive')).toEqual(shown(run, 'disk'));
        await run.stop();
      },
    ),
    { numRuns: Math.ceil(runs * 0.05) },
  );
});

/** What makes no sense is left undone. */
function play({ hands: { disk } }: LongRun, { does, path, to }: Act, content: string): void {
  if (does === 'save') return disk.write(path, new TextEncoder().encode(content));
  if (!disk.tree().has(path)) return;
  if (does === 'remove') return disk.remove(path);
  if (!disk.tree().has(to)) disk.move(path, to);
}

const shown = (run: LongRun, side: 'disk' | 'drive'): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...run.hands[side].tree()]
      .map(
        ([path, { kind, bytes }]) =>
          [path, kind === 'file' ? new TextDecoder().decode(bytes) : kind] as const,
      )
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
