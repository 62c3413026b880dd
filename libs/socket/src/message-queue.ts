/** Messages that came in over a socket: kept until the plugin listens, within a limit. */
import { Observable, type Subscriber } from 'rxjs';

export interface MessageQueue {
  readonly messages: Observable<string>;
  /** False when there is no room for it. */
  put(message: string): boolean;
  /** No more will come; `error` null: the other side closed as agreed. */
  end(error: unknown): void;
}

/** @param charactersMax of all messages that wait together */
export function createMessageQueue(charactersMax: number): MessageQueue {
  const waiting: string[] = [];
  let waitingCharacters = 0;
  let listener: Subscriber<string> | null = null;
  let ending: { readonly error: unknown } | null = null;

  return {
    messages: new Observable((subscriber) => {
      listener = subscriber;
      for (const message of waiting.splice(0)) subscriber.next(message);
      waitingCharacters = 0;
      if (ending !== null) finish(subscriber, ending.error);
      return () => {
        if (listener === subscriber) listener = null;
      };
    }),
    put(message) {
      if (listener !== null) {
        listener.next(message);
        return true;
      }
      waitingCharacters += message.length;
      if (waitingCharacters > charactersMax) return false;
      waiting.push(message);
      return true;
    },
    end(error) {
      if (ending !== null) return;
      ending = { error };
      if (listener !== null) finish(listener, error);
    },
  };
}

function finish(subscriber: Subscriber<string>, error: unknown): void {
  if (error === null) subscriber.complete();
  else subscriber.error(error);
}
