/** `Retry-After`: seconds or an HTTP date (RFC 9110 §10.2.3). */

/** Longest pause that is obeyed; the service's own figure is reported beside it. */
export const pauseMaxMs = 3_600_000;

/** Milliseconds to wait, never negative; null for an absent or senseless value. Not capped. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  if (!/^[A-Za-z]{3,9},/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
