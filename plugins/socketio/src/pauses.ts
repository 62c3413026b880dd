/** How long to wait before the next attempt: longer each time, never longer than the cap, and never all clients at once. */
import type { Failure, Random } from '@tidemark/plugin-sdk';
import { failureGuide } from '@tidemark/plugin-sdk';

export interface Pauses {
  /** The channel works again. */
  reset(): void;
  /** Milliseconds until the next attempt. `failure` null: the connection broke. */
  next(failure: Failure | null): number;
}

const brief = { firstMs: 1_000, lastMs: 60_000 };
/** The service does not offer it to this account, or refuses it for good: asking again is a courtesy call. */
const long = { firstMs: 60_000, lastMs: 60 * 60_000 };

export function createPauses(random: Random): Pauses {
  let failures = 0;
  let refusals = 0;
  return {
    reset() {
      failures = 0;
      refusals = 0;
    },
    next(failure) {
      const isRefusal = failure !== null && isForLong(failure);
      const { firstMs, lastMs } = isRefusal ? long : brief;
      const earlier = isRefusal ? refusals++ : failures++;
      const fullMs = Math.min(lastMs, firstMs * 2 ** Math.min(earlier, 20));
      // A refusal is repeated no sooner than after the first pause; a broken link may be tried a little earlier.
      const pauseMs = isRefusal
        ? fullMs * (1 + 0.25 * random.fraction())
        : fullMs * (0.75 + 0.25 * random.fraction());
      return Math.max(pauseMs, failure?.details.afterMs ?? 0);
    },
  };
}

function isForLong({ code }: Failure): boolean {
  const { retry } = failureGuide[code];
  return code === 'notSupported' || retry === 'never' || retry === 'stop';
}
