/**
 * Durable subjects on JetStream: at least once, over restarts of everybody. JetStream does not flush to disk for each
 * acknowledgement, so it carries messages; it is not where truth is kept.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  AckPolicy,
  type ConsumerMessages,
  DeliverPolicy,
  ErrorCode,
  type JsMsg,
  nanos,
  RetentionPolicy,
  StorageType,
} from 'nats';
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
  /** A message whose handler neither finished nor failed for so long is given to another subscriber. */
  readonly ackWaitMs: number;
  /** Wait before a message whose handler failed is delivered again. */
  readonly redeliveryDelayMs: number;
  /** Deliveries before a message is given up, and reported. */
  readonly deliveriesMax: number;
  /** How long the stream may take for one message before it is sent again. */
  readonly publishTimeoutMs: number;
  /** How often the server shows that it still waits with us for messages; at most 15,000. Two missing ones are a fault. */
  readonly heartbeatMs: number;
  /** Messages kept of one subject; the oldest go first. -1: as many as fit. */
  readonly perSubjectMax: number;
  /** `us`: the stream is made, and changed, to be as described here. `others`: it is there, or it is an error. */
  readonly keptBy: 'us' | 'others';
  /** Name of the client's position in the stream, where permissions depend on it: then it has one subscription at a time. */
  readonly position: string | null;
  /** Where a position begins that is new. */
  readonly beginsWith: 'everything' | 'what comes';
}

const defaults: Durability = {
  stream: 'TIDEMARK',
  maxAgeMs: 7 * 86_400_000,
  sizeBytesMax: 256 << 20,
  duplicateWindowMs: 120_000,
  ackWaitMs: 30_000,
  redeliveryDelayMs: 1000,
  deliveriesMax: 10,
  publishTimeoutMs: 5000,
  heartbeatMs: 2000,
  perSubjectMax: -1,
  keptBy: 'us',
  position: null,
  beginsWith: 'what comes',
};

/** Messages fetched ahead of the handler. Few, because their time to be acknowledged runs already. */
const AHEAD_MAX = 16;
const PUBLISH_ATTEMPTS_MAX = 10;
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
  if (client.patterns.length > 0 && durability.keptBy === 'us')
    await prepareStream(link, client.patterns, durability);
  /** How many subscriptions of this client have the pattern: each has a position of its own. */
  const inUse = new Map<string, Set<number>>();

  return {
    async publish(subject, bytes, id = randomUUID()) {
      for (let attempt = 1; ; attempt += 1) {
        await link.connected();
        try {
          const sent = stream.publish(subject, bytes, { msgID: id, timeout: durability.publishTimeoutMs });
          if ((await link.untilLost(sent)) !== 'lost') return;
          // Sent again at once: with its id it counts once.
          sent.catch(() => undefined);
          attempt -= 1;
        } catch (cause) {
          const again = hasCode(cause, ErrorCode.Timeout, ErrorCode.Disconnect, ErrorCode.NoResponders);
          if (again && attempt < PUBLISH_ATTEMPTS_MAX && !connection.isClosed()) {
            // A server that has just started answers before its streams do; one that lost its store has none any more.
            await setTimeout(RETRY_DELAY_MS);
            if (durability.keptBy === 'us' && hasCode(cause, ErrorCode.NoResponders))
              await prepareStream(link, client.patterns, durability).catch(() => undefined);
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
      const consumer = durability.position ?? consumerName(owner, pattern);
      const stopping = new AbortController();
      let messages = await consume(pattern, consumer);

      /** A position that the server has lost, with its store or because an operator removed it, is made anew. */
      async function goOn(): Promise<void> {
        for (;;) {
          try {
            for await (const message of messages) {
              if (stopping.signal.aborted) message.nak();
              else await handleOne(message, handler, durability, client.onError);
            }
          } catch (error) {
            client.onError(error, pattern);
          }
          while (!stopping.signal.aborted) {
            await unlessStopping(setTimeout(RETRY_DELAY_MS), stopping.signal);
            await unlessStopping(link.connected(), stopping.signal);
            if (stopping.signal.aborted) return;
            const opened = await consume(pattern, consumer).catch(() => null);
            if (opened === null) continue;
            messages = opened;
            break;
          }
          if (stopping.signal.aborted) return void messages.close();
        }
      }
      const loop = goOn().catch((error: unknown) => client.onError(error, pattern));
      return async () => {
        stopping.abort();
        used.delete(slot);
        await messages.close();
        await loop;
      };
    },
  };

  async function consume(pattern: string, consumer: string): Promise<ConsumerMessages> {
    // Asking about the whole account, as it does by itself, is no business of most users.
    const administration = await connection.jetstreamManager({ checkAPI: false });
    await administration.consumers.add(durability.stream, {
      durable_name: consumer,
      filter_subject: pattern,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(durability.ackWaitMs),
      deliver_policy: durability.beginsWith === 'everything' ? DeliverPolicy.All : DeliverPolicy.New,
      max_ack_pending: 1000,
    });
    const handle = await stream.consumers.get(durability.stream, consumer);
    return handle.consume({
      max_messages: AHEAD_MAX,
      expires: 30_000,
      idle_heartbeat: durability.heartbeatMs,
      abort_on_missing_resource: true,
    });
  }
}

/** Whichever comes first. */
async function unlessStopping(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
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
  const administration = await link.connection.jetstreamManager({ checkAPI: false });
  const existing = await administration.streams.info(wanted.stream).catch((cause: unknown) => {
    if (hasCode(cause, '404')) return undefined;
    if (!hasCode(cause, ErrorCode.NoResponders, ErrorCode.JetStreamNotEnabled)) throw cause;
    throw new BusError('disconnected', 'The NATS server has no JetStream, which durable subjects need', {
      cause,
    });
  });
  const limits = {
    max_age: nanos(wanted.maxAgeMs),
    max_bytes: wanted.sizeBytesMax,
    max_msgs_per_subject: wanted.perSubjectMax,
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
