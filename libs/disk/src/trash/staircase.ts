/**
 * Which versions of one path stay: a staircase that gets coarser with age. The newest version is the measure, and no clock:
 * what lies less than an hour before it stays whole; then the last version of each hour, for a day; of each day, for thirty
 * days; and of each week from there on. Pure.
 */

const hourMs = 3600 * 1000;
const dayMs = 24 * hourMs;

/** Versions that lie less than `belowMs` before the newest: the last one of each `spanMs` stays. */
const steps = [
  { belowMs: hourMs, spanMs: 0 },
  { belowMs: dayMs, spanMs: hourMs },
  { belowMs: 30 * dayMs, spanMs: dayMs },
  { belowMs: Infinity, spanMs: 7 * dayMs },
] as const;

/**
 * Those that may go. Hours, days and weeks are those of the calendar (UTC) and each lies within the next larger one, so that it
 * makes no difference how often the pruning thins.
 *
 * @param versions of one path, the oldest first
 */
export function thinnedOut<Version extends { readonly at: number }>(versions: readonly Version[]): Version[] {
  const newest = versions.at(-1);
  if (newest === undefined) return [];
  return versions.filter((version, index) => {
    const next = versions[index + 1];
    if (next === undefined) return false;
    const { spanMs } = stepOf(newest.at - version.at);
    return spanMs > 0 && Math.floor(version.at / spanMs) === Math.floor(next.at / spanMs);
  });
}

const stepOf = (ageMs: number): (typeof steps)[number] =>
  steps.find(({ belowMs }) => ageMs < belowMs) ?? steps[3];
