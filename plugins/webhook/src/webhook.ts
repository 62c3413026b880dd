/** Change notifications over HTTP: where they arrive, and the subscription that makes the service send them. */
import type { CommandOf } from '@tidemark/plugin-sdk';
import { definePlugin } from '@tidemark/plugin-sdk';
import { Observable } from 'rxjs';
import { config, relayedConfig } from './config.ts';
import { type Context, createSubscription } from './create-subscription.ts';
import { deleteSubscription, renewSubscription } from './keep-subscription.ts';
import { createListenerReception } from './listener-reception.ts';
import { openLine } from './open-line.ts';
import { openListener } from './open-listener.ts';
import type { Reception } from './reception.ts';
import { createRelayReception } from './relay-reception.ts';

export type Webhook = ReturnType<typeof createWebhook>;
export type RelayedWebhook = ReturnType<typeof createRelayedWebhook>;

/** A plugin for one host: listener and commands share what they know of the subscription. */
export function createWebhook() {
  const reception = createListenerReception();
  return definePlugin({
    name: 'webhook',
    version: '0.1.0',
    needs: { notifications: true, secrets: true, listen: 'http' },
    config,
    observe: (context) =>
      new Observable<never>((subscriber) => {
        const opened = openListener(reception, context);
        reception.listener = opened.ready;
        opened.ready.catch((error: unknown) => subscriber.error(error));
        return () => {
          reception.listener = null;
          opened.close();
        };
      }),
    handle: handlersOf(reception),
  });
}

/** The same, with a relay on another host in place of the listener. It has the same name, so that either finds what the other has subscribed. */
export function createRelayedWebhook() {
  const reception = createRelayReception();
  return definePlugin({
    name: 'webhook',
    version: '0.1.0',
    needs: { notifications: true, secrets: true, relay: true },
    config: relayedConfig,
    observe: (context) =>
      new Observable<never>((subscriber) => {
        const opened = openLine(reception, context);
        reception.opening = opened.ready;
        opened.ready.catch((error: unknown) => subscriber.error(error));
        return () => {
          reception.opening = null;
          opened.close();
        };
      }),
    handle: handlersOf(reception),
  });
}

function handlersOf(reception: Reception) {
  return {
    CreateSubscription: (command: CommandOf<'CreateSubscription'>, context: Context) =>
      createSubscription(reception, command, context),
    RenewSubscription: (command: CommandOf<'RenewSubscription'>, context: Context) =>
      renewSubscription(reception, command, context),
    DeleteSubscription: (command: CommandOf<'DeleteSubscription'>, context: Context) =>
      deleteSubscription(reception, command, context),
  };
}
