/**
 * A full drive: it refused an upload for want of space. What is much smaller may still fit and goes on; the rest waits. An attempt
 * sends its bytes in vain as long as the drive is full, so few are made at once, and those of the smallest first.
 */
import type { Item } from '@tidemark/trees';
import type { PlanningView } from './view.ts';

export interface DriveFull {
  /** Uploads of so many bytes or more wait for space. */
  readonly fromBytes: number;
  /** So many of them may be under way at once. */
  readonly attemptsAtOnce: number;
}

export const waitsForSpace = ({ full }: Pick<PlanningView, 'full'>, sizeBytes: number): boolean =>
  full !== null && sizeBytes >= full.fromBytes;

/** How many of what waits may begin now. */
export function attemptsLeft({ full, inFlight }: Pick<PlanningView, 'full' | 'inFlight'>): number {
  if (full === null) return Infinity;
  let left = full.attemptsAtOnce;
  for (const command of inFlight.values())
    if (command.type === 'UploadFile' && command.sizeBytes >= full.fromBytes) left -= 1;
  return Math.max(0, left);
}

/** At most so many of them. */
export const smallest = (items: readonly Item[], atMost: number): readonly Item[] =>
  items
    .toSorted((one, other) => (one.local?.sizeBytes ?? 0) - (other.local?.sizeBytes ?? 0))
    .slice(0, atMost);
