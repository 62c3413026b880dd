import type { Failure } from '@tidemark/plugin-sdk';
import { contentConformance, createWorld, runPlugin } from '@tidemark/plugin-testkit';
import { generateX25519Identity } from 'age-encryption';
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import plugin from './crypt.ts';

const folder = await mkdtemp(join(tmpdir(), 'crypt-'));
after(() => rm(folder, { recursive: true }));

async function keyFile(name: string, lines?: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines ?? `# made for a test\n${await generateX25519Identity()}\n`, { mode: 0o600 });
  return path;
}

const mine = { keyFile: await keyFile('mine.key') };
const runWith = (config: object) => runPlugin(plugin, createWorld(), config);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

for (const { title, check } of contentConformance(plugin, { findsDamage: true }, mine)) test(title, check);

test('what it makes says nothing of the content, and is another each time', async () => {
  await using run = await runWith(mine);
  const [once, again] = [await run.up('a.txt', 'the same'), await run.up('a.txt', 'the same')];
  assert.ok(once && again);
  assert.notDeepEqual(once, again);
  assert.ok(!Buffer.from(once).includes('the same'));
});

test('another key tells so, and damage is not taken for another key', async () => {
  await using run = await runWith(mine);
  await using other = await runWith({ keyFile: await keyFile('other.key') });
  const made = await run.up('a.txt', 'secret');
  assert.ok(made);
  await assert.rejects(
    other.down('a.txt', made),
    /"a\.txt": plugin "crypt" .* encrypted for another key than [0-9a-z]{8}$/,
  );
  made[made.length - 1] = (made.at(-1) ?? 0) ^ 1;
  await assert.rejects(
    run.down('a.txt', made),
    ({ code, message }: Failure) => code === 'contentFailed' && !message.includes('another key'),
  );
});

test('a key that was replaced still opens what it closed, as long as it stands behind the new one', async () => {
  const [older, newer] = [await generateX25519Identity(), await generateX25519Identity()];
  await using before = await runWith({ keyFile: await keyFile('older.key', older) });
  await using after = await runWith({ keyFile: await keyFile('both.key', `${newer}\n${older}\n`) });
  const made = await before.up('a.txt', 'secret');
  assert.deepEqual(await after.down('a.txt', made ?? bytesOf('')), bytesOf('secret'));
});

test('a file that is not encrypted fails, unless such files are to come as they are', async () => {
  await using strict = await runWith(mine);
  await assert.rejects(strict.down('a.txt', bytesOf('plain')), /not encrypted/);
  await using open = await runWith({ ...mine, takePlain: true });
  for (const text of ['plain', '', 'x'.repeat(100_000)])
    assert.deepEqual(await open.down('a.txt', bytesOf(text)), bytesOf(text));
});

test('files outside the folders that are named stay as they are', async () => {
  await using run = await runWith({ ...mine, folders: ['private'] });
  assert.equal(await run.up('public/a.txt', 'a'), null);
  assert.equal(await run.up('private.txt', 'a'), null);
  assert.notEqual(await run.up('private/a.txt', 'a'), null);
});

test('a key file that is missing, open to others, empty or damaged keeps the run from starting, and its text is never told', async () => {
  const open = await keyFile('open.key');
  await chmod(open, 0o640);
  const secret = 'AGE-SECRET-KEY-1DAMAGED';
  for (const [path, why] of [
    [join(folder, 'none.key'), /ENOENT.*age-keygen/],
    [open, /chmod 600/],
    [await keyFile('empty.key', '# nothing\n'), /holds no key/],
    [await keyFile('damaged.key', secret), /is damaged/],
  ] as const)
    await assert.rejects(runWith({ keyFile: path }), (error: Error) => {
      assert.match(error.message, why);
      assert.ok(!error.message.includes('DAMAGED'));
      return true;
    });
});
