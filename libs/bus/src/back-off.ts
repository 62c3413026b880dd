/** How long a client waits for its server to come back. */
export interface BackOff {
  /** Wait before the next attempt. Milliseconds. */
  delayMs(): number;
  lost(): void;
  found(): void;
}

/**
 * A quarter of the time for which the server has been away, between the two limits, and not in step with other clients.
 * It depends on time and not on the number of calls: the library asks several times for each attempt.
 */
export function createBackOff(
  firstMs: number,
  lastMs: number,
  now: () => number = () => performance.now(),
  fraction: () => number = Math.random,
): BackOff {
  const spread = 0.75 + fraction() / 2;
  let lostAt: number | null = null;
  return {
    delayMs: () => {
      const away = lostAt === null ? 0 : now() - lostAt;
      return Math.min(Math.max(firstMs, away / 4), lastMs) * spread;
    },
    lost: () => {
      lostAt ??= now();
    },
    found: () => {
      lostAt = null;
    },
  };
}
