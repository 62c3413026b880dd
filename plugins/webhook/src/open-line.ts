/** The line to the relay: what comes over it, and what has to be said again when it was away. */
import type { ObserveContext, RelayedNotification, RelayLine } from '@tidemark/plugin-sdk';
import { hint, newsOf } from './news.ts';
import type { OpenListener } from './open-listener.ts';
import type { RelayReception } from './relay-reception.ts';
import { loadSecrets } from './stored-secrets.ts';
import { createTally } from './tally.ts';

export type Context = ObserveContext<
  { readonly relay: true; readonly secrets: true },
  { readonly overlapMs: number }
>;

/** Counts are told this often at most. Milliseconds. */
const signalQuietMs = 100;
const firstPauseMs = 1_000;
const lastPauseMs = 60_000;

export function openLine(reception: RelayReception, context: Context): OpenListener {
  const { clock, openRelay, report, secrets, tell } = context;
  const closing = new AbortController();
  let opened: RelayLine | null = null;
  let introducing = false;
  const signals = createTally(clock, closing.signal, signalQuietMs, (count) =>
    tell({ type: 'signalReceived', count }),
  );

  /**
   * Taken over when the bus has it. Should this process die before the engine has acted upon it, nothing is lost: a run
   * begins with a look at the drive.
   */
  async function take(notification: RelayedNotification): Promise<void> {
    signals.count(1);
    await report(newsOf(notification));
  }

  function changed(state: 'connected' | 'lost', detail: string): void {
    if (state === 'lost') return tell({ type: 'relayLost', detail });
    tell({ type: 'relayConnected', address: opened?.address ?? '' });
    // What waited at a server that lost its store is found by one look.
    void report(hint);
    void introduce();
  }

  async function open(): Promise<void> {
    // A subscription that outlived the run before is still being told of changes.
    const stored = await loadSecrets(secrets);
    const line = await openRelay({ take, changed });
    if (closing.signal.aborted) return void line.close();
    opened = line;
    reception.line = line;
    tell({ type: 'relayConnected', address: line.address });
    const first = reception.know(stored, context);
    void introduce(first);
  }

  /** Until the relay knows whose notifications are ours. Those that it knew before come all the same. */
  async function introduce(first = reception.announce()): Promise<void> {
    if (introducing) return void first.catch(() => undefined);
    introducing = true;
    let attempt = first;
    for (let pauseMs = firstPauseMs; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
      const problem = await attempt.then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (problem === null || closing.signal.aborted) break;
      tell({ type: 'relaySilent', detail: problem, retryMs: pauseMs });
      await clock.sleep(pauseMs, closing.signal);
      attempt = reception.announce();
    }
    introducing = false;
  }

  return {
    ready: open(),
    close() {
      closing.abort();
      if (opened === null) return;
      void opened.close();
      if (reception.line === opened) reception.line = null;
      opened = null;
    },
  };
}
