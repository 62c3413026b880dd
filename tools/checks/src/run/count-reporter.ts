/** A reporter for vitest that writes how many tests passed, and which failed, as JSON, to the file TIDEMARK_TEST_COUNTS names. */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface TestCounts {
  readonly passed: number;
  /** Tests, and files that failed without a failing test: they could not be loaded or prepared. */
  readonly failed: number;
  readonly skipped: number;
}

export interface TestReport extends TestCounts {
  /** One line for each failure: the file, the test and the first line of its error. */
  readonly failures: readonly string[];
}

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    const file = process.env['TIDEMARK_TEST_COUNTS'];
    if (file === undefined) return;
    const counts = { passed: 0, failed: strayErrors.length, skipped: 0 };
    const failures = strayErrors.map(({ message }) => `outside of a test: ${firstLine(message)}`);
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === 'passed') counts.passed += 1;
        else if (state === 'skipped') counts.skipped += 1;
        else {
          failedHere += 1;
          failures.push(`${module.relativeModuleId} > ${test.fullName}: ${firstLine(errors?.[0]?.message)}`);
        }
      }
      if (failedHere === 0 && module.state() === 'failed') {
        failedHere = 1;
        failures.push(`${module.relativeModuleId}: ${firstLine(module.errors()[0]?.message)}`);
      }
      counts.failed += failedHere;
    }
    writeFileSync(file, JSON.stringify({ ...counts, failures } satisfies TestReport));
  }
}

const firstLine = (message = 'it did not end'): string => message.split('\n', 1)[0] ?? '';
