/** A moment as people type it: an ISO 8601 time, a time of this day as `14:00`, or a span back from now. Milliseconds since 1970; null when it is neither. */
export function parseSince(text: string, now: number): number | null {
  const span = /^(\d+)([smhd])$/.exec(text);
  if (span?.[1] !== undefined && span[2] !== undefined)
    return now - Number(span[1]) * (unitMs.get(span[2]) ?? 0);
  const today = /^(\d{1,2}):(\d\d)$/.exec(text);
  if (today !== null) {
    const midnight = new Date(now).setHours(0, 0, 0, 0);
    return midnight + (Number(today[1]) * 60 + Number(today[2])) * 60_000;
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

const unitMs: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }),
);

/** What can be typed, for a message. */
export const sinceForms = 'give a time like 2026-01-31T14:00:00Z or 14:00, or a span like 30m, 4h, 2d';
