import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { collect } from './run-binary.ts';

const demo = fileURLToPath(new URL('../../../tools/demo/src/demo.ts', import.meta.url));

it('the demonstration keeps all its promises', async () => {
  const child = spawn(process.execPath, [demo, '--clean'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { exitCode, stdout, text } = await collect(child, 'the demonstration', 120_000);
  expect(exitCode, text).toBe(0);
  expect(stdout.match(/✓ both sides hold the same \d+ files and folders/g)).toHaveLength(2);
  expect(stdout).toMatch(/✓ all \d+ versions are there/);
  expect(stdout).toMatch(/0 divergences; hash chain intact/);
  expect(stdout).toMatch(/Rule conflict-/);
});
