/** The bus inside one process: no server, no copies, the same semantics as over NATS. */
import type { Bus, BusSubscription, Clock } from '@tidemark/contracts';
import { BusError, type OnBusError, throwUncaught } from './bus-error.ts';
import { createMessageQueue, type MessageQueue, type Message } from './message-queue.ts';
import { freezePayload, tooLarge } from './payload.ts';
import { checkPattern, checkSubject, matches } from './subject.ts';
import { withTimeout } from './timeout.ts';

export interface InProcessBusOptions {
  /** Told about errors of handlers. Without it they are uncaught. */
  readonly onError?: OnBusError;
  /** Messages that may wait for one subscriber before its publishers have to wait. */
  readonly pendingMax?: number;
  /** Size that these may have together, roughly: publishers of large messages wait sooner. */
  readonly pendingBytesMax?: number;
  /** Size that one payload may have, as JSON, roughly. */
  readonly payloadBytesMax?: number;
  /** Times requests; real time without it. */
  readonly clock?: Pick<Clock, 'sleep'>;
}

interface Subscriber {
  readonly pattern: string;
  readonly queue: string | undefined;
  readonly messages: MessageQueue;
}

interface Responder {
  readonly pattern: string;
  readonly handler: (payload: unknown, subject: string) => unknown | Promise<unknown>;
}

/** Who gets a message: each of `alone`, and one of each of `groups`. */
interface Route {
  readonly alone: readonly Subscriber[];
  readonly groups: readonly (readonly Subscriber[])[];
}

/** Routes that are remembered. Subjects may hold ids, so there is no end to them. */
const ROUTES_MAX = 4096;

/** Payloads are frozen, not copied: a publisher must not change what it has published, either. */
export function createInProcessBus(options: InProcessBusOptions = {}): Bus {
  const { onError = throwUncaught, payloadBytesMax = 64 << 20, clock } = options;
  const limits = { messages: options.pendingMax ?? 1024, sizeBytes: options.pendingBytesMax ?? 32 << 10 };
  let subscribers: readonly Subscriber[] = [];
  let responders: readonly Responder[] = [];
  const routes = new Map<string, Route>();
  const answering = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  function routeOf(subject: string): Route {
    const known = routes.get(subject);
    if (known !== undefined) return known;
    checkSubject(subject);
    const route = findRoute(subscribers.filter(({ pattern }) => matches(pattern, subject)));
    if (routes.size >= ROUTES_MAX) routes.clear();
    routes.set(subject, route);
    return route;
  }

  function accept(subject: string, payload: unknown): number {
    if (closing !== undefined)
      throw new BusError('closed', `Cannot publish to "${subject}": the bus is closed`);
    const sizeBytes = freezePayload(payload);
    if (sizeBytes > payloadBytesMax) throw tooLarge(subject, sizeBytes, payloadBytesMax);
    return sizeBytes;
  }

  function replaceSubscribers(next: readonly Subscriber[]): void {
    subscribers = next;
    routes.clear();
  }

  return {
    async publish(subject, payload) {
      const route = routeOf(subject);
      const sizeBytes = accept(subject, payload);
      await post(route, { subject, payload, sizeBytes });
    },

    async subscribe(pattern, handler, { queue } = {}): Promise<BusSubscription> {
      checkPattern(pattern);
      if (closing !== undefined)
        throw new BusError('closed', `Cannot subscribe to "${pattern}": the bus is closed`);
      const subscriber = { pattern, queue, messages: createMessageQueue(handler, limits, onError) };
      replaceSubscribers([...subscribers, subscriber]);
      return {
        async unsubscribe() {
          replaceSubscribers(subscribers.filter((one) => one !== subscriber));
          const left = subscriber.messages.stop();
          if (queue === undefined) return;
          // The rest of the group takes over what this member did not get to.
          for (const message of left) {
            void post(
              { alone: [], groups: routeOf(message.subject).groups.filter(([one]) => one?.queue === queue) },
              message,
            );
          }
        },
      };
    },

    async request(subject, payload, timeoutMs) {
      checkSubject(subject);
      accept(subject, payload);
      const responder = responders.find(({ pattern }) => matches(pattern, subject));
      if (responder === undefined)
        throw new BusError('noResponders', `Nobody answers requests on "${subject}"`);
      const answer = answerOf(responder, subject, payload);
      answering.add(answer);
      void answer.finally(() => answering.delete(answer)).catch(() => {});
      return withTimeout(answer, subject, timeoutMs, clock);
    },

    async respond(pattern, handler): Promise<BusSubscription> {
      checkPattern(pattern);
      const responder = { pattern, handler };
      responders = [...responders, responder];
      return {
        async unsubscribe() {
          responders = responders.filter((one) => one !== responder);
        },
      };
    },

    close: () =>
      (closing ??= (async () => {
        await Promise.all(subscribers.map(({ messages }) => messages.idle()));
        await Promise.allSettled(answering);
        replaceSubscribers([]);
        responders = [];
      })()),
  };

  async function answerOf({ handler }: Responder, subject: string, payload: unknown): Promise<unknown> {
    try {
      await Promise.resolve();
      const answer = (await handler(payload, subject)) ?? null;
      freezePayload(answer);
      return answer;
    } catch (error) {
      onError(error, subject);
      const text = error instanceof Error ? error.message : String(error);
      throw new BusError('responderFailed', `The responder on "${subject}" failed: ${text}`, {
        cause: error,
      });
    }
  }
}

function findRoute(matching: readonly Subscriber[]): Route {
  const groups = Map.groupBy(matching, ({ queue }) => queue);
  const alone = groups.get(undefined) ?? [];
  groups.delete(undefined);
  return { alone, groups: [...groups.values()] };
}

/** Resolves when every subscriber took it over. */
async function post({ alone, groups }: Route, message: Message): Promise<void> {
  const waits: Promise<void>[] = [];
  const put = ({ messages }: Subscriber): void => {
    const wait = messages.post(message);
    if (wait !== undefined) waits.push(wait);
  };
  alone.forEach(put);
  for (const members of groups) put(leastBusy(members));
  if (waits.length > 0) await Promise.all(waits);
}

const leastBusy = (members: readonly Subscriber[]): Subscriber =>
  members.reduce((best, one) => (one.messages.pending < best.messages.pending ? one : best));
