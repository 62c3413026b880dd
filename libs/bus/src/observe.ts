/** The bus as a stream. */
import { Observable } from 'rxjs';
import type { Bus } from '@tidemark/contracts';

export interface Observed {
  readonly subject: string;
  readonly payload: unknown;
}

/** Subscribes to the bus with its first subscriber, and unsubscribes with it. Errors only when the subscription itself is refused. */
export const observe = (bus: Bus, pattern: string): Observable<Observed> =>
  new Observable<Observed>((observer) => {
    const subscribed = bus.subscribe(pattern, (payload, subject) => observer.next({ subject, payload }));
    subscribed.catch((error: unknown) => observer.error(error));
    return () => {
      void subscribed.then(
        (subscription) => subscription.unsubscribe(),
        () => {},
      );
    };
  });
