/**
 * How somebody who may read and write the secrets of the webhook asks a running listener whether requests reach it: a text in
 * its secrets, and the same text in a request. Nobody else can make such a request, and all it gets is its own words back.
 */
export interface WebhookProbe {
  /** What `probeParameter` has to be: 64 hexadecimal digits. */
  readonly token: string;
  /** What a notification has to carry. It gives no hint and does no work; that it came is written to `probeSeenSecret`. */
  readonly clientState: string;
  /** Milliseconds since 1970, five minutes ahead at most. */
  readonly until: number;
}

/** Secrets of the webhook that hold the probe, and the ids of the subscriptions in notifications that carried it, as JSON. */
export const probeSecret = 'probe';
export const probeSeenSecret = 'probe-seen';

/** In the query, beside `validationToken`. */
export const probeParameter = 'tidemark-probe';
