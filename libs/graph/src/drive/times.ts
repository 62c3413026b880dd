/** Graph's times: RFC 3339 with 0 to 7 digits of fraction. Compared, kept and sent in whole seconds, truncated. */
import { withinTimeRange } from '@tidemark/contracts';

/** Seconds since 1970, or null for anything that is no time. No file was saved in the year 1: the service means "not set". */
export function parseTime(value: unknown): number | null {
  if (typeof value !== 'string' || value.length < 20 || value.length > 40) return null;
  // `2025-01-02T03:04:05[.fff]Z`, the only form that Graph sends; read by position because it is read per item.
  if (value.charCodeAt(value.length - 1) === 90 && value.charCodeAt(10) === 84) {
    const year = digits(value, 0, 4);
    const month = digits(value, 5, 2);
    const day = digits(value, 8, 2);
    const hour = digits(value, 11, 2);
    const minute = digits(value, 14, 2);
    const second = digits(value, 17, 2);
    if (year === 1) return null;
    // `Date.UTC` takes the years below 100 for those of the last century.
    if (year >= 100 && month >= 1 && month <= 12 && day >= 1 && hour >= 0 && minute >= 0 && second >= 0) {
      return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
    }
  }
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.floor(at / 1000);
}

/** `2025-01-02T03:04:05Z` */
export function formatTime(seconds: number): string {
  return `${new Date(withinTimeRange(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
