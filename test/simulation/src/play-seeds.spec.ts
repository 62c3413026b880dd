import { expect, it } from 'vitest';
import { playSeeds, type SeedResult } from './play-seeds.ts';

async function played(threads: number): Promise<SeedResult[]> {
  const options = { first: 1, count: 3, also: [], watch: 'ends', twice: false } as const;
  const results: SeedResult[] = [];
  for await (const result of playSeeds(options, threads)) results.push(result);
  return results;
}

it(
  'spreads seeds over threads, and tells the same of each in the same order',
  { timeout: 60_000 },
  async () => {
    const inOne = await played(1);
    expect(inOne.map(({ seed }) => seed)).toEqual([1, 2, 3]);
    expect(await played(2)).toEqual(inOne);
  },
);
