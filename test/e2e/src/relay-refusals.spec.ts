import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { asLines } from './profile.ts';
import { startBinary, type Ended } from './run-binary.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-refusals-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'config'), { mode: 0o700 });
});

const keyFile = (): string => join(folder, 'relay.nkey');
const server = { relay_server: 'tls://nats.example.org:4222' };

/** Nobody is logged in, and nobody has to be. */
async function tidemark(
  args: readonly string[],
  own: Readonly<Record<string, string>>,
  config: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  await writeFile(join(folder, 'config/tidemark.conf'), asLines(own));
  await writeFile(join(folder, 'config/config'), asLines({ sync_dir: join(folder, 'sync'), ...config }));
  return startBinary('tidemark', [...args, '--confdir', join(folder, 'config')], { home: folder }).ended;
}

it('a relay without a server says which setting is missing', async () => {
  const { exitCode, stderr } = await tidemark(['relay'], {});
  expect(exitCode).toBe(3);
  expect(stderr).toContain("'relay_server' is not set in tidemark.conf");
});

it.each([
  [{ relay_server: 'nats://nats.example.org:4222' }, 'beyond this machine nothing goes unencrypted'],
  [server, "needs 'relay_nkey_file'"],
  [{ ...server, relay_nkey_file: '/nowhere/key' }, 'Cannot use "/nowhere/key"'],
])('a relay refuses a server that it could not trust, or that could not know it: %o', async (own, why) => {
  const { exitCode, stderr } = await tidemark(['relay'], own);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(why);
});

it('a user is made once, with a key for its owner alone, and what is printed holds no secret', async () => {
  const own = { ...server, relay_nkey_file: keyFile(), relay_drive: 'home' };
  const { exitCode, stdout } = await tidemark(['relay', 'user'], own);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^# drive "home"\n\{ nkey: U[A-Z2-7]{55}, permissions: \{/);
  expect(stdout).not.toMatch(/\bSU[A-Z2-7]{20}/);
  expect((await stat(keyFile())).mode & 0o777).toBe(0o600);
  expect((await tidemark(['relay', 'user'], own)).stdout).toBe(stdout);
});

it('a key that others can read is refused', async () => {
  const own = { ...server, relay_nkey_file: keyFile(), relay_drive: 'home' };
  await tidemark(['relay', 'user'], own);
  await chmod(keyFile(), 0o644);
  const { exitCode, stderr } = await tidemark(['relay', 'user'], own);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('others can read it; its mode must be 0600');
});

it('a user without a file for its key says which setting is missing', async () => {
  const { exitCode, stderr } = await tidemark(['relay', 'user'], {});
  expect(exitCode).toBe(3);
  expect(stderr).toContain("'relay_nkey_file' is not set in tidemark.conf");
});

it('a client that names a relay and no address of it is told what else it needs', async () => {
  const own = { ...server, relay_nkey_file: keyFile(), relay_drive: 'home' };
  const { exitCode, stderr, stdout } = await tidemark(['monitor'], own);
  expect(exitCode).toBe(2);
  expect(stderr + stdout).toContain("'webhook_public_url' (the address of the relay)");
});
