/** Figures and times as people read them. */

const two = (value: number): string => String(value).padStart(2, '0');

/** `relative`: `3 min ago`; the other two as 24 hours with milliseconds where they matter. */
export type TimeForm = 'local' | 'utc';

export function clockTime(at: number, form: TimeForm = 'local'): string {
  const time = new Date(at);
  return form === 'utc'
    ? `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`
    : `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function dayAndTime(at: number, form: TimeForm = 'local'): string {
  const time = new Date(at);
  const [year, month, day] =
    form === 'utc'
      ? [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()]
      : [time.getFullYear(), time.getMonth(), time.getDate()];
  return `${day} ${months[month]} ${year}, ${clockTime(at, form)}`;
}

export function ago(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  if (seconds < 5) return 'just now';
  return `${span(seconds * 1000)} ago`;
}

/** One unit, as long as it tells enough. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 86_400_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

export function bytes(count: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export const count = (value: number): string => value.toLocaleString('en');

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
