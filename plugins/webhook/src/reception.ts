/** The reception: where notifications come in, as the commands of the subscription see it. Here, or at a relay. */
import type { Clock, Secrets } from '@tidemark/plugin-sdk';
import type { Known } from './known-senders.ts';
import type { StoredSecrets } from './stored-secrets.ts';

export interface Reception {
  /** Throws Failure when nothing can come in. */
  ready(): Promise<void>;
  /** Resolves when notifications with these secrets count. Throws Failure. */
  know(stored: StoredSecrets, context: Desiring): Promise<void>;
  /** None counts any more. The service sends none either, so that it is no fault when this does not arrive. */
  forget(): Promise<void>;
  /** Validation calls are answered until the work ends. */
  whileAsking<Result>(work: () => Promise<Result>): Promise<Result>;
}

export interface Desiring {
  readonly secrets: Pick<Secrets, 'digest'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Digests in place of secrets. */
export function knownOf(
  { current, previous }: StoredSecrets,
  { digest }: Pick<Secrets, 'digest'>,
): readonly Known[] {
  return [
    ...(current === null
      ? []
      : [{ subscriptionId: current.id, digest: digest(current.clientState), until: null }]),
    ...(previous === null
      ? []
      : [{ subscriptionId: previous.id, digest: digest(previous.clientState), until: previous.until }]),
  ];
}
