/** One connection, and what it takes to survive its interruptions. */
import {
  DebugEvents,
  ErrorCode,
  Events,
  type NatsConnection,
  NatsError,
  type Status,
  type Subscription,
} from 'nats';
import { BusError, type OnBusError } from './bus-error.ts';

export type OnNatsStatus = (status: 'connected' | 'disconnected', server: string) => void;

export interface NatsLink {
  readonly connection: NatsConnection;
  /** What the server takes in one message. */
  payloadBytesMax(): number;
  /** Resolves while connected, or when connected again. Throws BusError `closed` when that will not happen. */
  connected(): Promise<void>;
  /** The work's result, or `lost` as soon as the connection is: then the answer that the work waits for is lost too. */
  untilLost<Result>(work: Promise<Result>): Promise<Result | 'lost'>;
  /** true: the server has everything that was sent. false: the connection was lost before it said so. */
  flushed(): Promise<boolean>;
  /** Ends a subscription after what is on its way was delivered. */
  drain(subscription: Subscription): Promise<void>;
  close(): Promise<void>;
}

/** NATS's default, for the time without a connection, when no server can be asked. */
const PAYLOAD_BYTES_DEFAULT = 1 << 20;

export function linkTo(connection: NatsConnection, onError: OnBusError, onStatus?: OnNatsStatus): NatsLink {
  let payloadBytesMax = connection.info?.max_payload ?? PAYLOAD_BYTES_DEFAULT;
  let gate: PromiseWithResolvers<void> | undefined;
  let isDown = false;
  /** Told when the connection is lost. */
  const waiting = new Set<() => void>();
  let flushing: Promise<boolean> | undefined;
  let flushNext: Promise<boolean> | undefined;

  void follow();
  async function follow(): Promise<void> {
    for await (const status of connection.status()) take(status);
  }
  // A caller that waits for the connection learns that it will not come back.
  void connection.closed().then(() => gate?.resolve());

  function take({ type, data, permissionContext }: Status): void {
    if (type === Events.Disconnect) {
      gate ??= Promise.withResolvers();
      for (const tell of waiting) tell();
      // Attempts that are refused are told as losses too.
      if (!isDown) onStatus?.('disconnected', String(data));
      isDown = true;
    } else if (type === Events.Reconnect) {
      payloadBytesMax = connection.info?.max_payload ?? payloadBytesMax;
      gate?.resolve();
      gate = undefined;
      if (isDown) onStatus?.('connected', String(data));
      isDown = false;
    } else if (permissionContext !== undefined) {
      const { operation, subject } = permissionContext;
      onError(
        new BusError('refused', `NATS does not allow this client a ${operation} of "${subject}"`),
        subject,
      );
    } else if (type === Events.Error || type === DebugEvents.StaleConnection) {
      onError(new BusError('disconnected', `NATS reports: ${String(data)}`), '');
    }
  }

  async function flush(): Promise<boolean> {
    // What is handed to the client between two connections can get stuck there: it is sent anew on the next one.
    if (gate !== undefined) return false;
    try {
      await connection.flush();
      return true;
    } catch (error) {
      if (!isLost(error)) throw error;
      // This may be known here before the status says so.
      if (!connection.isClosed()) gate ??= Promise.withResolvers();
      return false;
    }
  }

  return {
    connection,
    payloadBytesMax: () => payloadBytesMax,
    async connected() {
      if (gate !== undefined) await gate.promise;
      if (connection.isClosed()) throw new BusError('closed', 'The connection to NATS is closed');
    },
    async untilLost(work) {
      const { promise, resolve } = Promise.withResolvers<'lost'>();
      const tell = (): void => resolve('lost');
      waiting.add(tell);
      try {
        return await Promise.race([work, promise]);
      } finally {
        waiting.delete(tell);
      }
    },
    /** All who ask while one flush runs share the next one. */
    flushed() {
      if (flushing === undefined) {
        flushing = flush().finally(() => (flushing = undefined));
        return flushing;
      }
      flushNext ??= flushing.then(() => {
        flushNext = undefined;
        flushing = flush().finally(() => (flushing = undefined));
        return flushing;
      });
      return flushNext;
    },
    async drain(subscription) {
      // Nothing is on its way, and the server would not answer.
      if (gate !== undefined) return subscription.unsubscribe();
      await subscription.drain().catch((error: unknown) => {
        // What was on its way is lost with the connection. One that the server refused is closed already.
        if (!isLost(error) && !hasCode(error, ErrorCode.SubClosed)) throw error;
      });
    },
    async close() {
      if (gate === undefined) {
        await connection.drain().catch((error: unknown) => {
          if (!isLost(error)) throw error;
        });
      }
      await connection.close();
    },
  };
}

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof NatsError && codes.includes(error.code);

const isLost = (error: unknown): boolean => hasCode(error, ErrorCode.Disconnect, ErrorCode.ConnectionClosed);
