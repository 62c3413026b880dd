/**
 * Calls to Graph and to the pre-authenticated hosts it names: budget, credentials, bounded retries. Every status that
 * retrying cannot change is a reply for the caller to judge; a write whose answer was lost is reported as such, because
 * only the caller knows how to find out whether it happened.
 */
import type { AbortSignalLike, Clock, Random } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import { faultFailure, refusal, saidIn, type Reply } from '../errors.ts';
import { headerOf, isBelievable, isTransientRefusal, readReply } from './answers.ts';
import type { Answer, BodyReceiver } from './exchange.ts';
import type { Budget, RequestKind } from './budget.ts';
import type { Network, OutgoingRequest } from './network.ts';
import { claimsOf } from './claims.ts';
import { pauseMaxMs } from './retry-after.ts';
import { TransportFault } from './transport-fault.ts';

/** Who lends access tokens. */
export interface TokenSource {
  /** A promise only when the token has to be fetched first. Throws Failure. */
  accessToken(): string | Promise<string>;
  /** Graph answered 401 to this token: the next one is another. */
  renew(refused: string, claims: string | null): Promise<string>;
}

export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly baseDelayMs: number;
  readonly delayMaxMs: number;
  /** Longest wait inside one call; beyond it the call fails and says how long to wait. */
  readonly waitMaxMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attemptsMax: 4,
  baseDelayMs: 1_000,
  delayMaxMs: 120_000,
  waitMaxMs: 120_000,
};

export interface GraphRequest {
  readonly kind: RequestKind;
  readonly method: OutgoingRequest['method'];
  readonly origin: string;
  readonly path: string;
  /** Starts a failure's text: `Cannot read item "01ABC"`. */
  readonly action: string;
  /** `none` for pre-authenticated URLs, which refuse it and are secrets themselves. */
  readonly credentials: 'bearer' | 'none';
  /** `read`: may be repeated at will. `write`: an unclear outcome comes back as `lost`. */
  readonly effect: 'read' | 'write';
  readonly headers?: readonly string[];
  /** A function opens the body anew for each attempt. */
  readonly body?: string | Uint8Array | (() => AsyncIterable<Uint8Array>);
  readonly bodySizeBytes?: number;
  /** Asked when its turn has come: why it is not sent, or null. */
  readonly notSent?: () => Failure | null;
  readonly signal?: AbortSignalLike | undefined;
  readonly receiver?: BodyReceiver;
  readonly bodyMaxBytes?: number;
}

export type Outcome =
  | { readonly type: 'replied'; readonly reply: Reply }
  /** The write may or may not have happened. */
  | { readonly type: 'lost'; readonly failure: Failure };

export interface GraphClient {
  /** Throws Failure. For reads, and for writes that do no harm when repeated. */
  call(request: GraphRequest): Promise<Reply>;
  /** Throws Failure only when the write certainly did not happen. */
  attempt(request: GraphRequest): Promise<Outcome>;
  readonly budget: Budget;
  readonly clock: Clock;
  /** Waits before attempt number `attempt` (from 1) of something the caller repeats by itself. */
  backOff(attempt: number, signal?: AbortSignalLike): Promise<void>;
}

export interface GraphClientOptions {
  readonly network: Network;
  readonly tokens: TokenSource;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: Random;
  readonly retry?: RetryPolicy;
}

/** Larger bodies take as long as the line is slow, which says nothing about the service. */
const measuredBodyMaxBytes = 256 * 1024;

export function createGraphClient(options: GraphClientOptions): GraphClient {
  return new PoliteClient(options);
}

/** What one exchange led to. */
type Verdict =
  | { readonly type: 'reply'; readonly reply: Reply }
  | {
      readonly type: 'again';
      readonly delayMs: number;
      readonly failure: Failure;
      readonly performed: 'no' | 'perhaps';
    }
  | { readonly type: 'give up'; readonly failure: Failure; readonly performed: 'no' | 'perhaps' };

class PoliteClient implements GraphClient {
  readonly budget: Budget;
  readonly clock: Clock;
  readonly #network: Network;
  readonly #tokens: TokenSource;
  readonly #random: Random;
  readonly #retry: RetryPolicy;

  constructor(options: GraphClientOptions) {
    this.budget = options.budget;
    this.clock = options.clock;
    this.#network = options.network;
    this.#tokens = options.tokens;
    this.#random = options.random;
    this.#retry = options.retry ?? defaultRetryPolicy;
  }

  async call(request: GraphRequest): Promise<Reply> {
    const outcome = await this.attempt(request);
    if (outcome.type === 'lost') throw outcome.failure;
    return outcome.reply;
  }

  async attempt(request: GraphRequest): Promise<Outcome> {
    const share =
      request.receiver !== undefined || request.kind === 'fragment' || request.kind === 'upload'
        ? 'content'
        : 'call';
    let token = '';
    let renewed = false;
    let waitedMs = 0;
    let redirects = 0;
    for (let attempt = 1; ; attempt += 1) {
      if (request.credentials === 'bearer') {
        const lent = token === '' ? this.#tokens.accessToken() : token;
        token = typeof lent === 'string' ? lent : await lent;
      }
      const place = this.budget.enter(share, this.#retry.waitMaxMs, request.signal);
      if (place !== null) {
        const refused = await place;
        if (refused !== null) throw notStarted(request, refused);
      }
      const notSent = request.notSent?.() ?? null;
      if (notSent !== null) {
        this.budget.leave(share, request.kind, null);
        throw notSent;
      }
      const verdict = await this.#exchange(request, share, token);
      if (verdict.type === 'reply') {
        const { reply } = verdict;
        const moved =
          request.credentials === 'bearer' && request.kind !== 'downloadUrl' ? movedTo(request, reply) : null;
        if (moved !== null && redirects < redirectsMax) {
          redirects += 1;
          request = { ...request, path: moved };
          continue;
        }
        if (reply.status !== 401 || request.credentials === 'none' || renewed)
          return { type: 'replied', reply };
        renewed = true;
        token = await this.#tokens.renew(token, claimsOf(reply));
        continue;
      }
      const { failure, performed } = verdict;
      const isUnclear = request.effect === 'write' && performed === 'perhaps';
      if (isUnclear) return { type: 'lost', failure };
      if (verdict.type === 'give up' || attempt >= this.#retry.attemptsMax) throw failure;
      waitedMs += verdict.delayMs;
      if (waitedMs > this.#retry.waitMaxMs) throw failure;
      if (verdict.delayMs > 0) await this.clock.sleep(verdict.delayMs, request.signal);
      token = '';
    }
  }

  async backOff(attempt: number, signal?: AbortSignalLike): Promise<void> {
    await this.clock.sleep(this.#backOffMs(attempt), signal);
  }

  async #exchange(request: GraphRequest, share: 'call' | 'content', token: string): Promise<Verdict> {
    const headers = [
      ...['client-request-id', this.#random.uuid()],
      ...(token === '' ? [] : ['authorization', `Bearer ${token}`]),
      ...(request.headers ?? []),
    ];
    this.budget.count(request.kind);
    let latencyMs: number | null = null;
    try {
      const { body } = request;
      const answer = await this.#network.send({
        ...request,
        headers,
        body: typeof body === 'function' ? body() : (body ?? null),
      });
      const isMeasure = answer.status < 400 && (request.bodySizeBytes ?? 0) <= measuredBodyMaxBytes;
      if (isMeasure) latencyMs = answer.headMs;
      return this.#judge(request, answer);
    } catch (error) {
      return this.#judgeFault(request, error);
    } finally {
      this.budget.leave(share, request.kind, latencyMs);
    }
  }

  #judge(request: GraphRequest, answer: Answer): Verdict {
    const { status } = answer;
    const reply = readReply(answer, this.clock.now());
    const { retryAfterMs } = reply;
    if (status < 400)
      return isBelievable(request, answer, reply) ? { type: 'reply', reply } : webPage(request, answer);
    if (status === 429 || status === 509 || (status === 503 && retryAfterMs !== null)) {
      const delayMs = retryAfterMs ?? this.#backOffMs(2);
      this.budget.pause(delayMs);
      const failure = throttled(request, reply, delayMs);
      // The budget makes this request wait together with all others.
      if (delayMs > this.#retry.waitMaxMs)
        return { type: 'give up', failure, performed: status === 503 ? 'perhaps' : 'no' };
      return { type: 'again', delayMs: 0, failure, performed: status === 503 ? 'perhaps' : 'no' };
    }
    if (status === 408 || status >= 500) {
      if (status === 501 || status === 507 || status === 505) return { type: 'reply', reply };
      const failure = refusal(request.action, reply);
      return { type: 'again', delayMs: retryAfterMs ?? this.#backOffMs(1), failure, performed: 'perhaps' };
    }
    if (isTransientRefusal(status, reply)) {
      return {
        type: 'again',
        delayMs: this.#backOffMs(1),
        failure: refusal(request.action, reply),
        performed: 'no',
      };
    }
    return { type: 'reply', reply };
  }

  #judgeFault(request: GraphRequest, error: unknown): Verdict {
    if (!(error instanceof TransportFault)) throw error;
    const failure = faultFailure(request.action, error);
    const performed = error.sent ? 'perhaps' : 'no';
    // A receiver has taken part of the body: its owner goes on from there.
    const isFinal =
      error.kind === 'aborted' ||
      error.kind === 'untrusted' ||
      error.kind === 'misused' ||
      error.kind === 'oversized' ||
      request.receiver !== undefined;
    if (isFinal) return { type: 'give up', failure, performed };
    return { type: 'again', delayMs: this.#backOffMs(1), failure, performed };
  }

  /** Half fixed, half chance, so that clients do not return in step. */
  #backOffMs(attempt: number): number {
    const full = Math.min(this.#retry.delayMaxMs, this.#retry.baseDelayMs * 2 ** (attempt - 1));
    return Math.ceil(full * (0.5 + this.#random.fraction() / 2));
  }
}

const redirectsMax = 3;

/** The path to ask next; only on the same host, since the token goes along. The method and the body stay. */
function movedTo(request: GraphRequest, reply: Reply): string | null {
  const { status, location } = reply;
  if (status !== 301 && status !== 302 && status !== 307 && status !== 308) return null;
  const url = location === undefined ? null : URL.parse(location, request.origin);
  return url !== null && url.origin === request.origin ? url.pathname + url.search : null;
}

function webPage(request: GraphRequest, answer: Answer): Verdict {
  const type = headerOf(answer, 'content-type') ?? 'no content type';
  const isPage = type.includes('html');
  const failure = new Failure({
    code: isPage ? 'offline' : 'serviceUnavailable',
    detail: `${request.action}: the answer is not what Graph sends (${answer.status}, ${type.slice(0, 60)})${
      isPage ? '; a login page of the network may stand in between' : ''
    }`,
  });
  return { type: 'give up', failure, performed: 'perhaps' };
}

function throttled(request: GraphRequest, reply: Reply, delayMs: number): Failure {
  const capped = delayMs > pauseMaxMs ? `; obeyed for ${pauseMaxMs / 60_000} minutes at a time` : '';
  return new Failure({
    code: reply.status === 503 ? 'serviceUnavailable' : 'throttled',
    detail: `${request.action}: the service answered ${reply.status} and asks to wait ${Math.ceil(delayMs / 1000)} s${capped}`,
    afterMs: Math.min(delayMs, pauseMaxMs),
    ...saidIn(reply),
  });
}

function notStarted(
  request: GraphRequest,
  refused: { type: 'paused'; remainingMs: number } | { type: 'aborted' },
): Failure {
  if (refused.type === 'aborted') {
    return faultFailure(request.action, new TransportFault('aborted', 'stopped by the caller', false));
  }
  return new Failure({
    code: 'throttled',
    detail: `${request.action}: not sent, the service asked to wait (${Math.ceil(refused.remainingMs / 1000)} s left)`,
    afterMs: Math.ceil(refused.remainingMs),
  });
}
