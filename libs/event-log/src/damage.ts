/** Turns what went wrong below into the failures of the port. */
import type { Seq } from '@tidemark/contracts';
import { Failure, seq } from '@tidemark/contracts';

/** The log is not what was written. */
export class LogDamage extends Failure {
  readonly at: Seq;
  constructor(at: number, detail: string, cause?: unknown) {
    super({ code: 'logDamaged', detail: `Cannot trust the event log at event ${at}: ${detail}` }, { cause });
    this.at = seq(at);
  }
}

/** Another process, or another part of this one, holds the log. */
export class LogBusy extends Error {
  readonly folder: string;
  constructor(folder: string, cause?: unknown) {
    super(
      `Cannot open the event log in "${folder}": another Tidemark process is using it. ` +
        'Stop that process first, or use its control socket (tidemark status)',
      { cause },
    );
    this.name = 'LogBusy';
    this.folder = folder;
  }
}

/** Failure of a write or a read, by what the operating system said. LevelDB only passes on the text. */
export function diskFailure(action: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const text = explain(cause);
  return new Failure({ code: codeOf(text), detail: `${action}: ${text}` }, { cause });
}

/** LevelDB noticed by itself that its files are not right. */
export function saysCorrupt(error: unknown): boolean {
  const text = explain(error);
  return /corruption|LEVEL_CORRUPTION|no such file|ENOENT|bad block|not an sstable/i.test(text);
}

/** The operating system said no, which it may say otherwise later. */
export function saysRefused(error: unknown): boolean {
  const isVerdict = error instanceof LogDamage || error instanceof LogBusy;
  return (
    !isVerdict && !saysLocked(error) && /\bE[A-Z]{2,}\b|IO error|Unknown system error/.test(explain(error))
  );
}

export const saysLocked = (error: unknown): boolean =>
  causes(error).some((one) => codeText(one) === 'LEVEL_LOCKED');

export const explain = (error: unknown): string =>
  causes(error)
    .map((one) => [codeText(one), one.message].filter((part) => part !== '').join(' '))
    .join(': ');

function codeOf(text: string): 'diskFull' | 'diskDenied' | 'diskReadOnly' | 'diskFault' {
  // System error 122 is EDQUOT, which Node has no name for.
  if (/ENOSPC|system error -122|no space left|quota exceeded/i.test(text)) return 'diskFull';
  if (/EROFS|read-only file system/i.test(text)) return 'diskReadOnly';
  if (/EACCES|EPERM|permission denied|not permitted/i.test(text)) return 'diskDenied';
  return 'diskFault';
}

function causes(error: unknown): readonly Error[] {
  if (!(error instanceof Error)) return error === undefined ? [] : [new Error(String(error))];
  return [error, ...causes(error.cause)];
}

const codeText = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : '';
