import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { everythingIn, expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/** Enough events for several files of the log. */
const tree = Array.from({ length: 60 }, (_, index) => ({
  path: `/f${index % 6}/${index}.txt`,
  content: `${index}`,
}));

/** Files of the log that hold events, largest first. */
async function dataFiles(profile: TestProfile): Promise<string[]> {
  const folder = join(profile.logFolder, 'log');
  const names = (await readdir(folder)).filter((name) => /\.(ldb|log)$/.test(name));
  const sized = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), size: (await stat(join(folder, name))).size })),
  );
  return sized
    .filter(({ size }) => size > 200)
    .toSorted((a, b) => b.size - a.size)
    .map(({ path }) => path);
}

async function flipByte(path: string, fraction: number): Promise<void> {
  const bytes = await readFile(path);
  const at = Math.floor((bytes.byteLength - 1) * fraction);
  bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  await writeFile(path, bytes);
}

describe('one flipped byte of the event log', () => {
  it.each([
    [0.1, {}],
    [0.35, { local_first: 'true', mirror_local_state: 'true' }],
    [0.6, {}],
    [0.85, {}],
  ])(
    'at %d of its largest file is noticed, and the next sync deletes nothing and both sides end equal (%j)',
    async (fraction, config) => {
      const profile = await openProfile({ tree });
      await profile.sync();
      await profile.setConfig(config);
      await profile.write('f1/here.txt', 'here');
      profile.drive.create('/f2/there.txt', 'there');
      const [largest = ''] = await dataFiles(profile);
      await flipByte(largest, fraction);

      const replayed = await profile.tidemark(['replay']);
      expect(replayed.exitCode, replayed.text).toBe(8);
      expect(replayed.stderr).toMatch(/^ERROR: /m);
      expect((await profile.tidemark(['status'])).exitCode).toBe(8);

      const { text, counters } = await profile.sync();
      expect(text).toMatch(/WARNING: The event log is damaged/);
      expect(text).toMatch(/Its files were kept at /);
      expect(counters.byKind.delete).toBe(0);
      await expectEqualSides(profile);
      expect(Object.keys(await profile.local())).toHaveLength(60 + 6 + 2);
      const replayedAgain = await profile.tidemark(['replay']);
      expect(replayedAgain.exitCode, replayedAgain.text).toBe(0);
    },
  );

  it('does not turn a deletion that was not synced yet into a loss on the other side', async () => {
    const profile = await openProfile({ tree });
    await profile.sync();
    profile.drive.remove('/f3/3.txt');
    const [largest = ''] = await dataFiles(profile);
    await flipByte(largest, 0.5);
    const before = await everythingIn(profile.folder);
    const rehearsed = await profile.onedrive(['--sync', '--dry-run']);
    expect(rehearsed.exitCode, rehearsed.text).toBe(0);
    expect(rehearsed.stderr).toMatch(/WARNING: The event log is damaged: .*\n.*compared by content/);
    expect(await everythingIn(profile.folder)).toEqual(before);
    const { counters } = await profile.sync();
    expect(counters.byKind.delete).toBe(0);
    expect(await profile.whereIs('3')).toContain('folder:/f3/3.txt');
    await expectEqualSides(profile);
  });
});

it('a log that was put back to an earlier state is noticed by its witness, and deletes nothing', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  const folder = join(profile.logFolder, 'log');
  const earlier = await Promise.all(
    (await readdir(folder)).map(async (name) => [name, await readFile(join(folder, name))] as const),
  );
  await profile.write('f1/later.txt', 'later');
  await profile.sync();
  await rm(folder, { recursive: true });
  await mkdir(folder);
  for (const [name, bytes] of earlier) await writeFile(join(folder, name), bytes);

  const replayed = await profile.tidemark(['replay']);
  expect(replayed.exitCode, replayed.text).toBe(8);
  const { text, counters } = await profile.sync();
  expect(text).toMatch(/WARNING: The event log is damaged/);
  expect(counters.byKind.delete).toBe(0);
  expect(await profile.whereIs('later')).toEqual(['folder:/f1/later.txt', 'drive:/f1/later.txt']);
  await expectEqualSides(profile);
});
