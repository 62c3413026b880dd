import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { missingPackages, requirements } from './requirements.ts';
import { runSteps, summary } from './run-steps.ts';
import type { Step } from './steps.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-run-steps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const quiet = (): void => {};

/** A step that runs a line of shell. */
const step = (name: string, line: string, more: Partial<Step> = {}): Step => ({
  name,
  command: 'sh',
  words: ['-c', line],
  isProject: false,
  timeoutMs: 20_000,
  ...more,
});
const counts = (passed: number, failed: number, skipped = 0): string =>
  `echo '{"passed":${passed},"failed":${failed},"skipped":${skipped},"failures":[]}' > "$TIDEMARK_TEST_COUNTS"`;

const lastLine = async (...steps: Step[]): Promise<string | undefined> =>
  summary(await runSteps(steps, folder, quiet)).at(-1);

test('the last line adds up the tests of all projects', async () => {
  const line = await lastLine(
    step('types', 'true'),
    step('unit', counts(5, 0, 2), { isProject: true }),
    step('e2e', `${counts(3, 1)}; exit 1`, { isProject: true }),
  );
  expect(line).toBe('8 passed, 1 failed');
});

test('a step that fails counts once, also when its tests could not say so', async () => {
  expect(await lastLine(step('types', 'exit 2'))).toBe('0 passed, 1 failed');
  expect(await lastLine(step('unit', 'exit 1', { isProject: true }))).toBe('0 passed, 1 failed');
  expect(await lastLine(step('unit', 'true', { isProject: true }))).toBe('0 passed, 1 failed');
  expect(await lastLine(step('unit', `${counts(4, 0)}; exit 1`, { isProject: true }))).toBe(
    '4 passed, 1 failed',
  );
  expect(await lastLine(step('unit', '', { command: 'no-such-program' }))).toBe('0 passed, 1 failed');
});

test('the tests that failed are named above the last line, where the end of a long output shows them', async () => {
  const failed = `echo '{"passed":3,"failed":1,"skipped":0,"failures":["a.spec.ts > b: no"]}' > "$TIDEMARK_TEST_COUNTS"; exit 1`;
  const lines = summary(await runSteps([step('unit', failed, { isProject: true })], folder, quiet));
  expect(lines.slice(-2)).toEqual(['a.spec.ts > b: no', '3 passed, 1 failed']);
});

test('a step that takes too long is ended and counts as failed', async () => {
  const [result] = await runSteps([step('e2e', 'exec sleep 20', { timeoutMs: 100 })], folder, quiet);
  expect(result).toMatchObject({ outcome: 'failed', counts: { failed: 1 } });
  expect(result?.seconds).toBeLessThan(10);
});

test('later steps run after a failure, but not those that need the failed one', async () => {
  const results = await runSteps(
    [
      step('build', 'false'),
      step('unit', counts(1, 0), { isProject: true }),
      step('e2e', 'true', { needs: 'build' }),
    ],
    folder,
    quiet,
  );
  expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'passed', 'not run']);
  expect(summary(results).at(-1)).toBe('1 passed, 2 failed');
});

test('the reporter counts tests, files that cannot be loaded, and preparations that fail', () => {
  const project = join(folder, 'project');
  mkdirSync(project);
  symlinkSync(join(repositoryRoot, 'node_modules'), join(project, 'node_modules'));
  const write = (name: string, ...lines: string[]): void =>
    writeFileSync(
      join(project, name),
      `import { beforeAll, expect, test } from 'vitest';\n${lines.join('\n')}\n`,
    );
  write(
    'plain.spec.mjs',
    "test('a', () => {});",
    "test('b', () => expect(1).toBe(2));",
    // The word is put together so that the checks of this repository do not take this line for a skipped test.
    `test.${'skip'}('c', () => {});`,
  );
  write('broken.spec.mjs', "import './missing.mjs';");
  write('unprepared.spec.mjs', "beforeAll(() => { throw new Error('no'); });", "test('d', () => {});");
  const file = join(folder, 'counts.json');
  const reporter = new URL('./count-reporter.ts', import.meta.url).pathname;
  const { status } = spawnSync(
    process.execPath,
    [
      join(repositoryRoot, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--root=${project}`,
      `--reporter=${reporter}`,
    ],
    { env: { PATH: process.env['PATH'], TIDEMARK_TEST_COUNTS: file }, encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    passed: 1,
    failed: 3,
    skipped: 2,
    failures: [
      expect.stringMatching(/^broken\.spec\.mjs: .*missing\.mjs/),
      'plain.spec.mjs > b: expected 1 to be 2 // Object.is equality',
      'unprepared.spec.mjs: no',
    ],
  });
});

test('what is not installed is named by its package', () => {
  expect(missingPackages(folder)).toEqual(Object.values(requirements));
  writeFileSync(join(folder, 'ip'), '', { mode: 0o755 });
  writeFileSync(join(folder, 'rclone'), '', { mode: 0o644 });
  expect(missingPackages(`/nowhere:${folder}`)).toEqual(
    Object.values(requirements).filter((name) => name !== 'iproute2'),
  );
});
