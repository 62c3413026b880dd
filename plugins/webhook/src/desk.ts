/**
 * The desk: what listener and commands share. Whose notifications count, by the digests of their secrets, and whether the
 * service may ask right now if the address is ours.
 */
import type { Secrets } from '@tidemark/plugin-sdk';
import type { StoredSecrets } from './stored-secrets.ts';

export interface Desk {
  /** Settles when the listener is up, or cannot be; null while there is none. */
  listener: Promise<void> | null;
  /** Those whose notifications count. */
  know(stored: StoredSecrets, secrets: Secrets): void;
  /** Whether somebody we know sent this. `at`: milliseconds since 1970. */
  recognises(sender: Sender, at: number, secrets: Secrets): boolean;
  /** Validation calls are answered until the work ends. */
  whileAsking<Result>(work: () => Promise<Result>): Promise<Result>;
  /** True when a validation call may be answered; counts it. */
  admitValidation(): boolean;
}

export interface Sender {
  readonly subscriptionId: string;
  readonly clientState: string;
}

interface Known {
  /** null: the service has not named it yet. */
  readonly id: string | null;
  readonly digest: string;
  /** Milliseconds since 1970; null: no end. */
  readonly until: number | null;
}

/** The service asks two times: for notifications, and for those about the subscription itself. Proxies may repeat it. */
const validationsMax = 20;

export function createDesk(): Desk {
  let known: readonly Known[] = [];
  let asking = 0;
  let validationsLeft = 0;
  return {
    listener: null,
    know({ current, previous }, { digest }) {
      known = [
        ...(current === null ? [] : [{ id: current.id, digest: digest(current.clientState), until: null }]),
        ...(previous === null
          ? []
          : [{ id: previous.id, digest: digest(previous.clientState), until: previous.until }]),
      ];
    },
    recognises({ subscriptionId, clientState }, at, { matches }) {
      const candidates = known.filter(
        ({ id, until }) =>
          (id === null ? asking > 0 : id === subscriptionId) && (until === null || at < until),
      );
      return candidates.some(({ digest }) => matches(clientState, digest));
    },
    async whileAsking(work) {
      asking += 1;
      validationsLeft = validationsMax;
      try {
        return await work();
      } finally {
        asking -= 1;
      }
    },
    admitValidation() {
      if (asking === 0 || validationsLeft === 0) return false;
      validationsLeft -= 1;
      return true;
    },
  };
}
