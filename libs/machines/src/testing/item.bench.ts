/** Prints steps per second of one item after another. Run by hand: `node libs/machines/src/testing/item.bench.ts`. */
import type { FailureDetails } from '@tidemark/contracts';
import type { ItemActivity, ItemEvent } from '../item.machine.ts';
import { stepItem } from '../item.machine.ts';

declare const console: { log(line: string): void };
declare const performance: { now(): number };

const STEPS = 600_000;
const failure: FailureDetails = { code: 'offline', detail: 'Cannot upload "a": no network' };
const history: readonly ItemEvent[] = [
  { type: 'PLANNED' },
  { type: 'FAILED', failure, at: 0, attemptsMax: 9 },
  { type: 'WOKE', at: 10_000 },
  { type: 'PLANNED' },
  { type: 'SUCCEEDED' },
];

for (let round = 0; round < 5; round += 1) {
  let activity: ItemActivity | null = null;
  const start = performance.now();
  for (let count = 0; count < STEPS / history.length; count += 1)
    for (const event of history) activity = stepItem(activity, event);
  console.log(`${Math.round(STEPS / (performance.now() - start))} thousand steps/s`);
}
