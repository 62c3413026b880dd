/** Runs spec files in a copy of the tree, and tells which test failed first. */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

export type Verdict =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly spec: string; readonly test: string }
  /** The specs did not come to run, or not to an end: that says nothing. */
  | { readonly type: 'unclear'; readonly detail: string };

const longestMs = 900_000;
const timedOut = /timed out in \d+ms/;

/** Runs one file at a time, and no further than the first red test. `names`: patterns of the names of tests; none: all tests. */
export async function runSpecs(
  root: string,
  specs: readonly string[],
  names: readonly string[] = [],
): Promise<Verdict> {
  const answer = join(root, 'verdict.json');
  await rm(answer, { force: true });
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${answer}`];
  const pattern = names.join('|');
  const limits = ['--bail', '1', '--maxWorkers', '1'];
  const { code, output } = await vitest(root, [
    ...['run', '--project', 'unit*', ...reporters, ...limits],
    ...(pattern === '' ? [] : ['--testNamePattern', pattern]),
    ...specs,
  ]);
  if (code === null) return { type: 'unclear', detail: `no end within ${longestMs / 1000} s` };
  const report = await readReport(answer);
  if (report === null) return { type: 'unclear', detail: output };
  return verdictOf(root, report, code === 0) ?? { type: 'unclear', detail: output };
}

/** undefined: the report does not say it. */
function verdictOf(root: string, { testResults }: Report, isGreen: boolean): Verdict | undefined {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed === undefined) continue;
    // A loaded machine would catch everything.
    if (failed.failureMessages.some((message) => timedOut.test(message)))
      return { type: 'unclear', detail: `${failed.fullName.trim()}: it timed out` };
    return { type: 'failed', spec: relative(root, name), test: failed.fullName.trim() };
  }
  const broken = testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (broken !== undefined) return { type: 'unclear', detail: `${broken.name}: ${broken.message}` };
  const hasRun = testResults.some(({ assertionResults }) =>
    assertionResults.some(({ status }) => status === 'passed'),
  );
  if (!hasRun) return { type: 'unclear', detail: 'no test has this name' };
  return isGreen ? { type: 'passed' } : undefined;
}

/** What we read of Vitest's report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

async function readReport(path: string): Promise<Report | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Report;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** `code` null: it was stopped. */
function vitest(
  root: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const program = join(root, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [program, ...args], { cwd: root, timeout: longestMs });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2_000)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: child.killed ? null : code, output }));
  });
}
