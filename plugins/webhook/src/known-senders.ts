/**
 * The senders that we know: whose notifications count, by the digests of their secrets, and whether the service may ask right now if the
 * address is ours. A listener has one for each drive that it serves.
 */

export interface KnownSenders {
  /** Those whose notifications count, from now on. */
  know(known: readonly Known[]): void;
  /** Whether a sender that we know sent this. `at`: milliseconds since 1970. */
  recognises(sender: Sender, at: number, matches: Matches): boolean;
  /** Validation calls are answered before then. Milliseconds since 1970; null: no more. */
  expectValidation(until: number | null): void;
  /** Whether a validation call is expected then. */
  expectsValidation(at: number): boolean;
}

export interface Sender {
  readonly subscriptionId: string;
  readonly clientState: string;
}

export interface Known {
  /** null: the service has not named it yet; it counts while the service may ask. */
  readonly subscriptionId: string | null;
  readonly digest: string;
  /** Milliseconds since 1970; null: no end. */
  readonly until: number | null;
}

/** Whether a text has this digest, in a time that does not tell how near it comes. */
export type Matches = (text: string, digest: string) => boolean;

export function createKnownSenders(): KnownSenders {
  let known: readonly Known[] = [];
  let askingUntil = -Infinity;
  return {
    know(senders) {
      known = senders;
    },
    recognises({ subscriptionId, clientState }, at, matches) {
      const candidates = known.filter(
        (one) =>
          (one.subscriptionId === null ? at < askingUntil : one.subscriptionId === subscriptionId) &&
          (one.until === null || at < one.until),
      );
      return candidates.some(({ digest }) => matches(clientState, digest));
    },
    expectValidation(until) {
      askingUntil = until ?? -Infinity;
    },
    expectsValidation: (at) => at < askingUntil,
  };
}
