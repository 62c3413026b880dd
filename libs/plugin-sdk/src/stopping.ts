/** A handler's way out when the host stops. */
import type { AbortSignalLike } from '@tidemark/contracts';

/** Throws when the host stops. What a stopped handler throws is not reported: its command is planned again. */
export function throwIfStopping(signal: AbortSignalLike): void {
  if (signal.aborted) throw new Error('The run is stopping');
}
