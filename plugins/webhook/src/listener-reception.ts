/** The reception of a listener in this process. */
import { Failure } from '@tidemark/plugin-sdk';
import { createKnownSenders, type KnownSenders } from './known-senders.ts';
import { knownOf, type Reception } from './reception.ts';

export interface ListenerReception extends Reception {
  readonly senders: KnownSenders;
  /** Settles when the listener is up, or cannot be; null while there is none. */
  listener: Promise<void> | null;
}

export function createListenerReception(): ListenerReception {
  const senders = createKnownSenders();
  let asking = 0;
  const reception: ListenerReception = {
    senders,
    listener: null,
    // The service calls back before it answers.
    async ready() {
      if (reception.listener === null) throw notListening();
      await reception.listener;
    },
    async know(stored, { secrets }) {
      senders.know(knownOf(stored, secrets));
    },
    async forget() {
      senders.know([]);
    },
    async whileAsking(work) {
      asking += 1;
      senders.expectValidation(Infinity);
      try {
        return await work();
      } finally {
        asking -= 1;
        if (asking === 0) senders.expectValidation(null);
      }
    },
  };
  return reception;
}

function notListening(): Failure {
  return new Failure({
    code: 'listenerFailed',
    detail: 'Cannot create the subscription: nothing listens for the answer of the service',
  });
}
