import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createSecretFiles } from './create-secret-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('keeps a text over a restart, in a place that only the owner can read', async () => {
  const secrets = createSecretFiles(join(folder, 'all'))('webhook');
  expect(await secrets.read('subscription')).toBeNull();
  await secrets.write('subscription', 'first');
  await secrets.write('subscription', 'sécond');
  expect(await createSecretFiles(join(folder, 'all'))('webhook').read('subscription')).toBe('sécond');
  const place = join(folder, 'all', 'webhook');
  expect(await readdir(place)).toEqual(['subscription']);
  expect((await stat(place)).mode & 0o777).toBe(0o700);
  expect((await stat(join(place, 'subscription'))).mode & 0o777).toBe(0o600);
});

it('removes a text, however often', async () => {
  const secrets = createSecretFiles(folder)('webhook');
  await secrets.write('a', 'text');
  await secrets.remove('a');
  await secrets.remove('a');
  expect(await secrets.read('a')).toBeNull();
});

it('gives each plugin a place of its own', async () => {
  const place = createSecretFiles(folder);
  await place('one').write('a', 'text');
  expect(await place('other').read('a')).toBeNull();
});

it.each(['../a', 'a/b', '', '.', 'A', 'a.b', 'a'.repeat(65)])(
  'takes no name that could lead elsewhere: "%s"',
  async (name) => {
    const secrets = createSecretFiles(folder)('webhook');
    await expect(secrets.write(name, 'x')).rejects.toThrow('lower-case letters');
    expect(() => createSecretFiles(folder)(name)).toThrow('lower-case letters');
  },
);

it('refuses what others can read, and links', async () => {
  const secrets = createSecretFiles(folder)('webhook');
  await secrets.write('open', 'canary-text');
  await chmod(join(folder, 'webhook', 'open'), 0o640);
  await expect(secrets.read('open')).rejects.toMatchObject({ code: 'diskDenied' });
  await expect(secrets.read('open')).rejects.not.toThrow('canary-text');
  await writeFile(join(folder, 'elsewhere'), 'x', { mode: 0o600 });
  await symlink(join(folder, 'elsewhere'), join(folder, 'webhook', 'link'));
  await expect(secrets.read('link')).rejects.toMatchObject({ code: 'diskDenied' });
});

it('takes no text that is larger than 64 KiB', async () => {
  const secrets = createSecretFiles(folder)('webhook');
  await secrets.write('most', 'x'.repeat(64 * 1024));
  await expect(secrets.write('more', 'x'.repeat(64 * 1024 + 1))).rejects.toThrow('larger than 64 KiB');
});

it('knows a text by its digest, and no other', () => {
  const { digest, matches } = createSecretFiles(folder)('webhook');
  expect(digest('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  expect(matches('abc', digest('abc'))).toBe(true);
  for (const other of ['abd', '', 'abcd']) expect(matches(other, digest('abc'))).toBe(false);
  expect(matches('abc', '')).toBe(false);
});
