/**
 * What each request is answered. A sender learns nothing: a notification that is ours and one that is forged get the same
 * answer, and what is no notification at all gets it as well.
 */
import type { AbortSignalLike, Answer, IncomingRequest, SpontaneousObservation } from '@tidemark/plugin-sdk';
import type { Desk } from './desk.ts';
import type { Context } from './open-listener.ts';
import { createProbeDoor } from './probe-door.ts';
import type { Row } from './read-notifications.ts';
import { readNotifications } from './read-notifications.ts';
import { createTally } from './tally.ts';
import { validationTokenIn } from './validation-token.ts';

const hint = { type: 'HintReceived', side: 'remote', source: 'webhook' } as const;
const taken: Answer = { status: 202 };

/** Counts are told this often at most. Milliseconds. */
const signalQuietMs = 100;
const forgedQuietMs = 10_000;

export function createAnswers(
  desk: Desk,
  context: Context,
  closing: AbortSignalLike,
): (request: IncomingRequest) => Promise<Answer> {
  const { clock, config, report, secrets, tell } = context;
  const signals = createTally(clock, closing, signalQuietMs, (count) =>
    tell({ type: 'signalReceived', count }),
  );
  const forged = createTally(clock, closing, forgedQuietMs, (count) => tell({ type: 'forged', count }));
  const probe = createProbeDoor(context);
  const waiting = new Map<string, Promise<'queued' | 'refused'>>();

  return async (request) => {
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const token = validationTokenIn(request.target);
    if (token !== null) {
      if (await probe.admits(request.target)) return echo(token);
      return answerValidation(token);
    }
    const news = newsIn(request);
    if (news.length === 0) return taken;
    signals.count(1);
    const ends = await Promise.all(news.map(queue));
    return ends.includes('refused') ? { status: 503 } : taken;
  };

  function answerValidation(token: string): Answer {
    if (token === '' || !desk.admitValidation()) return { status: 404 };
    tell({ type: 'validationAnswered' });
    return echo(token);
  }

  function echo(token: string): Answer {
    return {
      status: 200,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
      body: token,
    };
  }

  /** What the rows that are ours say, each thing once. */
  function newsIn(request: IncomingRequest): readonly SpontaneousObservation[] {
    const rows = readNotifications(request);
    if (rows === null) {
      forged.count(1);
      return [];
    }
    const at = clock.now();
    const readable = rows.filter((row) => row !== 'unreadable');
    const probes = readable.filter((row) => probe.recognises(row, at));
    const ours = readable.filter((row) => desk.recognises(row, at, secrets));
    forged.count(rows.length - ours.length - probes.length);
    const news = new Map(ours.map((row) => [keyOf(row), newsOf(row)]));
    return [...news.values()];
  }

  /** One of a kind waits for the bus; whoever brings another waits with it. */
  function queue(observation: SpontaneousObservation): Promise<'queued' | 'refused'> {
    const key = JSON.stringify(observation);
    const before = waiting.get(key);
    if (before !== undefined) return before;
    const done = new AbortController();
    const end = Promise.race([
      report(observation).then(
        () => 'queued' as const,
        () => 'refused' as const,
      ),
      clock.sleep(config.queueWithinMs, done.signal).then(() => 'refused' as const),
    ]).finally(() => {
      done.abort();
      waiting.delete(key);
    });
    waiting.set(key, end);
    return end;
  }
}

function keyOf({ subscriptionId, told }: Row): string {
  return told === null ? '' : `${told} ${subscriptionId}`;
}

function newsOf({ subscriptionId, told }: Row): SpontaneousObservation {
  return told === null ? hint : { type: 'SubscriptionTold', subscriptionId, told };
}
