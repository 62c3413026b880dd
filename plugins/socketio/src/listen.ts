/**
 * Keeps one channel open: asks for an address, listens, renews before it ends, and begins again whenever it breaks. The
 * old connection serves until the new one is up. Whatever happens here, polling goes on elsewhere.
 */
import type {
  AbortSignalLike,
  Clock,
  Connect,
  HintReceived,
  Notice,
  Notifications,
  Random,
} from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import { createPauses } from './pauses.ts';
import { createSignals, type Signals } from './signals.ts';
import { openSession, type Session } from './session.ts';

export interface Listening {
  readonly notifications: Pick<Notifications, 'socketAddress'>;
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  report(hint: HintReceived): Promise<void>;
  tell(notice: Notice): void;
}

const renewBeforeMs = 120_000;
const renewRetryMs = 60_000;
/** Looked at anew this often: the wall clock may jump, and the machine may sleep. */
const checkMs = 5 * 60_000;
/** A session that lived so long counts as one that works. */
const steadyMs = 60_000;

interface Open {
  readonly session: Session;
  /** Milliseconds since 1970; null: never. */
  readonly renewAt: number | null;
}

/** Runs until the signal aborts. Throws nothing but bugs: a failure of the service is tried again. */
export function listen(context: Listening, signal: AbortSignalLike): Promise<void> {
  const bug = Promise.withResolvers<void>();
  const signals = createSignals(context, bug.reject);
  return Promise.race([bug.promise, keepListening(context, signals, signal)]);
}

async function keepListening(context: Listening, signals: Signals, signal: AbortSignalLike): Promise<void> {
  const { clock, tell } = context;
  const pauses = createPauses(context.random);
  let isRetry = false;

  while (!signal.aborted) {
    tell({ type: 'channelWanted', isRetry });
    isRetry = true;
    let opened: Open;
    try {
      opened = await open();
    } catch (error) {
      if (signal.aborted) return;
      await pause(failureIn(error));
      continue;
    }
    tell({ type: 'channelOpened' });
    signals.look();
    const openedAt = clock.monotonic();
    const why = await serve(opened);
    if (signal.aborted) return;
    if (clock.monotonic() - openedAt >= steadyMs) pauses.reset();
    const retryMs = Math.round(pauses.next(null));
    tell({ type: 'channelClosed', detail: `The Socket.IO channel ended: ${why}`, retryMs });
    await clock.sleep(retryMs, signal);
  }

  async function open(): Promise<Open> {
    const { url, expiresAt } = await context.notifications.socketAddress();
    const session = await openSession({
      connect: context.connect,
      clock,
      address: url,
      signal,
      notified: () => signals.received(),
      alive: () => tell({ type: 'channelAlive' }),
    });
    return { session, renewAt: expiresAt === null ? null : renewalOf(expiresAt) };
  }

  /** Short-lived addresses are renewed at half their time. */
  function renewalOf(expiresAt: number): number {
    const leftMs = expiresAt - clock.now();
    return expiresAt - Math.min(renewBeforeMs, Math.max(0, leftMs / 2));
  }

  /** Resolves with the reason when the channel is gone. */
  async function serve(first: Open): Promise<string> {
    let current = first;
    for (;;) {
      const due = await untilRenewal(current);
      if (due !== null) return due;
      try {
        const next = await open();
        current.session.close();
        current = next;
        signals.look();
      } catch (error) {
        if (signal.aborted) return 'it was closed';
        const failure = failureIn(error);
        const retryMs = Math.max(renewRetryMs, failure.details.afterMs ?? 0);
        tell({ type: 'channelFailed', detail: failure.message, retryMs });
        current = { session: current.session, renewAt: clock.now() + retryMs };
      }
    }
  }

  /** null: it is time to renew; otherwise why the session ended. */
  async function untilRenewal({ session, renewAt }: Open): Promise<string | null> {
    const over = new AbortController();
    let why: string | null = null;
    void session.ended.then((reason) => {
      why = reason;
      over.abort();
    });
    // What ended already is known after this turn.
    await Promise.resolve();
    while (why === null) {
      const leftMs = renewAt === null ? checkMs : renewAt - clock.now();
      if (leftMs <= 0) return null;
      await clock.sleep(Math.min(leftMs, checkMs), over.signal);
    }
    return why;
  }

  async function pause(failure: Failure): Promise<void> {
    const retryMs = Math.round(pauses.next(failure));
    tell({ type: 'channelFailed', detail: failure.message, retryMs });
    await clock.sleep(retryMs, signal);
  }
}

function failureIn(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
