import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockHolderAt } from './lock-holder.ts';

const locks = {
  'flock(2)': 'fcntl.flock(file, fcntl.LOCK_EX)',
  'fcntl(2)': 'fcntl.lockf(file, fcntl.LOCK_EX)',
};

it.each(Object.entries(locks))('the holder of a lock of %s is told by the kernel', async (_kind, lock) => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-holder-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'LOCK');
  expect(lockHolderAt(file)).toBeNull();
  writeFileSync(file, '');
  expect(lockHolderAt(file)).toBeNull();
  const code = `import fcntl, sys; file = open(sys.argv[1], "w"); ${lock}; print("held", flush=True); sys.stdin.read()`;
  const holder = spawn('python3', ['-c', code, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  expect(lockHolderAt(file)).toBe(holder.pid);
});
