/** The listener: up before anything is subscribed, and the ear of the desk. */
import type { Listening, ObserveContext } from '@tidemark/plugin-sdk';
import { createAnswers } from './answers.ts';
import type { WebhookConfig } from './config.ts';
import type { Desk } from './desk.ts';
import { loadSecrets } from './stored-secrets.ts';

export type Context = ObserveContext<{ readonly listen: 'http'; readonly secrets: true }, WebhookConfig>;

const bodyBytesMax = 256 * 1024;

export interface OpenListener {
  /** Rejects with Failure when there is no listening at that address. */
  readonly ready: Promise<void>;
  close(): void;
}

export function openListener(desk: Desk, context: Context): OpenListener {
  const { config, listen, secrets, tell } = context;
  const { host, port, socketPath } = config;
  const closing = new AbortController();
  let listening: Listening | null = null;

  async function open(): Promise<void> {
    // A subscription that outlived the run before is still being told of changes.
    desk.know(await loadSecrets(secrets), secrets);
    const address = socketPath === null ? { host, port } : { socketPath };
    const opened = await listen({ ...address, bodyBytesMax }, createAnswers(desk, context, closing.signal));
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
