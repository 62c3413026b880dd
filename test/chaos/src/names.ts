/** Few names, so that the users get in each other's way. */
import type { SeededRandom } from '@tidemark/testkit';

export const filesMost = 60;

/**
 * Files that the users leave alone. A drive that lists less than half of what was agreed would be taken for another one, rightly, and the
 * client would wait for a person.
 */
export const archive = { folder: 'archive', files: 100 } as const;

export function drawPath(random: SeededRandom): string {
  const folder = random.pick(['', 'letters/', 'pictures/', 'pictures/old/', 'notes/']);
  return `${folder}file ${random.below(14)}.txt`;
}

/** Mostly small, now and then some fragments of a transfer. */
export function drawSize(random: SeededRandom): number {
  if (random.happens(0.05)) return 1_500_000 + random.below(1_000_000);
  return random.happens(0.3) ? 20_000 + random.below(80_000) : 40 + random.below(400);
}
