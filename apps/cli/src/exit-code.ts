/**
 * Exit codes. With the peer's flags everything that goes wrong is 1, as its scripts and units expect; Tidemark's own
 * subcommands tell kinds apart.
 */
import type { FailureCode } from '@tidemark/contracts';
import type { CommandLine } from '@tidemark/settings';

export const exitCodes = {
  done: 0,
  failed: 1,
  /** A question about the account has no answer, and standard error says so. Not counted with the peer's flags, as there. */
  unanswered: 1,
  usage: 2,
  configuration: 3,
  login: 4,
  network: 5,
  busy: 6,
  needsDecision: 7,
  logDamaged: 8,
  interrupted: 130,
} as const;

export type ExitKind = keyof typeof exitCodes;

export function exitCodeOf(kind: ExitKind, commandLine: CommandLine): number {
  if (kind === 'done' || kind === 'interrupted') return exitCodes[kind];
  if (commandLine.face !== 'dropIn') return exitCodes[kind];
  return kind === 'unanswered' ? exitCodes.done : exitCodes.failed;
}

export function kindOf(code: FailureCode): ExitKind {
  return kinds[code] ?? 'failed';
}

const kinds: Partial<Record<FailureCode, ExitKind>> = {
  loginRequired: 'login',
  loginRefused: 'login',
  offline: 'network',
  timedOut: 'network',
  tlsUntrusted: 'network',
  serviceUnavailable: 'network',
  throttled: 'network',
  driveNotFound: 'configuration',
  rootUnfit: 'configuration',
  contentPluginMissing: 'configuration',
  rootBusy: 'busy',
  massDelete: 'needsDecision',
  rootSuspended: 'needsDecision',
  logDamaged: 'logDamaged',
  logTooNew: 'logDamaged',
};
