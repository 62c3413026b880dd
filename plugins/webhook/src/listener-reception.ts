/** The reception of a listener in this process. */
import { Failure } from '@tidemark/plugin-sdk';
import { createDesk, type Desk } from './desk.ts';
import { knownOf, type Reception } from './reception.ts';

export interface ListenerReception extends Reception {
  readonly desk: Desk;
  /** Settles when the listener is up, or cannot be; null while there is none. */
  listener: Promise<void> | null;
}

export function createListenerReception(): ListenerReception {
  const desk = createDesk();
  let asking = 0;
  const reception: ListenerReception = {
    desk,
    listener: null,
    // The service calls back before it answers.
    async ready() {
      if (reception.listener === null) throw notListening();
      await reception.listener;
    },
    async know(stored, { secrets }) {
      desk.know(knownOf(stored, secrets));
    },
    async forget() {
      desk.know([]);
    },
    async whileAsking(work) {
      asking += 1;
      desk.expectValidation(Infinity);
      try {
        return await work();
      } finally {
        asking -= 1;
        if (asking === 0) desk.expectValidation(null);
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
