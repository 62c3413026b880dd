/** Amounts as people read them. */

const kilobyte = 1024;

/** `700 Bytes`, `12 KB`, `3 MB`: the units of the totals the peer prints. */
export function wholeAmount(bytes: number): string {
  if (bytes < kilobyte) return `${bytes} Bytes`;
  if (bytes < kilobyte ** 2) return `${Math.round(bytes / kilobyte)} KB`;
  return `${Math.round(bytes / kilobyte ** 2)} MB`;
}

/** `3.4 MB`, for a line that is rewritten all the time. */
export function shortAmount(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= kilobyte;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${units[unit]}`;
}

/** `hh:mm:ss`; `--:--:--` when unknown. */
export function clockTime(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return '--:--:--';
  const whole = Math.round(seconds);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
