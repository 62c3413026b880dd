/** The laws of the whole client, over seeds. More by hand: `npm run simulate -- --seed 1 --seeds 10000`. */
import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

/** Another stretch of seeds: TIDEMARK_SEED=5000; more of them: TIDEMARK_SEEDS=1000. */
const first = Number(process.env['TIDEMARK_SEED'] ?? 1);
const count = Number(process.env['TIDEMARK_SEEDS'] ?? 240);
const perTest = 40;

describe('the whole client in a seeded world', () => {
  for (let from = first; from < first + count; from += perTest) {
    const to = Math.min(first + count, from + perTest) - 1;
    it(`keeps the laws from seed ${from} to ${to}`, async () => {
      for (let seed = from; seed <= to; seed += 1) {
        const { broken } = await simulate(seed);
        expect(broken?.detail, `npm run simulate -- --seed ${seed} --verbose`).toBeUndefined();
      }
    });
  }

  it('[L5] does the same from the same seed, to the last step', async () => {
    for (let seed = first; seed < first + 30; seed += 1) {
      const [once, again] = [await simulate(seed), await simulate(seed)];
      expect(again, `seed ${seed}`).toEqual(once);
    }
  });

  it('does something else from another seed', async () => {
    const hashes = new Set<string>();
    for (let seed = first; seed < first + 10; seed += 1) hashes.add((await simulate(seed)).hash);
    expect(hashes.size).toBe(10);
  });

  it('[L5] comes out the same whether it starts from snapshots or from the whole log', async () => {
    for (let seed = first; seed < first + 20; seed += 1) {
      const [from, without] = [
        await simulate(seed, { swarm: { snapshots: 'sometimes' } }),
        await simulate(seed, { swarm: { snapshots: 'never' } }),
      ];
      expect(from.hash, `seed ${seed}`).toBe(without.hash);
    }
  });
});
