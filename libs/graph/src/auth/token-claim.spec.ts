import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createManualClock } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFile, whileClaimed } from './token-claim.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-claim-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

const module = fileURLToPath(new URL('token-claim.ts', import.meta.url));

/** A process that has the claim and keeps it. */
async function startHolder(): Promise<{ kill(): Promise<void> }> {
  const program = `
    const { claimFile } = await import(${JSON.stringify(module)});
    globalThis.release = await claimFile(${JSON.stringify(path)});
    process.stdout.write('claimed');
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

it('one has it, and the next as soon as it is let go of', async () => {
  const release = await claimFile(path);
  expect(await claimFile(path)).toBeNull();
  release?.();
  const next = await claimFile(path);
  expect(next).not.toBeNull();
  next?.();
});

it('another process has it until it ends, however it ends', async () => {
  const holder = await startHolder();
  expect(await claimFile(path)).toBeNull();
  await holder.kill();
  const release = await claimFile(path);
  expect(release).not.toBeNull();
  release?.();
});

it('its file is private, and no link', async () => {
  (await claimFile(path))?.();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const link = join(folder, 'link');
  await symlink(path, link);
  await expect(claimFile(link)).rejects.toMatchObject({ code: 'ELOOP' });
});

it('a dry run waits for a process that has it, and makes no file', async () => {
  await expect(claimFile(path, 'found')).rejects.toMatchObject({ code: 'ENOENT' });
  const release = await claimFile(path);
  expect(await claimFile(path, 'found')).toBeNull();
  release?.();
});

it('work that fails lets go of it', async () => {
  const clock = createManualClock();
  const failing = whileClaimed(
    () => claimFile(path),
    { action: 'Cannot renew', clock },
    () => Promise.reject(new Error('no')),
  );
  await expect(failing).rejects.toThrow('no');
  (await claimFile(path))?.();
});

it('who waits for a process that does not let go says so after a minute', async () => {
  const clock = createManualClock();
  const waiting = whileClaimed(
    async () => null,
    { action: 'Cannot renew the login', clock },
    async () => 1,
  );
  const refused = expect(waiting).rejects.toMatchObject({
    code: 'timedOut',
    message: 'Cannot renew the login: another process has been at it for 60 seconds',
  });
  await clock.advance(61_000);
  await refused;
});
