/** The listener: up before anything is subscribed, and the ear of the reception. */
import type { Listening, ObserveContext, SpontaneousObservation } from '@tidemark/plugin-sdk';
import { type Asking, createAnswers } from './answers.ts';
import type { WebhookConfig } from './config.ts';
import type { ListenerReception } from './listener-reception.ts';
import { newsOf } from './news.ts';
import { createProbeAdmission } from './probe-admission.ts';
import { type CountRefusal, createRefusals } from './refusals.ts';
import { loadSecrets } from './stored-secrets.ts';

export type Context = ObserveContext<{ readonly listen: 'http'; readonly secrets: true }, WebhookConfig>;

export const bodyBytesMax = 256 * 1024;

export interface OpenListener {
  /** Rejects with Failure when there is no listening at that address. */
  readonly ready: Promise<void>;
  close(): void;
}

export function openListener(reception: ListenerReception, context: Context): OpenListener {
  const { config, listen, secrets, tell } = context;
  const { host, port, socketPath } = config;
  const closing = new AbortController();
  let listening: Listening | null = null;

  async function open(): Promise<void> {
    // A subscription that outlived the run before is still being told of changes.
    await reception.know(await loadSecrets(secrets), context);
    const address = socketPath === null ? { host, port } : { socketPath };
    const refused = createRefusals(context.clock, closing.signal, tell);
    const answers = createAnswers(askingOf(reception, context, refused), closing.signal);
    const opened = await listen({ ...address, bodyBytesMax, onRefused: refused }, answers);
    if (closing.signal.aborted) return void opened.close();
    listening = opened;
    tell({
      type: 'listenerStarted',
      address: socketPath ?? `${host === '' ? '0.0.0.0' : host}:${opened.port}`,
    });
  }

  return {
    ready: open(),
    close() {
      closing.abort();
      if (listening === null) return;
      void listening.close();
      listening = null;
      tell({ type: 'listenerStopped' });
    },
  };
}

export function askingOf(
  { senders }: ListenerReception,
  { clock, config, report, secrets, tell }: Context,
  refused: CountRefusal,
): Asking<SpontaneousObservation> {
  return {
    ...{ clock, tell, refused, queueWithinMs: config.queueWithinMs },
    probe: createProbeAdmission({ clock, secrets }),
    newsOf: (row, at) => (senders.recognises(row, at, secrets.matches) ? newsOf(row) : null),
    expectsValidation: senders.expectsValidation,
    queue: report,
  };
}
