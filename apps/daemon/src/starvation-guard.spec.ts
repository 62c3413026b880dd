/** Each spin runs in a process of its own: the guard ends it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const guard = fileURLToPath(new URL('./starvation-guard.ts', import.meta.url));

/** Runs `work` under a guard that allows 300 ms. */
async function under(
  work: string,
): Promise<{ readonly code: unknown; readonly signal: unknown; readonly said: string }> {
  const program = `
    import { guardAgainstStarvation } from ${JSON.stringify(guard)};
    const guard = guardAgainstStarvation({ onFault: console.error, limitMs: 300 });
    process.on('SIGTERM', () => process.exit(3));
    ${work}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (said += piece));
  const [code, signal]: unknown[] = await once(child, 'close');
  return { code, signal, said };
}

test.each([
  ['promises that follow each other', 'for (;;) await null;'],
  ['a pause and its end in the same turn', 'const again = () => process.nextTick(again); again();'],
  ['a loop', 'for (;;);'],
  ['a signal that is not served', `process.kill(process.pid, 'SIGTERM'); for (;;) await null;`],
])('a process that starves its timers is ended, and says why: %s', async (_, spin) => {
  const { signal, said } = await under(spin);
  expect(signal).toBe('SIGKILL');
  expect(said).toMatch(/^ERROR: Cannot go on: .* served no timer, transfer or signal\n {7}Report it/);
});

test('much work that comes back to the event loop now and then is let go on, and so is a wait', async () => {
  const busy = `
    const until = performance.now() + 1500;
    while (performance.now() < until) {
      const turn = performance.now() + 50;
      while (performance.now() < turn);
      await new Promise((resolve) => setTimeout(resolve));
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    guard.release();`;
  expect(await under(busy)).toEqual({ code: 0, signal: null, said: '' });
});
