/**
 * The request budget of one account: how many requests may run at once, and when none may. Throttling holds for the
 * whole application and tenant, so a 429 to one request pauses them all; requests during the pause still count against us.
 *
 * @see https://learn.microsoft.com/sharepoint/dev/general-development/how-to-avoid-getting-throttled-or-blocked-in-sharepoint-online
 */
import type { AbortSignalLike, Clock } from '@tidemark/contracts';
import { pauseMaxMs } from './retry-after.ts';

export type RequestKind =
  | 'login'
  | 'info'
  | 'delta'
  | 'children'
  | 'item'
  | 'items'
  | 'createFolder'
  | 'upload'
  | 'uploadSession'
  | 'fragment'
  | 'download'
  | 'downloadUrl'
  | 'move'
  | 'setModifiedAt'
  | 'delete'
  | 'subscription'
  | 'other';

export interface BudgetOptions {
  readonly clock: Clock;
  readonly concurrencyMin?: number;
  readonly concurrencyMax?: number;
  readonly concurrencyStart?: number;
  /** Told when a pause begins, and how long it is; not when it is prolonged. */
  readonly onPaused?: (delayMs: number) => void;
}

export interface Budget {
  /** Waits for a place. `content` requests leave room for one `call`. Resolves to why there is none, or null. */
  enter(
    share: 'call' | 'content',
    waitMaxMs: number,
    signal?: AbortSignalLike,
  ): Promise<Refusal | null> | null;
  /**
   * Gives the place back. `latencyMs` is compared with others of its kind; null when it is no measure of the service's
   * ease (large bodies, failures).
   */
  leave(share: 'call' | 'content', kind: RequestKind, latencyMs: number | null): void;
  /** The service asked for fewer requests: nothing starts for so long, and fewer run afterwards. */
  pause(delayMs: number): void;
  count(kind: RequestKind): void;
  readonly counters: BudgetCounters;
  readonly concurrency: number;
  /** Milliseconds until requests may start again; 0 when they may. */
  pausedForMs(): number;
}

export type Refusal =
  { readonly type: 'paused'; readonly remainingMs: number } | { readonly type: 'aborted' };

export interface BudgetCounters {
  readonly requests: Readonly<Record<RequestKind, number>>;
  readonly total: number;
  readonly throttled: number;
  readonly pausedMs: number;
}

/** How long one kind of request takes. */
type Pace = { averageMs: number; lowestMs: number };

type Waiter = {
  readonly share: 'call' | 'content';
  readonly waitMaxMs: number;
  readonly admit: (refusal: Refusal | null) => void;
};

/** Latency counts as flat while it stays below this many times the lowest average seen. */
const flatness = 2.5;
const slackMs = 20;

export function createBudget(options: BudgetOptions): Budget {
  return new AccountBudget(options);
}

class AccountBudget implements Budget {
  readonly #clock: Clock;
  readonly #onPaused: ((delayMs: number) => void) | undefined;
  readonly #min: number;
  readonly #max: number;
  #limit: number;
  #running = 0;
  #runningContent = 0;
  #pausedUntil = 0;
  #successes = 0;
  readonly #pace = new Map<RequestKind, Pace>();
  #waking = false;
  /** Ends the sleep of `#wake`. */
  #alarm = new AbortController();
  readonly #calls: Waiter[] = [];
  readonly #content: Waiter[] = [];
  readonly #requests: Record<RequestKind, number> = emptyCounts();
  #total = 0;
  #throttled = 0;
  #pausedMs = 0;

  constructor(options: BudgetOptions) {
    this.#clock = options.clock;
    this.#onPaused = options.onPaused;
    this.#min = options.concurrencyMin ?? 1;
    this.#max = Math.max(this.#min, options.concurrencyMax ?? 16);
    this.#limit = Math.min(this.#max, Math.max(this.#min, options.concurrencyStart ?? 8));
  }

  get concurrency(): number {
    return Math.floor(this.#limit);
  }

  get counters(): BudgetCounters {
    return {
      requests: { ...this.#requests },
      total: this.#total,
      throttled: this.#throttled,
      pausedMs: this.#pausedMs,
    };
  }

  count(kind: RequestKind): void {
    this.#requests[kind] += 1;
    this.#total += 1;
  }

  pausedForMs(): number {
    return this.#pausedUntil === 0 ? 0 : Math.max(0, this.#pausedUntil - this.#clock.monotonic());
  }

  enter(
    share: 'call' | 'content',
    waitMaxMs: number,
    signal?: AbortSignalLike,
  ): Promise<Refusal | null> | null {
    if (this.#pausedUntil === 0 && this.#calls.length === 0 && this.#hasRoom(share)) {
      this.#take(share);
      return null;
    }
    return this.#wait(share, waitMaxMs, signal);
  }

  leave(share: 'call' | 'content', kind: RequestKind, latencyMs: number | null): void {
    this.#running -= 1;
    if (share === 'content') this.#runningContent -= 1;
    if (latencyMs !== null) this.#learn(kind, latencyMs);
    if (this.#isAwaited) this.#admitWaiters();
  }

  pause(delayMs: number): void {
    const delay = Math.min(pauseMaxMs, Math.max(0, delayMs));
    const now = this.#clock.monotonic();
    this.#throttled += 1;
    // Requests that were under way together are refused together: that is one lesson, not many.
    if (this.#pausedUntil <= now) {
      this.#limit = Math.max(this.#min, this.#limit / 2);
      this.#onPaused?.(delay);
    }
    if (now + delay > this.#pausedUntil) {
      this.#pausedMs += now + delay - Math.max(now, this.#pausedUntil);
      this.#pausedUntil = now + delay;
    }
    this.#successes = 0;
    this.#refuseImpatient();
    if (this.#isAwaited) void this.#wake();
  }

  #hasRoom(share: 'call' | 'content'): boolean {
    const limit = Math.floor(this.#limit);
    if (this.#running >= limit) return false;
    return share === 'call' || this.#runningContent < Math.max(1, limit - 1);
  }

  #take(share: 'call' | 'content'): void {
    this.#running += 1;
    if (share === 'content') this.#runningContent += 1;
  }

  async #wait(
    share: 'call' | 'content',
    waitMaxMs: number,
    signal?: AbortSignalLike,
  ): Promise<Refusal | null> {
    if (signal?.aborted === true) return { type: 'aborted' };
    const remainingMs = this.pausedForMs();
    if (remainingMs > waitMaxMs) return { type: 'paused', remainingMs };
    const queue = share === 'call' ? this.#calls : this.#content;
    const refusal = await new Promise<Refusal | null>((resolve) => {
      const onAbort = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        if (!this.#isAwaited) this.#alarm.abort();
        resolve({ type: 'aborted' });
      };
      const waiter: Waiter = {
        share,
        waitMaxMs,
        admit: (outcome) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(outcome);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      queue.push(waiter);
      if (this.#pausedUntil > 0) void this.#wake();
      else this.#admitWaiters();
    });
    return refusal;
  }

  #admitWaiters(): void {
    if (this.#pausedUntil > this.#clock.monotonic()) return;
    this.#pausedUntil = 0;
    for (const queue of [this.#calls, this.#content]) {
      while (queue.length > 0) {
        const waiter = queue[0];
        if (waiter === undefined || !this.#hasRoom(waiter.share)) break;
        queue.shift();
        this.#take(waiter.share);
        waiter.admit(null);
      }
    }
  }

  #refuseImpatient(): void {
    const remainingMs = this.pausedForMs();
    for (const queue of [this.#calls, this.#content]) {
      const impatient = queue.filter((waiter) => waiter.waitMaxMs < remainingMs);
      for (const waiter of impatient) {
        queue.splice(queue.indexOf(waiter), 1);
        waiter.admit({ type: 'paused', remainingMs });
      }
    }
    if (!this.#isAwaited) this.#alarm.abort();
  }

  get #isAwaited(): boolean {
    return this.#calls.length > 0 || this.#content.length > 0;
  }

  /** Sleeps only while a request waits: a timer for none would keep a process that is done from ending. */
  async #wake(): Promise<void> {
    if (this.#waking) return;
    this.#waking = true;
    for (let left = this.pausedForMs(); left > 0 && this.#isAwaited; left = this.pausedForMs()) {
      this.#alarm = new AbortController();
      await this.#clock.sleep(left, this.#alarm.signal);
    }
    this.#waking = false;
    this.#admitWaiters();
  }

  #learn(kind: RequestKind, latencyMs: number): void {
    let pace = this.#pace.get(kind);
    if (pace === undefined) {
      pace = { averageMs: latencyMs, lowestMs: latencyMs };
      this.#pace.set(kind, pace);
    }
    pace.averageMs = pace.averageMs * 0.9 + latencyMs * 0.1;
    // The floor rises slowly, so that a path that became longer for good is not mistaken for congestion for ever.
    pace.lowestMs = Math.min(pace.averageMs, pace.lowestMs * 1.001);
    if (pace.averageMs > Math.max(pace.lowestMs * flatness, pace.lowestMs + slackMs)) {
      this.#successes = 0;
      return;
    }
    this.#successes += 1;
    if (this.#successes < this.#limit) return;
    this.#successes = 0;
    this.#limit = Math.min(this.#max, this.#limit + 1);
  }
}

function emptyCounts(): Record<RequestKind, number> {
  return {
    login: 0,
    info: 0,
    delta: 0,
    children: 0,
    item: 0,
    items: 0,
    createFolder: 0,
    upload: 0,
    uploadSession: 0,
    fragment: 0,
    download: 0,
    downloadUrl: 0,
    move: 0,
    setModifiedAt: 0,
    delete: 0,
    subscription: 0,
    other: 0,
  };
}
