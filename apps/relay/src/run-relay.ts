/**
 * The relay: takes in the notifications of many drives on a host with a public name, lets through those whose senders were
 * announced, and hands them on over JetStream. It has no login and no secret.
 */
import type { NatsAccess, NatsBus } from '@tidemark/bus';
import { BusError, connectNatsBus } from '@tidemark/bus';
import type { Clock, ListenAddress } from '@tidemark/contracts';
import { createHttpListen } from '@tidemark/listener';
import type { Notice } from '@tidemark/plugin-sdk';
import { bodyBytesMax, createAnswers, createRefusals, createTally } from '@tidemark/plugin-webhook';
import { matchesDigest } from '@tidemark/secrets';
import {
  announcementSubject,
  bucket,
  driveIn,
  notificationSubject,
  readAnnouncement,
  relayInbox,
  stream,
  written,
} from './protocol.ts';
import { openRegister, type Register, type Relayed } from './register.ts';

export interface RelayOptions {
  readonly server: string;
  readonly access: NatsAccess;
  readonly address: ListenAddress;
  readonly clock: Clock;
  /** Aborted when it is to end. */
  readonly signal: AbortSignal;
  tell(news: RelayNews): void;
}

/** What a relay has to say while it runs. `count`: the sum so far. */
export type RelayNews =
  | { readonly type: 'started'; readonly address: string; readonly drives: RegisteredDrives }
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected'; readonly detail: string }
  | {
      readonly type: 'announced';
      readonly drive: string;
      readonly asking: boolean;
      readonly drives: RegisteredDrives;
    }
  /** Messages that the server has taken over. */
  | { readonly type: 'handedOn'; readonly count: number }
  | { readonly type: 'problem'; readonly detail: string }
  | Extract<Notice, { type: 'signalReceived' | 'forged' | 'refused' | 'validationAnswered' }>;

export interface RegisteredDrives {
  readonly registered: number;
  readonly subscribed: number;
}

/** Notifications wait this long for the server before the service is asked to send them again. Milliseconds. */
const queueWithinMs = 800;
/** Counts are told this often at most. Milliseconds. */
const handedOnQuietMs = 100;
const firstPauseMs = 500;
const lastPauseMs = 10_000;

/** Resolves when the signal has ended it. Throws Failure `listenerFailed`, and BusError `badCredentials`. */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { clock, signal, tell } = options;
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const opened = await openServer(options);
  if (opened === null) return;
  const { bus, register } = opened;
  try {
    const handedOn = createTally(clock, signal, handedOnQuietMs, (count) =>
      tell({ type: 'handedOn', count }),
    );
    const handOn = async (relayed: Relayed): Promise<void> => {
      await publish(bus, relayed);
      handedOn.count(1);
    };
    const refused = createRefusals(clock, signal, tell);
    const answers = createAnswers<Relayed>(
      {
        ...{ clock, queueWithinMs, tell, refused, probe: null },
        newsOf: register.newsOf,
        expectsValidation: register.expectsValidation,
        queue: handOn,
      },
      signal,
    );
    const listening = await createHttpListen()(
      { ...options.address, bodyBytesMax, onRefused: refused },
      answers,
    );
    const subscribed = register.subscribed();
    tell({ type: 'started', address: describe(options.address, listening.port), drives: register.drives() });
    // Notifications that came while no relay listened may be given up by the service before it reaches us: one look each.
    void Promise.allSettled(subscribed.map(handOn));
    await ended;
    await listening.close();
  } finally {
    await bus.close();
  }
}

/**
 * No id made of the content: notifications of two changes read alike, and to drop the second could lose it. Each has an id
 * of its own, which stays the same when it has to be sent again.
 */
function publish(bus: NatsBus, { drive, subscriptionId, told }: Relayed): Promise<void> {
  return bus.publish(notificationSubject(drive), written({ subscriptionId, told }));
}

interface Opened {
  readonly bus: NatsBus;
  readonly register: Register;
}

/** Tries until there is a server with a working store. null: it is to end before. */
async function openServer(options: RelayOptions): Promise<Opened | null> {
  const { clock, signal, tell } = options;
  let said = '';
  for (let pauseMs = firstPauseMs; !signal.aborted; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
    try {
      return await open(options);
    } catch (error) {
      // Nothing but another file changes that.
      if (error instanceof BusError && error.code === 'badCredentials') throw error;
      const detail = error instanceof Error ? error.message : String(error);
      if (detail !== said) tell({ type: 'disconnected', detail });
      said = detail;
      await clock.sleep(pauseMs, signal);
    }
  }
  return null;
}

async function open({ server, access, clock, tell }: RelayOptions): Promise<Opened> {
  const bus = await connectNatsBus({
    servers: [server],
    name: 'tidemark relay',
    access: { ...access, inboxPrefix: relayInbox },
    durable: [notificationSubject('*')],
    durability: { stream, perSubjectMax: 64, sizeBytesMax: 64 << 20 },
    onError: (error) =>
      tell({ type: 'problem', detail: error instanceof Error ? error.message : String(error) }),
    onStatus: (status) =>
      tell(
        status === 'connected'
          ? { type: 'connected' }
          : { type: 'disconnected', detail: `the server at ${server} is gone` },
      ),
  });
  try {
    const register = await openRegister(await bus.records(bucket), clock, matchesDigest);
    await bus.respond(announcementSubject('*'), async (payload, subject) => {
      const drive = driveIn(subject);
      const announcement = readAnnouncement(payload);
      if (drive === null || announcement === null) throw new Error('the announcement cannot be read');
      await register.take(drive, announcement);
      tell({ type: 'announced', drive, asking: announcement.asking, drives: register.drives() });
      return written({ kept: true });
    });
    return { bus, register };
  } catch (error) {
    await bus.close();
    throw error;
  }
}

function describe(address: ListenAddress, port: number): string {
  return 'socketPath' in address
    ? address.socketPath
    : `${address.host === '' ? '0.0.0.0' : address.host}:${port}`;
}
