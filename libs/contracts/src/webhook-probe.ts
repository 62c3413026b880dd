/**
 * How an examination (`tidemark doctor webhook`) asks a running listener whether requests reach it: it writes a text to the
 * secrets of the webhook, and sends the same text in a request. A program that may not read the secrets cannot make such a
 * request. The listener answers with the text of the request and nothing else.
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
