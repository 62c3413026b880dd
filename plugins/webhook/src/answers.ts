/**
 * What each request is answered. A sender learns nothing: a notification that is ours and one that is forged get the same
 * answer, and what is no notification at all gets it as well.
 */
import type { AbortSignalLike, Answer, Clock, IncomingRequest, Notice } from '@tidemark/plugin-sdk';
import { coalesced } from './coalesce.ts';
import type { ProbeAdmission } from './probe-admission.ts';
import type { Row } from './read-notifications.ts';
import { readNotifications } from './read-notifications.ts';
import { createRate } from './rate.ts';
import { createTally } from './tally.ts';
import { validationTokenIn } from './validation-token.ts';

/** Who asks for notifications: this daemon, or all who are announced at a relay. `News` is plain data. */
export interface Asking<News> {
  readonly clock: Clock;
  /** How long a notification may wait before the service is asked to send it again. Milliseconds. */
  readonly queueWithinMs: number;
  /** What a row says; null when its sender has no secret that we know. `at`: milliseconds since 1970. */
  newsOf(row: Row, at: number): News | null;
  /** Lets in the requests of an examination; null where there is none. */
  readonly probe: ProbeAdmission | null;
  /** Whether the service may ask now if the address is ours. */
  expectsValidation(at: number): boolean;
  /** Resolves when it is handed over for good. */
  queue(news: News): Promise<void>;
  /** Told why a request was turned away. */
  refused(reason: 'method' | 'validation' | 'validationRate' | 'notQueued'): void;
  tell(notice: Extract<Notice, { type: 'signalReceived' | 'forged' | 'validationAnswered' }>): void;
}

const taken: Answer = { status: 202 };

/** Counts are told this often at most. Milliseconds. */
const signalQuietMs = 100;
const forgedQuietMs = 10_000;
const validationQuietMs = 1_000;

/**
 * The calls of the service look like those of strangers, so that a number of them which strangers can use up would keep the
 * subscription from being made. An echo costs no more than a refusal: the rate only bounds what is sent back.
 */
const validationsPerSecond = 500;

export function createAnswers<News>(
  asking: Asking<News>,
  closing: AbortSignalLike,
): (request: IncomingRequest) => Promise<Answer> {
  const { clock, probe, queueWithinMs, tell } = asking;
  const signals = createTally(clock, closing, signalQuietMs, (count) =>
    tell({ type: 'signalReceived', count }),
  );
  const forged = createTally(clock, closing, forgedQuietMs, (count) => tell({ type: 'forged', count }));
  const validations = createTally(clock, closing, validationQuietMs, (count) =>
    tell({ type: 'validationAnswered', count }),
  );
  const validationRate = createRate(validationsPerSecond);
  const put = coalesced((news: News) => asking.queue(news));
  /** Those who wait for the same share one deadline. */
  const ends = new Map<Promise<void>, Promise<'queued' | 'refused'>>();

  return async (request) => {
    if (request.method !== 'POST') return refuse('method', { status: 405, headers: { allow: 'POST' } });
    const token = validationTokenIn(request.target);
    if (token !== null) {
      if (probe !== null && (await probe.admits(request.target))) return echo(token);
      return answerValidation(token);
    }
    const news = newsIn(request);
    if (news.length === 0) return taken;
    signals.count(1);
    const all = await Promise.all(news.map(queue));
    return all.includes('refused') ? refuse('notQueued', { status: 503 }) : taken;
  };

  function refuse(reason: Parameters<typeof asking.refused>[0], answer: Answer): Answer {
    asking.refused(reason);
    return answer;
  }

  function answerValidation(token: string): Answer {
    if (token === '' || !asking.expectsValidation(clock.now())) return refuse('validation', { status: 404 });
    if (!validationRate.admits(clock.monotonic())) return refuse('validationRate', { status: 429 });
    validations.count(1);
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
  function newsIn(request: IncomingRequest): readonly News[] {
    const rows = readNotifications(request);
    if (rows === null) {
      forged.count(1);
      return [];
    }
    const at = clock.now();
    const readable = rows.filter((row) => row !== 'unreadable');
    const probes = readable.filter((row) => probe?.recognises(row, at) === true);
    const ours = readable.map((row) => asking.newsOf(row, at)).filter((news) => news !== null);
    forged.count(rows.length - ours.length - probes.length);
    return [...new Map(ours.map((news) => [JSON.stringify(news), news])).values()];
  }

  function queue(news: News): Promise<'queued' | 'refused'> {
    const sent = put(news);
    const before = ends.get(sent);
    if (before !== undefined) return before;
    const done = new AbortController();
    const end = Promise.race([
      sent.then(
        () => 'queued' as const,
        () => 'refused' as const,
      ),
      clock.sleep(queueWithinMs, done.signal).then(() => 'refused' as const),
    ]).finally(() => {
      done.abort();
      ends.delete(sent);
    });
    ends.set(sent, end);
    return end;
  }
}
