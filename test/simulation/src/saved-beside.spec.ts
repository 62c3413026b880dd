/**
 * Programs that write beside a file and rename that over it, at every moment of a run that goes on: while a look lists the
 * folder, between two listings of it, while the last version is on its way. The file stays the item that it was, under its name,
 * and nothing is kept beside it, since only one side saves.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startContinuous, type LongRun } from './long-run.ts';

/** By hand: `TIDEMARK_SEED=random TIDEMARK_PROPERTY_RUNS=30000`. */
const runs = Number(process.env['TIDEMARK_PROPERTY_RUNS'] ?? 1000);

const paths = ['mine/a', 'mine/b', 'mine/c/a'] as const;

interface Save {
  readonly path: (typeof paths)[number];
  /** Passes until it begins. With 0 milliseconds it comes in the middle of the work, after so many turns of it. */
  readonly afterMs: number;
  readonly afterTurns: number;
  /** Turns between the new file and its rename. */
  readonly turns: number;
}

const save: fc.Arbitrary<Save> = fc.record({
  path: fc.constantFrom(...paths),
  afterMs: fc.constantFrom(0, 0, 0, 20, 150, 1_000),
  afterTurns: fc.nat(160),
  turns: fc.nat(40),
});

it('saved by renaming: a file keeps its name and its item, whenever a look meets it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(save, { minLength: 2, maxLength: 12 }), async (saves) => {
      const run = await startContinuous();
      run.hands.disk.makeFolder('mine/c');
      for (const path of paths) run.hands.disk.write(path, encode(`first ${path}`));
      await run.settle();
      const items = paths.map((path) => run.driveItemAt(path));
      for (const [index, one] of saves.entries()) await play(run, one, `version ${index} ${one.path}`);
      await run.settle();
      const wanted = Object.fromEntries(
        paths.map((path) => {
          const last = saves.findLastIndex((one) => one.path === path);
          return [path, last < 0 ? `first ${path}` : `version ${last} ${path}`];
        }),
      );
      expect(files(run, 'disk')).toEqual(wanted);
      expect(files(run, 'drive')).toEqual(wanted);
      expect(paths.map((path) => run.driveItemAt(path))).toEqual(items);
      await run.stop();
    }),
    { numRuns: Math.ceil(runs * 0.06) },
  );
});

async function play(
  run: LongRun,
  { path, afterMs, afterTurns, turns }: Save,
  content: string,
): Promise<void> {
  const { disk } = run.hands;
  await run.pass(afterMs, afterTurns);
  disk.write(`${path}~new`, encode(content));
  await run.pass(0, turns);
  disk.move(`${path}~new`, path);
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const files = (run: LongRun, side: 'disk' | 'drive'): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...run.hands[side].tree()].flatMap(([path, { kind, bytes }]) =>
      kind === 'file' ? [[path, new TextDecoder().decode(bytes)]] : [],
    ),
  );
