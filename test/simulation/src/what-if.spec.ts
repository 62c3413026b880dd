/** What-if over the logs that simulated clients wrote. `TIDEMARK_SEEDS=200` for more. */
import { createWhatIf, initialState, noEdits } from '@tidemark/engine';
import { openMemoryLog } from '@tidemark/event-log';
import { expect, it } from 'vitest';
import { rulesForLog } from './lister.ts';
import { simulate } from './simulate.ts';

const seeds = Number(process.env['TIDEMARK_SEEDS'] ?? 3);

it('finds no difference in any log when nothing is changed', { timeout: 600_000 }, async () => {
  let asked = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { broken } = await simulate(seed, {
      async onEnd(world) {
        const log = await openMemoryLog(world.files);
        const differences: unknown[] = [];
        const rulesFor = rulesForLog(world.swarm);
        const { take, report } = createWhatIf({
          rulesFor,
          before: { recorded: initialState(), changed: initialState() },
          changes: { policy: (policy) => policy, rulesFor, events: noEdits },
          onDifference: (difference) => void differences.push(difference),
        });
        for await (const batch of log.read()) take(batch);
        expect(differences, `seed ${seed}`).toEqual([]);
        expect(report.divergences, `seed ${seed}`).toBe(0);
        asked += report.moments;
      },
    });
    expect(broken, `seed ${seed}`).toBeNull();
  }
  expect(asked).toBeGreaterThan(seeds * 10);
});
