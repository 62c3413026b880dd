/** What is told about one relay. Versioned with the status report: fields are added within a version. */
import { z } from 'zod';
import { statusSchemaVersion } from './status-report.ts';

const count = z.int().nonnegative();

/**
 * `stopped`: no relay runs with this configuration. `connecting`: it has not reached its NATS server yet, and does not listen.
 * `running`: what arrives is handed on. `disconnected`: the server is away; senders are asked to come again.
 */
const state = z.enum(['stopped', 'connecting', 'running', 'disconnected']);

export const relayReportSchema = z.object({
  schema: z.literal(statusSchemaVersion),
  state,
  version: z.string(),
  /** null when no relay runs. */
  relay: z.nullable(
    z.object({
      pid: count,
      /** RFC 3339 in UTC. */
      startedAt: z.string(),
      /** Where it listens; null while it does not. */
      address: z.nullable(z.string()),
      server: z.string(),
      /** Why the server is not reached, or what it said last. */
      detail: z.nullable(z.string()),
      /** Drives that have announced themselves, and those of them that have a subscription. */
      drives: z.object({ registered: count, subscribed: count }),
      /** Since the relay started, in requests; `forged` in notifications. */
      counters: z.object({
        accepted: count,
        /** Told to a drive over NATS: several requests may be one message. */
        handedOn: count,
        forged: count,
        /** By reason. */
        refused: z.record(z.string(), count),
        validations: count,
      }),
    }),
  ),
});

export type RelayReport = z.output<typeof relayReportSchema>;

export const relayHealthSchema = z.object({
  schema: z.literal(statusSchemaVersion),
  isAlive: z.boolean(),
  state,
  detail: z.nullable(z.string()),
});
export type RelayHealth = z.output<typeof relayHealthSchema>;
