/** When a pause ends, as people type it: a span like 2h, a time of the day, or a date with a time, both of this machine. */
export interface PauseEnd {
  readonly forText?: string;
  readonly untilText?: string;
}

/** Milliseconds since 1970; null when the user ends it; a sentence that says what is wrong. */
export function parsePauseEnd({ forText, untilText }: PauseEnd, now: number): number | null | string {
  if (forText !== undefined) {
    const span = /^(\d{1,6})([smhd])$/.exec(forText);
    const unit = unitMs.get(span?.[2] ?? '');
    if (span === null || unit === undefined || Number(span[1]) === 0)
      return `Cannot read --for "${forText}": give a span like 45m, 2h or 1d`;
    return now + Number(span[1]) * unit;
  }
  if (untilText === undefined) return null;
  const until = timeOfDay(untilText, now) ?? Date.parse(untilText);
  if (Number.isNaN(until))
    return `Cannot read --until "${untilText}": give a time like 18:00 or 2026-01-31T18:00`;
  return until > now ? until : `--until "${untilText}" has passed`;
}

/** The next time that the clock on the wall shows this; null: it is no time of the day. */
function timeOfDay(text: string, now: number): number | null {
  const parts = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (parts === null) return null;
  const at = new Date(now);
  at.setHours(Number(parts[1]), Number(parts[2]), 0, 0);
  if (at.getTime() <= now) at.setDate(at.getDate() + 1);
  return at.getTime();
}

const unitMs: ReadonlyMap<string, number> = new Map(
  Object.entries({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }),
);
