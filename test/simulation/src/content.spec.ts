/** The laws of the whole client with a plugin that changes the content of each file between disk and drive. More by hand: `npm run simulate -- --content --seeds 1000`. */
import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const swarm = { changesContent: true } as const;

describe('the whole client with a plugin that changes content', () => {
  for (const first of [1, 41, 81])
    it(`keeps the laws from seed ${first} to ${first + 39}, and a resync moves nothing`, async () => {
      for (let seed = first; seed < first + 40; seed += 1) {
        const { broken } = await simulate(seed, { swarm });
        expect(broken?.detail, `npm run simulate -- --content --seed ${seed} --verbose`).toBeUndefined();
      }
    });

  it('does the same from the same seed, to the last step', async () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const [once, again] = [await simulate(seed, { swarm }), await simulate(seed, { swarm })];
      expect(again, `seed ${seed}`).toEqual(once);
    }
  });
});
