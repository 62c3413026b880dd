/**
 * A state folder that takes no writes: nothing is done before its decision is durable, so the run waits, tries again from time to
 * time, and goes on by itself. It says so once.
 */
import type { Clock, FailureCode, FailureDetails } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Patience } from '@tidemark/event-log';

export interface StateFolderWait extends Patience {
  /** Something besides the log could not be done. Resolves to whether to try again: when the disk refused it, the login for example. */
  outwaitFailure(error: unknown): Promise<boolean>;
  /** Waits no longer, now or later, once the signal is aborted. */
  endWith(signal: AbortSignal): void;
  /** Calls the listener with each attempt that fails, and with null when one succeeds. */
  follow(listener: (why: FailureDetails | null) => void): void;
}

export interface StateFolderWaitOptions {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly folder: string;
  /** Given up after so long, in milliseconds; null: never. */
  readonly limitMs: number | null;
  readonly warn: (line: string) => void;
  readonly say: (line: string) => void;
}

const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

export function createStateFolderWait(options: StateFolderWaitOptions): StateFolderWait {
  const { clock, folder, limitMs, warn, say } = options;
  const ended = new AbortController();
  let since: number | null = null;
  let attempts = 0;
  let why: FailureDetails | null = null;
  let tell: (why: FailureDetails | null) => void = () => {};

  /** Resolves to whether to try again. */
  async function wait(reason: FailureDetails, ...help: readonly string[]): Promise<boolean> {
    why = reason;
    if (since === null) {
      since = clock.monotonic();
      warn(`WARNING: ${reason.detail}`);
      for (const line of help) warn(`         ${line}`);
    }
    tell(reason);
    const left = limitMs === null ? Infinity : since + limitMs - clock.monotonic();
    if (left <= 0) return false;
    await clock.sleep(Math.min(firstPauseMs * 2 ** attempts, longestPauseMs, left), ended.signal);
    attempts += 1;
    return !ended.signal.aborted;
  }

  return {
    async outwait({ details: { code, detail } }) {
      const words = wordsFor.get(code);
      if (words === undefined || ended.signal.aborted) return false;
      return wait(
        { code, detail: `Cannot write to the state folder "${folder}": ${words.reason}` },
        `Nothing is synced until it can be written again; changes are still noticed. ${words.remedy}`,
        ...(code === 'diskFault' ? [detail] : []),
      );
    },
    async outwaitFailure(error) {
      if (!(error instanceof Failure) || !wordsFor.has(error.code) || ended.signal.aborted) return false;
      return wait(error.details, `Nothing is synced until it can. ${wordsFor.get(error.code)?.remedy}`);
    },
    over() {
      if (since === null) return;
      since = null;
      attempts = 0;
      why = null;
      say('The disk takes writes again: syncing goes on');
      tell(null);
    },
    endWith(signal) {
      if (signal.aborted) ended.abort();
      signal.addEventListener('abort', () => ended.abort(), { once: true });
    },
    follow(listener) {
      tell = listener;
      if (why !== null) tell(why);
    },
  };
}

/** What may pass by itself or by a hand of the user, without a restart. */
const wordsFor: ReadonlyMap<FailureCode, { readonly reason: string; readonly remedy: string }> = new Map([
  ['diskFull', { reason: 'no space is left', remedy: 'Free space in its file system' }],
  ['diskReadOnly', { reason: 'its file system is read-only', remedy: 'Remount it writable' }],
  ['diskFault', { reason: 'the device reports an error', remedy: 'Check the disk (dmesg)' }],
]);
