/** A daemon that cannot reach the service, or its drive there: it says so once, waits, and goes on by itself. */
import { Failure } from '@tidemark/contracts';
import type { Output } from '@tidemark/plugin-sdk';
import type { DaemonStatus } from './daemon-status.ts';
import type { KeptLog } from './kept-log.ts';

export interface Outage {
  /** No run can begin: waits so long, or until it is woken. */
  outwait(error: unknown, delayMs: number): Promise<void>;
  /** A run has begun. */
  over(): void;
}

export interface OutageOptions {
  readonly output: Pick<Output, 'errorLine'>;
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly daemonStatus: Pick<DaemonStatus, 'waiting'>;
  readonly log: Pick<KeptLog, 'keepSnapshot'>;
  readonly wait: (delayMs: number) => Promise<void>;
}

export function createOutage({ output, say, warn, daemonStatus, log, wait }: OutageOptions): Outage {
  let isTold = false;
  return {
    async outwait(error, delayMs) {
      const detail = error instanceof Error ? error.message : String(error);
      if (!isTold) {
        const isAway = error instanceof Failure && error.code === 'driveNotFound';
        const what = isAway
          ? 'The drive cannot be found at the moment'
          : 'Internet connectivity to Microsoft OneDrive service has been interrupted';
        say(`${what} .. re-trying in the background`);
        output.errorLine(`       ${detail}`);
      }
      isTold = true;
      daemonStatus.waiting(detail);
      await log.keepSnapshot(({ details }) => warn(details.detail));
      await wait(delayMs);
    },
    over() {
      if (isTold) say('Internet connectivity to Microsoft OneDrive service has been restored');
      isTold = false;
    },
  };
}
