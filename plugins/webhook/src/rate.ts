/** A rate: so many in any second, and the next ones a moment later. */

export interface Rate {
  /** True when one more fits; counts it. `at`: milliseconds of a clock that only goes forward. */
  admits(at: number): boolean;
}

export function createRate(perSecond: number): Rate {
  let left = perSecond;
  let filledAt = -Infinity;
  return {
    admits(at) {
      left = Math.min(perSecond, left + ((at - filledAt) * perSecond) / 1_000);
      filledAt = at;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
