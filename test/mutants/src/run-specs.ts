/** Runs spec files in a copy of the tree, and tells which test failed first. */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';

export type Verdict =
  | { readonly type: 'passed' }
  | { readonly type: 'failed'; readonly spec: string; readonly test: string }
  /** The specs did not come to run, or not to an end: that says nothing. */
  | { readonly type: 'unclear'; readonly detail: string };

const longestMs = 600_000;
const timedOut = /timed out in \d+ms/;

export async function runSpecs(root: string, specs: readonly string[], bail: boolean): Promise<Verdict> {
  const answer = join(root, 'verdict.json');
  await rm(answer, { force: true });
  const args = [
    'run',
    '--project',
    'unit',
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${answer}`,
  ];
  const { code, output } = await vitest(root, [...args, ...(bail ? ['--bail', '1'] : []), ...specs]);
  if (code === null) return { type: 'unclear', detail: `no end within ${longestMs / 1000} s` };
  const report = await readReport(answer);
  if (report === null) return { type: 'unclear', detail: output.slice(-2000) };
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    // A loaded machine would catch everything.
    if (failed?.failureMessages.some((message) => timedOut.test(message)) === true)
      return { type: 'unclear', detail: `${failed.fullName.trim()}: it timed out` };
    if (failed !== undefined)
      return { type: 'failed', spec: relative(root, name), test: failed.fullName.trim() };
  }
  const broken = report.testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (broken !== undefined) return { type: 'unclear', detail: `${broken.name}: ${broken.message}` };
  return code === 0 ? { type: 'passed' } : { type: 'unclear', detail: output.slice(-2000) };
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
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-10_000)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: child.killed ? null : code, output }));
  });
}
