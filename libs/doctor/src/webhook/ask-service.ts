/** Has the service itself validate the address, with a subscription that lives for a moment. */
import type { Clock, Notifications, ServiceAnswer } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { ListenerFound, NotificationSent, ServiceAsked } from './facts.ts';
import type { Probe } from './probe.ts';

export interface Service {
  /** Null: no user is logged in. */
  readonly notifications: Pick<Notifications, 'create' | 'delete'> | null;
  /** What it has just said when it could not reach the address: then it is not asked again. */
  readonly refusal: ServiceAnswer | null;
  /** Changes the drive and takes it back; null: it is not to be changed. */
  readonly change: (() => Promise<void>) | null;
  readonly clock: Clock;
}

export interface ServiceSaid {
  readonly asked: ServiceAsked;
  readonly live: NotificationSent | null;
}

/** Should this process be killed, the subscription ends by itself after this time. */
const lifetimeMs = 600_000;
/** The service tells of a change within a minute on average, and within five at the latest. */
const liveWaitMs = 120_000;

export async function askService(
  { notifications, refusal, change, clock }: Service,
  url: URL,
  probe: Probe,
  listener: ListenerFound,
): Promise<ServiceSaid> {
  const unknown = (why: string): ServiceSaid => ({
    asked: { type: 'unknown', why },
    live:
      change === null
        ? null
        : { type: 'unsent', why: 'The service tells nobody while the address is not validated' },
  });
  if (refusal !== null) return { ...unknown(''), asked: { type: 'refused', answer: refusal } };
  if (listener.type !== 'ours' && listener.type !== 'lent') return unknown('nobody of ours listens');
  if (notifications === null) return unknown('nobody is logged in');
  const startedAt = clock.monotonic();
  try {
    const marked = new URL(probe.marked(url.href));
    const created = await notifications.create({
      url: marked.href,
      clientState: probe.clientState,
      lifetimeMs,
    });
    const asked = { type: 'validated', tookMs: Math.round(clock.monotonic() - startedAt) } as const;
    try {
      return { asked, live: change === null ? null : await tellOf(change, created.id, probe, clock) };
    } finally {
      await notifications.delete(created.id);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, answer, detail } = error.details;
    if (code === 'callbackFailed' && answer !== undefined)
      return { ...unknown(''), asked: { type: 'refused', answer } };
    return unknown(detail);
  }
}

async function tellOf(
  change: () => Promise<void>,
  subscriptionId: string,
  probe: Probe,
  clock: Clock,
): Promise<NotificationSent> {
  const startedAt = clock.monotonic();
  await change();
  const hasArrived = await probe.hasSeen(subscriptionId, liveWaitMs);
  const tookMs = Math.round(clock.monotonic() - startedAt);
  return hasArrived ? { type: 'arrived', tookMs } : { type: 'lost', status: 0, tookMs };
}
