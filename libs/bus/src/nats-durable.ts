/**
 * Durable subjects on JetStream: at least once, over restarts of everybody. JetStream does not flush to disk for each
 * acknowledgement, so it carries messages; it is not where truth is kept.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy, ErrorCode, type JsMsg, nanos, RetentionPolicy, StorageType } from 'nats';
import { BusError, type OnBusError } from './bus-error.ts';
import { hasCode, type NatsLink } from './nats-link.ts';
import { decodePayload } from './payload.ts';

export interface Durability {
  /** Name of the stream. */
  readonly stream: string;
  /** Messages are kept for so long, and up to so many bytes; the oldest go first. */
  readonly maxAgeMs: number;
  readonly sizeBytesMax: number;
  /** Two messages with the same id within this time are one. */
  readonly duplicateWindowMs: number;
  /** A message whose handler neither finished nor failed for so long is given to somebody else. */
  readonly ackWaitMs: number;
  /** Wait before a message whose handler failed is delivered again. */
  readonly redeliveryDelayMs: number;
  /** Deliveries before a message is given up, and reported. */
  readonly deliveriesMax: number;
}

const defaults: Durability = {
  stream: 'TIDEMARK',
  maxAgeMs: 7 * 86_400_000,
  sizeBytesMax: 256 << 20,
  duplicateWindowMs: 120_000,
  ackWaitMs: 30_000,
  redeliveryDelayMs: 1000,
  deliveriesMax: 10,
};

/** Messages fetched ahead of the handler. Few, because their time to be acknowledged runs already. */
const AHEAD_MAX = 16;
const PUBLISH_ATTEMPTS_MAX = 10;
const PUBLISH_TIMEOUT_MS = 5000;
const RETRY_DELAY_MS = 250;

export interface DurableSubjects {
  /** Resolves when the stream has it. Throws BusError `timeout` when that does not come about. */
  publish(subject: string, bytes: Buffer, id: string | undefined): Promise<void>;
  /** Returns what ends it. The position is kept: the next subscription of the same client and pattern goes on there. */
  subscribe(
    pattern: string,
    handler: (payload: unknown, subject: string) => void | Promise<void>,
    queue: string | undefined,
  ): Promise<() => Promise<void>>;
}

export async function openDurableSubjects(
  link: NatsLink,
  client: { readonly name: string; readonly patterns: readonly string[]; readonly onError: OnBusError },
  wanted: Partial<Durability> = {},
): Promise<DurableSubjects> {
  const durability = { ...defaults, ...wanted };
  const { connection } = link;
  const stream = connection.jetstream();
  if (client.patterns.length > 0) await prepareStream(link, client.patterns, durability);
  /** How many subscriptions of this client have the pattern: each has a position of its own. */
  const inUse = new Map<string, Set<number>>();

  return {
    async publish(subject, bytes, id = randomUUID()) {
      for (let attempt = 1; ; attempt += 1) {
        await link.connected();
        try {
          await stream.publish(subject, bytes, { msgID: id, timeout: PUBLISH_TIMEOUT_MS });
          return;
        } catch (cause) {
          const again = hasCode(cause, ErrorCode.Timeout, ErrorCode.Disconnect, ErrorCode.NoResponders);
          if (again && attempt < PUBLISH_ATTEMPTS_MAX && !connection.isClosed()) {
            // A server that has just started answers before its streams do.
            await setTimeout(RETRY_DELAY_MS);
            continue;
          }
          throw new BusError('timeout', `Cannot publish to "${subject}": the stream did not take it`, {
            cause,
          });
        }
      }
    },

    async subscribe(pattern, handler, queue) {
      const used = inUse.get(pattern) ?? new Set<number>();
      inUse.set(pattern, used);
      let slot = 1;
      if (queue === undefined) while (used.has(slot)) slot += 1;
      if (queue === undefined) used.add(slot);
      const owner = queue === undefined ? `client ${client.name} ${slot}` : `queue ${queue}`;
      const consumer = consumerName(owner, pattern);
      const administration = await connection.jetstreamManager();
      await administration.consumers.add(durability.stream, {
        durable_name: consumer,
        filter_subject: pattern,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(durability.ackWaitMs),
        deliver_policy: DeliverPolicy.New,
        max_ack_pending: 1000,
      });
      const handle = await stream.consumers.get(durability.stream, consumer);
      const messages = await handle.consume({
        max_messages: AHEAD_MAX,
        expires: 30_000,
        idle_heartbeat: 2000,
      });
      let stopped = false;
      const loop = (async () => {
        for await (const message of messages) {
          if (stopped) message.nak();
          else await handleOne(message, handler, durability, client.onError);
        }
      })().catch((error: unknown) => client.onError(error, pattern));
      return async () => {
        stopped = true;
        used.delete(slot);
        await messages.close();
        await loop;
      };
    },
  };
}

async function handleOne(
  message: JsMsg,
  handler: (payload: unknown, subject: string) => void | Promise<void>,
  { ackWaitMs, redeliveryDelayMs, deliveriesMax }: Durability,
  onError: OnBusError,
): Promise<void> {
  const alive = setInterval(() => message.working(), ackWaitMs / 2);
  try {
    await handler(decodePayload(message.data, message.subject), message.subject);
    message.ack();
  } catch (error) {
    onError(error, message.subject);
    const unreadable = error instanceof BusError && error.code === 'invalidPayload';
    if (!unreadable && message.info.deliveryCount < deliveriesMax) return message.nak(redeliveryDelayMs);
    message.term();
    const times = message.info.deliveryCount;
    const text = `A message on "${message.subject}" was given up after ${times} deliveries`;
    onError(new BusError('undeliverable', text, { cause: error }), message.subject);
  } finally {
    clearInterval(alive);
  }
}

/** Makes the stream, or adds our subjects to it. */
async function prepareStream(link: NatsLink, patterns: readonly string[], wanted: Durability): Promise<void> {
  const administration = await link.connection.jetstreamManager().catch((cause: unknown) => {
    throw new BusError('disconnected', 'The NATS server has no JetStream, which durable subjects need', {
      cause,
    });
  });
  const existing = await administration.streams.info(wanted.stream).catch((error: unknown) => {
    if (hasCode(error, '404')) return undefined;
    throw error;
  });
  const limits = {
    max_age: nanos(wanted.maxAgeMs),
    max_bytes: wanted.sizeBytesMax,
    duplicate_window: nanos(wanted.duplicateWindowMs),
  };
  if (existing === undefined) {
    await administration.streams.add({
      name: wanted.stream,
      subjects: [...patterns],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      ...limits,
    });
    return;
  }
  const subjects = [...new Set([...existing.config.subjects, ...patterns])];
  await administration.streams.update(wanted.stream, { ...existing.config, subjects, ...limits });
}

/** A name that JetStream takes, readable, and different for each owner and pattern. */
function consumerName(owner: string, pattern: string): string {
  const text = `${owner} ${pattern}`;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${text.replace(/[^A-Za-z0-9-]+/g, '_').slice(0, 60)}_${digest}`;
}
