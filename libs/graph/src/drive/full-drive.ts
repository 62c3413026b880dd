/**
 * A drive without space. Many uploads wait for their turn at once: what the drive refuses of one while others wait, it would refuse
 * of these as well, so their bytes are not sent. An upload that begins later asks anew.
 */
import { Failure } from '@tidemark/contracts';

export interface FullDrive {
  /** An upload begins. `action` starts a failure's text. */
  begin(sizeBytes: number, action: string): UploadTurn;
}

export interface UploadTurn {
  /** Asked right before a request is sent: why it is not, or null. */
  notSent(): Failure | null;
  /** The drive's answer to the upload was a failure. */
  failed(error: unknown): void;
}

export function createFullDrive(): FullDrive {
  let refusals = 0;
  let refusedBytes = Infinity;
  return {
    begin(sizeBytes, action) {
      const before = refusals;
      let isSent = true;
      return {
        notSent() {
          isSent = refusals === before || sizeBytes < refusedBytes;
          if (isSent) return null;
          const detail = `${action}: not sent, the drive is full and has just refused ${refusedBytes} bytes`;
          return new Failure({ code: 'quotaReached', detail });
        },
        failed(error) {
          if (!isSent || !(error instanceof Failure) || error.code !== 'quotaReached') return;
          refusals += 1;
          refusedBytes = sizeBytes;
        },
      };
    },
  };
}
