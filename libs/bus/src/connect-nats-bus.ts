/** The bus over NATS: JetStream for subjects that are declared durable, core NATS for the rest. */
import { connect, ErrorCode, type Msg, type NatsConnection, type Subscription } from 'nats';
import type { Bus, BusSubscription } from '@tidemark/contracts';
import { type BackOff, createBackOff } from './back-off.ts';
import { BusError, type BusErrorCode, type OnBusError } from './bus-error.ts';
import { createMessageQueue } from './message-queue.ts';
import { accessOptions, type NatsAccess } from './nats-access.ts';
import { type Durability, openDurableSubjects } from './nats-durable.ts';
import { hasCode, type NatsLink, linkTo, type OnNatsStatus } from './nats-link.ts';
import { openNatsRecords, type NatsRecords } from './nats-records.ts';
import { answerRequests, requestOver } from './nats-request.ts';
import { decodePayload, encodePayload, tooLarge } from './payload.ts';
import { checkPattern, checkSubject, matches } from './subject.ts';

export interface NatsBusOptions {
  /** `nats://host:port` or `tls://host:port`. */
  readonly servers: readonly string[];
  /** Names the connection, and the durable position of this client: two clients that both want everything need two names. */
  readonly name: string;
  /** Told about errors of handlers, dropped messages and refusals of the server. */
  readonly onError: OnBusError;
  readonly onStatus?: OnNatsStatus;
  /** Patterns of subjects that must not be lost. */
  readonly durable?: readonly string[];
  readonly durability?: Partial<Durability>;
  /** The same id for the same message makes a repeated publish count once (durable subjects only). Random without it. */
  readonly messageId?: (subject: string, payload: unknown) => string | undefined;
  /** Messages that may wait for one subscriber; more are dropped and reported (durable subjects: they wait on the server). */
  readonly pendingMax?: number;
  /** Wait before the first attempt to reconnect. The longer the server stays away, the longer are the next, up to the second. */
  readonly reconnectDelayMs?: number;
  readonly reconnectDelayMaxMs?: number;
  /** Key, authorities, inbox prefix. Beyond this machine a server needs `tls://` and a key. */
  readonly access?: NatsAccess;
}

/** What a server can do beside carrying messages. */
export interface NatsBus extends Bus {
  /** Throws when the server does not allow it, or has no JetStream. */
  records(bucket: string): Promise<NatsRecords>;
}

/**
 * Throws BusError when there is no connection now: `disconnected`, `refused`, `badCredentials`. Later it reconnects for as
 * long as it takes.
 */
export async function connectNatsBus(options: NatsBusOptions): Promise<NatsBus> {
  const { name, onError, durable = [], pendingMax = 65_536, messageId } = options;
  durable.forEach(checkPattern);
  const backOff = createBackOff(options.reconnectDelayMs ?? 500, options.reconnectDelayMaxMs ?? 10_000);
  const connection = await connectTo(options, backOff);
  const link = linkTo(connection, onError, (status, server) => {
    if (status === 'connected') backOff.found();
    else backOff.lost();
    options.onStatus?.(status, server);
  });
  const durables = await openDurableSubjects(
    link,
    { name, patterns: durable, onError },
    options.durability,
  ).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  const leave = new Set<() => Promise<void>>();
  let closing: Promise<void> | undefined;

  function encode(subject: string, payload: unknown): Buffer {
    checkSubject(subject);
    checkOpen(`publish to "${subject}"`);
    const bytes = encodePayload(payload);
    if (bytes.length > link.payloadBytesMax()) throw tooLarge(subject, bytes.length, link.payloadBytesMax());
    return bytes;
  }

  function checkOpen(action: string): void {
    if (closing !== undefined) throw new BusError('closed', `Cannot ${action}: the bus is closed`);
  }

  /** `stop` runs once, at unsubscribe or at close. */
  function registered(stop: (closing: boolean) => Promise<void>): BusSubscription {
    let stopping: Promise<void> | undefined;
    const atClose = (): Promise<void> => (stopping ??= stop(true));
    leave.add(atClose);
    return {
      unsubscribe: () => {
        leave.delete(atClose);
        return (stopping ??= stop(false));
      },
    };
  }

  return {
    async publish(subject, payload) {
      const bytes = encode(subject, payload);
      if (!durable.some((pattern) => matches(pattern, subject))) return publishOnce(link, subject, bytes);
      return durables.publish(subject, bytes, messageId?.(subject, payload));
    },

    async subscribe(pattern, handler, { queue } = {}) {
      checkPattern(pattern);
      checkOpen(`subscribe to "${pattern}"`);
      if (durable.some((covering) => matches(covering, pattern))) {
        return registered(await durables.subscribe(pattern, handler, queue));
      }
      return registered(await subscribeOnce(link, pattern, handler, queue, pendingMax, onError));
    },

    async request(subject, payload, timeoutMs) {
      return requestOver(connection, subject, encode(subject, payload), timeoutMs);
    },

    async respond(pattern, handler) {
      checkPattern(pattern);
      checkOpen(`respond on "${pattern}"`);
      return registered(await answerRequests(link, pattern, handler, { onError, requestsMax: pendingMax }));
    },

    async records(bucket) {
      checkOpen(`open the bucket "${bucket}"`);
      return openNatsRecords(link, bucket);
    },

    close: () =>
      (closing ??= (async () => {
        await Promise.all([...leave].map((stop) => stop()));
        await link.close();
      })()),
  };
}

async function connectTo(
  { servers, name, access = {} }: NatsBusOptions,
  backOff: BackOff,
): Promise<NatsConnection> {
  const granted = await accessOptions(servers, access);
  try {
    return await connect({
      ...granted,
      servers: [...servers],
      name,
      maxReconnectAttempts: -1,
      // A stack for each request, in case it fails: our errors say what was asked where.
      noAsyncTraces: true,
      reconnectDelayHandler: () => backOff.delayMs(),
    });
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    const why = reasons.get(codeOf(cause)) ?? text;
    throw new BusError(refusalOf(cause), `Cannot connect to NATS at ${servers.join(', ')}: ${why}`, {
      cause,
    });
  }
}

/** Whether a server was there at all. */
function refusalOf(cause: unknown): BusErrorCode {
  if (hasCode(cause, ErrorCode.AuthorizationViolation, ErrorCode.ServerOptionNotAvailable)) return 'refused';
  return /CERT|^ERR_TLS_|^ERR_SSL_|^UNABLE_TO_/.test(codeOf(cause)) ? 'refused' : 'disconnected';
}

const codeOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : '';

/** What to say where the library's own words help no user. */
const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    [ErrorCode.AuthorizationViolation]: 'it does not accept our key',
    [ErrorCode.ServerOptionNotAvailable]: 'it offers no TLS',
    [ErrorCode.ConnectionRefused]: 'nobody listens there',
  }),
);

/** Resolves when the server has it. After a lost connection it is sent again, so it may arrive twice. */
async function publishOnce(link: NatsLink, subject: string, bytes: Buffer): Promise<void> {
  do {
    await link.connected();
    link.connection.publish(subject, bytes);
  } while (!(await link.flushed()));
}

async function subscribeOnce(
  link: NatsLink,
  pattern: string,
  handler: (payload: unknown, subject: string) => void | Promise<void>,
  queue: string | undefined,
  pendingMax: number,
  onError: OnBusError,
): Promise<(closing: boolean) => Promise<void>> {
  const messages = createMessageQueue(handler, { messages: pendingMax, sizeBytes: Infinity }, onError);
  let shedding = false;
  const receive = (message: Msg): void => {
    if (messages.pending >= pendingMax) {
      if (!shedding) onError(slow(pattern, pendingMax), message.subject);
      shedding = true;
      return;
    }
    shedding = false;
    try {
      const { subject, data } = message;
      void messages.post({ subject, payload: decodePayload(data, subject), sizeBytes: data.length });
    } catch (error) {
      onError(error, message.subject);
    }
  };
  const subscription: Subscription = link.connection.subscribe(pattern, {
    ...(queue === undefined ? {} : { queue }),
    callback: (error, message) => (error === null ? receive(message) : onError(error, pattern)),
  });
  while (!(await link.flushed())) await link.connected();
  return async (closing) => {
    // A member of a group, and a bus that closes, still handle what the server has handed to them.
    if (closing || queue !== undefined) {
      await link.drain(subscription);
      await messages.idle();
      return;
    }
    subscription.unsubscribe();
    messages.stop();
  };
}

const slow = (pattern: string, pendingMax: number): BusError =>
  new BusError(
    'slowConsumer',
    `A subscriber to "${pattern}" has ${pendingMax} messages waiting: further ones are dropped`,
  );
