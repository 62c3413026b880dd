/** A length of time in words, as the peer spells it: `1 minute`, `1 hour and 30 secs`, `1 day, 2 hours, and 3 minutes`. */

const units = [
  { name: 'week', many: 'weeks', ms: 604_800_000 },
  { name: 'day', many: 'days', ms: 86_400_000 },
  { name: 'hour', many: 'hours', ms: 3_600_000 },
  { name: 'minute', many: 'minutes', ms: 60_000 },
  { name: 'sec', many: 'secs', ms: 1_000 },
] as const;

/** Parts of a second count as a whole one. */
export function durationText(lengthMs: number): string {
  let restMs = Math.ceil(lengthMs / 1_000) * 1_000;
  const parts = units.flatMap(({ name, many, ms }) => {
    const count = Math.floor(restMs / ms);
    restMs -= count * ms;
    return count === 0 ? [] : [`${count} ${count === 1 ? name : many}`];
  });
  if (parts.length === 0) return '0 secs';
  if (parts.length <= 2) return parts.join(' and ');
  return `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`;
}
