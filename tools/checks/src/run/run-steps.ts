/** Runs steps one after another, their output going straight through, and adds up what they counted. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestReport, TestCounts } from './count-reporter.ts';
import type { Step } from './steps.ts';

export interface StepResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  readonly counts: TestReport;
}

const nothing: TestReport = { passed: 0, failed: 0, skipped: 0, failures: [] };
const oneFailure: TestReport = { ...nothing, failed: 1 };

/** `folder`: the repository. Never throws for a step that fails. */
export async function runSteps(
  steps: readonly Step[],
  folder: string,
  announce: (line: string) => void,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const step of steps) {
    const isPointless = results.some(({ name, outcome }) => name === step.needs && outcome !== 'passed');
    if (isPointless) {
      results.push({ name: step.name, outcome: 'not run', seconds: 0, counts: oneFailure });
      continue;
    }
    announce(step.name);
    const started = performance.now();
    const { isGood, counts } = await runStep(step, folder);
    const seconds = (performance.now() - started) / 1_000;
    results.push({ name: step.name, outcome: isGood ? 'passed' : 'failed', seconds, counts });
  }
  return results;
}

/** One line for each step, what failed by name, then, last of all, `N passed, N failed`. */
export function summary(results: readonly StepResult[]): string[] {
  const sum = (key: keyof TestCounts): number =>
    results.reduce((total, { counts }) => total + counts[key], 0);
  const skipped = sum('skipped');
  return [
    ...results.map(
      ({ name, outcome, seconds }) => `${name.padEnd(14)}${outcome.padEnd(9)}${seconds.toFixed(1)} s`,
    ),
    ...results.flatMap(({ counts }) => counts.failures),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ];
}

async function runStep(
  step: Step,
  folder: string,
): Promise<{ readonly isGood: boolean; readonly counts: TestReport }> {
  const scratch = mkdtempSync(join(tmpdir(), 'tidemark-tests-'));
  const countsFile = join(scratch, 'counts.json');
  try {
    const child = spawn(step.command, step.words, {
      cwd: folder,
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: step.timeoutMs,
      env: {
        ...process.env,
        PATH: `${join(folder, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        TIDEMARK_TEST_COUNTS: countsFile,
      },
    });
    const isGood = await new Promise<boolean>((resolve) => {
      child.once('error', (error) => {
        process.stderr.write(`Cannot start ${step.command}: ${error.message}\n`);
        resolve(false);
      });
      child.once('exit', (code, signal) => {
        if (signal !== null)
          process.stderr.write(`${step.name} was ended by ${signal} (limit: ${step.timeoutMs / 1_000} s)\n`);
        resolve(code === 0);
      });
    });
    return { isGood, counts: count(step, isGood, countsFile) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A step that failed counts at least once, whatever its tests said. */
function count(step: Step, isGood: boolean, countsFile: string): TestReport {
  if (!step.isProject) return isGood ? nothing : oneFailure;
  if (!existsSync(countsFile)) return oneFailure;
  const counts = JSON.parse(readFileSync(countsFile, 'utf8')) as TestReport;
  return isGood || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}
