/** Replaces a small file, cuts the power after each step: the old text is there or the new one, and the next text can be written. */
import { buildState } from './build-state.ts';
import type { Played } from './played.ts';
import { statesAfter } from './page-cache.ts';
import { asItWas, type Hearing, record } from './recording.ts';
import type { TextKeeper } from './text-keepers.ts';
import { real } from './watched-calls.ts';

export async function playText(
  folder: string,
  keeper: TextKeeper,
  heard: Hearing<'told'> = asItWas,
): Promise<Played> {
  real.mkdirSync(folder, { recursive: true });
  await keeper.write(folder, 'the first text');
  const recording = await record<'told'>({
    folder,
    async work(note) {
      await keeper.write(folder, 'the second text');
      note('told');
    },
  });
  const { top, steps } = heard(recording);
  const known = new Set<string>();
  for (let count = 0; count <= steps.length; count++) {
    const isTold = steps.slice(0, count).some(({ type }) => type === 'fact');
    for (const { seen, digest } of statesAfter(top, steps, count)) {
      if (known.has(`${isTold} ${digest}`)) continue;
      known.add(`${isTold} ${digest}`);
      buildState(folder, seen);
      const found = await keeper.read(folder);
      const allowed =
        isTold && keeper.isDurable ? ['the second text'] : ['the first text', 'the second text'];
      if (found === null || !allowed.includes(found))
        throw new Error(`${keeper.name}: ${String(found)} is kept after step ${count}, left ${digest}`);
      await keeper.write(folder, 'the third text');
      if ((await keeper.read(folder)) !== 'the third text')
        throw new Error(`${keeper.name}: it is not replaced`);
    }
  }
  return { steps: steps.length, states: known.size, statesInRecovery: 0 };
}
