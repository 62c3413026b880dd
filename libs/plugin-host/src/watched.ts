/** What watchers of a run are shown: events, verdicts, notices and progress, as they come over the bus. */
import type { Bus, BusSubscription, RecordedEvent } from '@tidemark/contracts';
import type { ItemVerdict, ToldNotice, TransferProgress } from '@tidemark/plugin-sdk';
import type { Observable } from 'rxjs';
import { Subject } from 'rxjs';
import type { Subjects } from './subjects.ts';

export interface Watched {
  readonly streams: {
    readonly events: Observable<readonly RecordedEvent[]>;
    readonly verdicts: Observable<readonly ItemVerdict[]>;
    readonly progress: Observable<TransferProgress>;
    readonly notices: Observable<ToldNotice>;
  };
  open(): Promise<void>;
  /** Resolves when everything published before has been shown: a run ends with lines that must not be lost. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export function createWatched(bus: Bus, subjects: Subjects): Watched {
  const events = new Subject<readonly RecordedEvent[]>();
  const verdicts = new Subject<readonly ItemVerdict[]>();
  const progress = new Subject<TransferProgress>();
  const notices = new Subject<ToldNotice>();
  const subscriptions: BusSubscription[] = [];
  const draining = new Map<string, () => void>();

  return {
    streams: {
      events: events.asObservable(),
      verdicts: verdicts.asObservable(),
      progress: progress.asObservable(),
      notices: notices.asObservable(),
    },
    async open() {
      // What engine and host publish on these subjects has these types.
      await subscribe(subjects.event, (batch) => events.next(batch as readonly RecordedEvent[]));
      await subscribe(subjects.verdict, (batch) => verdicts.next(batch as readonly ItemVerdict[]));
      await subscribe(subjects.notice, (batch) => {
        for (const notice of batch as readonly ToldNotice[]) notices.next(notice);
      });
      subscriptions.push(
        await bus.subscribe(subjects.progress, (payload) => progress.next(payload as TransferProgress)),
      );
    },
    async drain() {
      if (subscriptions.length === 0) return;
      await Promise.all([subjects.event, subjects.verdict, subjects.notice].map(drainSubject));
    },
    async close() {
      await Promise.all(subscriptions.splice(0).map((subscription) => subscription.unsubscribe()));
      events.complete();
      verdicts.complete();
      progress.complete();
      notices.complete();
    },
  };

  async function subscribe(subject: string, show: (batch: readonly unknown[]) => void): Promise<void> {
    subscriptions.push(
      await bus.subscribe(subject, (payload) => {
        if (!Array.isArray(payload)) return;
        if (payload.length > 0) show(payload);
        else draining.get(subject)?.();
      }),
    );
  }

  /** An empty batch follows everything that was published before it. */
  async function drainSubject(subject: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    draining.set(subject, resolve);
    await bus.publish(subject, []);
    await promise;
  }
}
