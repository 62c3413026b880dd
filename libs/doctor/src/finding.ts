/** What a check found: one line, and what to do about it. */

/** `warning`: it works, and will not always or not for everybody. `couldNotTry`: nothing is known, which is no failure. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'couldNotTry';

export interface Finding {
  /** Name of the check. Scripts rely on it. */
  readonly check: string;
  readonly verdict: Verdict;
  /** One line, without secrets. */
  readonly detail: string;
  /** One line: what to do, with the command where there is one. */
  readonly remedy?: string;
}

export interface Judgement {
  readonly ok: (detail: string) => Finding;
  readonly warning: (detail: string, remedy: string) => Finding;
  readonly failed: (detail: string, remedy: string) => Finding;
  /** `detail` says why. */
  readonly couldNotTry: (detail: string, remedy?: string) => Finding;
}

/** The four ways in which one check can speak. */
export function judgementOf(check: string): Judgement {
  return {
    ok: (detail) => ({ check, verdict: 'ok', detail }),
    warning: (detail, remedy) => ({ check, verdict: 'warning', detail, remedy }),
    failed: (detail, remedy) => ({ check, verdict: 'failed', detail, remedy }),
    couldNotTry: (detail, remedy) => ({
      check,
      verdict: 'couldNotTry',
      detail,
      ...(remedy === undefined ? {} : { remedy }),
    }),
  };
}

/** Checks run in the order in which one thing rests on another, so the first that fails is the one to mend. */
export function firstFailure(findings: readonly Finding[]): Finding | null {
  return findings.find(({ verdict }) => verdict === 'failed') ?? null;
}
