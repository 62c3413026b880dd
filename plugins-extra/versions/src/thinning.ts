/** Where versions lie, and which of them may go. A version has its time in its name: `notes/a.txt/2026-11-30T12-00-00.000Z.txt`. */

const clock = new Intl.DateTimeFormat('sv-SE', {
  ...({ year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' } as const),
  ...({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const),
});
/** `at`: milliseconds since 1970. In the order of time, as text. */
const timeText = (at: number): string =>
  `${clock.format(at).replace(' ', 'T').replaceAll(':', '-').replace(',', '.')}Z`;

export const placeOf = (path: string, at: number): string =>
  `${path}/${timeText(at)}${/\.[\w-]{1,10}$/.exec(path)?.[0] ?? ''}`;

/** Of which file it is a version; null for what lies there for another reason. */
export const pathOf = (place: string): string | null =>
  /^(.+)\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z[^/]*$/.exec(place)?.[1] ?? null;

const timeOf = (place: string): string => place.slice(place.lastIndexOf('/') + 1);

/** The versions of all files that are among them. */
export const oldestFirst = (places: readonly string[]): readonly string[] =>
  places.filter((one) => pathOf(one) !== null).sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));

/** `places`: the versions of one file. */
export function superfluous(
  places: readonly string[],
  now: number,
  { newest, days, months }: { readonly newest: number; readonly days: number; readonly months: number },
): readonly string[] {
  const ago = (count: number): string => timeText(now - count * 86_400_000);
  const kept = new Set<string>();
  return places
    .toSorted()
    .reverse()
    .filter((place, index) => {
      const time = timeOf(place);
      const period = time > ago(days) ? time.slice(0, 10) : time > ago(months * 31) ? time.slice(0, 7) : null;
      if (index < newest) return false;
      if (period === null || kept.has(period)) return true;
      kept.add(period);
      return false;
    });
}
