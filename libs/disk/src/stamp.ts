/** Stamps: what tells one version of a file from the next one, and when it does not yet. */
import type { BigIntStats } from 'node:fs';
import { type Clock, youngStamp } from '@tidemark/contracts';
import { isFolder } from './identity.ts';

export function stampOf(stats: BigIntStats): string {
  return isFolder(stats)
    ? ''
    : `${stats.size.toString(36)}.${stats.mtimeNs.toString(36)}.${stats.ctimeNs.toString(36)}`;
}

/** The stamp that a look at this moment may report. */
export const stampSeen = (stats: BigIntStats, now: () => number): string =>
  youngMs(stats, now) > 0 ? youngStamp(stampOf(stats)) : stampOf(stats);

/** FAT counts in steps of two seconds, older file systems in seconds. */
const coarseMs = 2000;
/** The clock of a server may differ from ours. */
const skewMs = 300_000;

/**
 * How long another save could still get the same stamp. The change time cannot be set, so that one without a fraction of a
 * second tells that the file system keeps none. What was dated far ahead gets another time by the next save.
 */
function youngMs(stats: BigIntStats, now: () => number): number {
  if (isFolder(stats) || stats.ctimeNs % 1_000_000_000n !== 0n) return 0;
  const ageMs = now() - Number(stats.mtimeNs / 1_000_000n);
  return ageMs < -skewMs ? 0 : Math.min(Math.max(coarseMs - ageMs, 0), coarseMs);
}

/** Waits until no other save can get the stamp that was seen. @returns whether there was anything to wait for */
export async function outgrow(stats: BigIntStats, clock: Clock): Promise<boolean> {
  const waitMs = youngMs(stats, () => clock.now());
  if (waitMs > 0) await clock.sleep(waitMs);
  return waitMs > 0;
}
