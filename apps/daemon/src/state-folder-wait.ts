/**
 * A state folder that takes no writes: nothing is done before its decision is durable, so the run waits, tries again from time to
 * time, and goes on by itself. It says so once.
 */
import type { Clock, FailureCode, FailureDetails } from '@tidemark/contracts';
import type { Patience } from '@tidemark/event-log';

export interface StateFolderWait extends Patience {
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
  return {
    async outwait({ details }) {
      const words = wordsFor.get(details.code);
      if (words === undefined || ended.signal.aborted) return false;
      why = { code: details.code, detail: `Cannot write to the state folder "${folder}": ${words.reason}` };
      if (since === null) {
        since = clock.monotonic();
        warn(`WARNING: ${why.detail}`);
        warn(
          `         Nothing is synced until it can be written again; changes are still noticed. ${words.remedy}`,
        );
        if (words.reason === faultReason) warn(`         ${details.detail}`);
      }
      tell(why);
      const left = limitMs === null ? Infinity : since + limitMs - clock.monotonic();
      if (left <= 0) return false;
      await clock.sleep(Math.min(firstPauseMs * 2 ** attempts, longestPauseMs, left), ended.signal);
      attempts += 1;
      return !ended.signal.aborted;
    },
    over() {
      if (since === null) return;
      since = null;
      attempts = 0;
      why = null;
      say('The state folder can be written again: syncing goes on');
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

const faultReason = 'the device reports an error';

/** What may pass by itself or by a hand of the user, without a restart. */
const wordsFor: ReadonlyMap<FailureCode, { readonly reason: string; readonly remedy: string }> = new Map([
  ['diskFull', { reason: 'no space is left', remedy: 'Free space in its file system' }],
  ['diskReadOnly', { reason: 'its file system is read-only', remedy: 'Remount it writable' }],
  ['diskFault', { reason: faultReason, remedy: 'Check the disk (dmesg)' }],
]);
