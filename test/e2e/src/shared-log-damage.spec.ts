/** A shared folder has a log of its own, which may be damaged when that of the sync folder is not. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openProfile } from './profile.ts';

it('conflicts keep does not end as a success when it could not read the log of a shared folder', async () => {
  const profile = await openProfile({ flavour: 'personal', tree: [{ path: '/own.txt', content: 'own' }] });
  const sam = profile.simulator.sharedDrive();
  for (let file = 0; file < 60; file += 1) sam.create(`/Team/${file}.txt`, `${file}`);
  sam.share('/Team', 'write');
  profile.drive.addPointer('/From Sam', sam, '/Team');
  await profile.sync();
  await flipByteOfLargest(join(profile.logFolder, '../../..'));

  const listed = await profile.tidemark(['conflicts']);
  expect(listed.stderr).toContain('ERROR: The event log is damaged');
  expect(listed.exitCode, listed.text).toBe(8);
  const kept = await profile.tidemark(['conflicts', 'keep', 'local', '--all']);
  expect(kept.stderr).toContain('ERROR: The event log is damaged');
  expect(kept.exitCode, kept.text).toBe(8);
});

async function flipByteOfLargest(folder: string): Promise<void> {
  const all = await readdir(folder, { recursive: true });
  const names = all.filter((name) => /shared\/.*log\/.*\.(ldb|log)$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), bytes: await readFile(join(folder, name)) })),
  );
  const [largest] = files.toSorted((a, b) => b.bytes.byteLength - a.bytes.byteLength);
  if (largest === undefined) throw new Error(`No log below ${folder}`);
  const at = Math.floor((largest.bytes.byteLength - 1) * 0.35);
  largest.bytes[at] = (largest.bytes[at] ?? 0) ^ 0x40;
  await writeFile(largest.path, largest.bytes);
}
