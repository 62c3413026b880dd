/** Settings of the webhook. */
import { z } from '@tidemark/plugin-sdk';

/** How long notifications with the secret before the present one still count. Milliseconds. */
const overlapMs = z.number().int().nonnegative().default(300_000);

export const relayedConfig = z.strictObject({ overlapMs });

export const config = z.strictObject({
  /** Where to listen; empty: every IPv4 address of this machine. */
  host: z.string().default(''),
  /** 0: any free one, which is of use to tests only. */
  port: z.number().int().min(0).max(65_535).default(8888),
  /** A Unix socket in place of host and port. */
  socketPath: z.string().min(1).nullable().default(null),
  /** How long a notification may wait for the bus before the service is asked to send it again. Milliseconds. */
  queueWithinMs: z.number().int().positive().default(800),
  overlapMs,
});

export type WebhookConfig = z.output<typeof config>;
