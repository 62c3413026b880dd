/** Change notifications over HTTP: the listener they arrive at, and the subscription that makes the service send them. */
import { definePlugin } from '@tidemark/plugin-sdk';
import { Observable } from 'rxjs';
import { config } from './config.ts';
import { createSubscription } from './create-subscription.ts';
import { createDesk } from './desk.ts';
import { deleteSubscription, renewSubscription } from './keep-subscription.ts';
import { openListener } from './open-listener.ts';

export type Webhook = ReturnType<typeof createWebhook>;

/** A plugin for one host: listener and commands share what they know of the subscription. */
export function createWebhook() {
  const desk = createDesk();
  return definePlugin({
    name: 'webhook',
    version: '0.1.0',
    needs: { notifications: true, secrets: true, listen: 'http' },
    config,
    observe: (context) =>
      new Observable<never>((subscriber) => {
        const opened = openListener(desk, context);
        desk.listener = opened.ready;
        opened.ready.catch((error: unknown) => subscriber.error(error));
        return () => {
          desk.listener = null;
          opened.close();
        };
      }),
    handle: {
      CreateSubscription: (command, context) => createSubscription(desk, command, context),
      RenewSubscription: (command, context) => renewSubscription(desk, command, context),
      DeleteSubscription: (command, context) => deleteSubscription(desk, command, context),
    },
  });
}
