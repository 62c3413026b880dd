/**
 * How long what is in the trash has been there. The clock may be wrong at any look, and a deletion for good cannot be taken
 * back, so no date is believed: time counts as far as looks at the trash have seen it pass, and of the time between two
 * looks only so much as a jump of the clock may cost. A folder that changed since the last look is as young as that look.
 * Pure.
 */

const dayMs = 24 * 3600 * 1000;

/** What the looks so far have seen. */
export interface Ages {
  /** The clock at the last look, milliseconds since 1970. */
  readonly at: number;
  /** Time that has passed between looks, in milliseconds. */
  readonly passedMs: number;
  /** By the name of the folder of a day: its mark, and `passedMs` at the first look that met it with this mark. */
  readonly days: Readonly<Record<string, { readonly mark: string; readonly sinceMs: number }>>;
}

/** Another mark means that something was put in or taken out. */
export type Marks = ReadonlyMap<string, string>;

/**
 * One look.
 *
 * @param before null before the first look, or when the ages are unknown
 * @param now milliseconds since 1970
 */
export function look(before: Ages | null, now: number, marks: Marks, keepMs: number): Ages {
  const passedMs = before === null ? 0 : before.passedMs + creditMs(now - before.at, keepMs);
  const days: Record<string, { mark: string; sinceMs: number }> = {};
  for (const [day, mark] of marks) {
    const known = before?.days[day];
    days[day] = { mark, sinceMs: known?.mark === mark ? known.sinceMs : passedMs };
  }
  return { at: now, passedMs, days };
}

/** Days of which everything may go, the oldest first: by the time that was seen to pass and by the calendar as well. */
export function overdueDays({ at, passedMs, days }: Ages, keepMs: number): readonly string[] {
  return Object.entries(days)
    .filter(([day, { sinceMs }]) => passedMs - sinceMs >= keepMs && endOf(day) + keepMs <= at)
    .map(([day]) => day)
    .toSorted();
}

/** A jump ages the trash by a quarter at most; a look once a week keeps no file longer because of it, unless `keepMs` is short. */
function creditMs(elapsedMs: number, keepMs: number): number {
  return Math.min(Math.max(elapsedMs, 0), 7 * dayMs, keepMs / 4);
}

/** @returns whether this is the name of a day: `2026-11-28` */
export function isDay(name: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(name)) return false;
  const at = Date.parse(`${name}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(name);
}

const endOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) + dayMs;

/** null for anything but what `JSON.stringify` made of ages: then everything is as young as the next look. */
export function agesIn(text: string): Ages | null {
  try {
    const ages = JSON.parse(text) as Ages;
    const isWhole =
      isTime(ages.at) &&
      isTime(ages.passedMs) &&
      Object.entries(ages.days).every(
        ([day, { mark, sinceMs }]) => isDay(day) && typeof mark === 'string' && isTime(sinceMs),
      );
    return isWhole ? ages : null;
  } catch {
    return null;
  }
}

const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0;
