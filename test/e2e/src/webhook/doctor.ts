import { expect } from 'vitest';
import { binaryPath, collect } from '../run-binary.ts';
import type { WebhookProfile } from './daemon.ts';
import type { TwoMachines } from './two-machines.ts';

export type Finding = {
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'failed' | 'couldNotTry';
  readonly detail: string;
  readonly remedy?: string;
};

export type Diagnosis = {
  readonly findings: readonly Finding[];
  /** The check that is to be mended first. */
  readonly firstFailure: string | null;
  /** Verdict, detail and remedy of everything that a check found, one line each. */
  readonly of: (check: string) => string;
};

/** `tidemark doctor webhook --json` on the user's machine. The exit code has to fit what was found. */
export async function diagnose(
  { machine, folder }: TwoMachines,
  { args }: WebhookProfile,
  ...more: readonly string[]
): Promise<Diagnosis> {
  const child = machine.namespace.start(
    binaryPath('tidemark'),
    ['doctor', 'webhook', '--json', ...more, ...args],
    { environment: { HOME: folder } },
  );
  const { exitCode, stdout, stderr } = await collect(child, 'doctor', 120_000);
  expect(stderr).toBe('');
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding & { readonly firstFailure?: string });
  const last = lines.at(-1);
  const findings = lines.slice(0, -1);
  expect(exitCode, stdout).toBe(last?.firstFailure === null ? 0 : 1);
  return {
    findings,
    firstFailure: last?.firstFailure ?? null,
    of: (check) =>
      findings
        .filter((finding) => finding.check === check)
        .map(({ verdict, detail, remedy = '' }) => `${verdict}: ${detail} -> ${remedy}`)
        .join('\n'),
  };
}
