/**
 * Hints change only when something happens, never what (I-19). Two users act in folders of their own while a run goes on, so
 * what both sides must hold in the end does not depend on when anything was noticed. Whatever becomes of the hints, and
 * whatever hints are forged, the trees are those. Without any, polling alone must find everything.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startContinuous, type HintFate, type LongRun } from './long-run.ts';

/** By hand: `TIDEMARK_SEED=random TIDEMARK_PROPERTY_RUNS=30000`. */
const runs = Number(process.env['TIDEMARK_PROPERTY_RUNS'] ?? 1000);

const names = ['a', 'b', 'c'] as const;

type Action =
  | { readonly do: 'save'; readonly path: string; readonly content: string }
  | { readonly do: 'make' | 'remove'; readonly path: string }
  | { readonly do: 'move'; readonly path: string; readonly to: string };

type Step = {
  readonly side: 'disk' | 'drive';
  readonly action: Action;
  /** Passes afterwards: with 0 milliseconds the next step comes in the middle of the work, after so many turns of it. */
  readonly passes: number;
  readonly turns: number;
  /** Of the hints of this step. */
  readonly fate: HintFate;
  /** Late ones arrive now, in another order. */
  readonly release: boolean;
  readonly forged: Forgery | null;
};

type Forgery = { readonly side: 'disk' | 'drive'; readonly folders: readonly string[] | null };

const path = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
  .map((segments) => segments.join('/'));
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('save' as const), path, content: fc.string({ maxLength: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('make' as const), path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), path, to: path }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
);
const hours = 3_600_000;
const forgery = fc.record({
  side: fc.constantFrom('disk', 'drive'),
  folders: fc.option(
    fc.array(fc.constantFrom('', 'mine', 'theirs', 'theirs/a', 'mine/a/b', 'no/such', '../outside', '/etc'), {
      maxLength: 3,
    }),
  ),
});
const step: fc.Arbitrary<Step> = fc.record({
  side: fc.constantFrom('disk', 'drive'),
  action,
  passes: fc.constantFrom(0, 0, 20, 1_000, 60_000, 7 * hours),
  turns: fc.nat(120),
  fate: fc.constantFrom('tell', 'drop', 'twice', 'hold', 'overflow'),
  release: fc.boolean(),
  forged: fc.option(forgery, { freq: 4 }),
});

/** What users do is refused where it makes no sense, as a file manager would. */
function attempt(run: LongRun, { side, action: wanted }: Step): void {
  const home = side === 'disk' ? 'mine' : 'theirs';
  const hands = run.hands[side];
  const at = (inside: string): string => `${home}/${inside}`;
  try {
    switch (wanted.do) {
      case 'save':
        return hands.write(at(wanted.path), new TextEncoder().encode(wanted.content));
      case 'make':
        return hands.makeFolder(at(wanted.path));
      case 'remove':
        return hands.remove(at(wanted.path));
      case 'move':
        if (hands.tree().has(at(wanted.to)) || at(wanted.to).startsWith(`${at(wanted.path)}/`)) return;
        return hands.move(at(wanted.path), at(wanted.to));
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** The trees after everything, once the longest interval has passed with nothing more to do. */
async function played(steps: readonly Step[], hints: 'as drawn' | 'none'): Promise<Ended> {
  const run = await startContinuous();
  for (const one of steps) {
    run.fate = hints === 'none' ? 'drop' : one.fate;
    attempt(run, one);
    if (hints === 'as drawn') {
      if (one.release) run.release();
      if (one.forged !== null) run.forge(one.forged.side, one.forged.folders);
    }
    await run.pass(one.passes, one.turns);
  }
  const wanted = { ...within(run, 'disk', 'mine'), ...within(run, 'drive', 'theirs') };
  run.fate = 'drop';
  await run.settle();
  const sides = { disk: shown(run, 'disk'), drive: shown(run, 'drive') };
  const uploads = run.uploads();
  await run.stop();
  return { wanted, ...sides, uploads };
}

type Tree = Readonly<Record<string, string>>;
type Ended = { readonly wanted: Tree; readonly disk: Tree; readonly drive: Tree; readonly uploads: number };

function shown(run: LongRun, side: 'disk' | 'drive'): Tree {
  const text = new TextDecoder();
  return Object.fromEntries(
    [...run.hands[side].tree()]
      .map(([at, { kind, bytes }]) => [at, kind === 'file' ? `"${text.decode(bytes)}"` : kind] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

function within(run: LongRun, side: 'disk' | 'drive', home: string): Tree {
  return Object.fromEntries(
    Object.entries(shown(run, side)).filter(([at]) => at === home || at.startsWith(`${home}/`)),
  );
}

it('hints lost, doubled, late, out of order and forged: both sides end as the users left them (I-19)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { wanted, disk, drive } = await played(steps, 'as drawn');
      expect(disk).toEqual(wanted);
      expect(drive).toEqual(wanted);
    }),
    { numRuns: Math.ceil(runs * 0.3) },
  );
});

it('no hints at all: polling finds everything', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
      const { wanted, disk, drive } = await played(steps, 'none');
      expect(disk).toEqual(wanted);
      expect(drive).toEqual(wanted);
    }),
    { numRuns: Math.ceil(runs * 0.15) },
  );
});
