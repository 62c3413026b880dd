/** What the commands tell when old events of the log are in archives, or are gone. */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { openEventLog } from '@tidemark/event-log';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/** Enough for a snapshot. */
const tree = Array.from({ length: 250 }, (_, index) => ({
  path: `/f${index % 10}/${index}.txt`,
  content: `${index}`,
}));

/** As if all events had become old: they go into archives, which may take so many bytes with the rest. */
async function grownOld(profile: TestProfile, sizeBytesMax: number): Promise<void> {
  const log = await openEventLog({ folder: profile.logFolder, clock: { now: Date.now } });
  const retained = await log.retain({ olderThan: Number.MAX_SAFE_INTEGER, sizeBytesMax });
  expect(retained).toMatchObject({ hasArchived: true, obstacle: null });
  await log.close();
}

/** The same log, as if it had been written ten days ago. */
async function madeOlder({ logFolder }: TestProfile): Promise<void> {
  const clock = { now: Date.now };
  await rename(logFolder, `${logFolder}.young`);
  const young = await openEventLog({ folder: `${logFolder}.young`, clock });
  const old = await openEventLog({ folder: logFolder, clock });
  for await (const batch of young.read())
    await old.append(batch.map((event) => ({ ...event, at: event.at - 10 * 86_400_000 })));
  const snapshot = await young.latestSnapshot();
  const chunks: string[] = [];
  if (snapshot !== null) for await (const chunk of snapshot.chunks) chunks.push(chunk);
  await old.saveSnapshot(snapshot?.seq ?? old.head, chunks);
  await young.close();
  await old.close();
}

async function outputOf(profile: TestProfile, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, text } = await profile.tidemark(args);
  expect(exitCode, text).toBe(0);
  return stdout;
}

it('log, explain and replay tell from archives what they told before, and the sync goes on', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  const tell = async (): Promise<readonly string[]> => [
    await outputOf(profile, 'log'),
    await outputOf(profile, 'explain', 'f7/7.txt', '--verbose'),
    await outputOf(profile, 'replay'),
  ];
  const before = await tell();
  await grownOld(profile, 1 << 30);
  expect(await readdir(join(profile.logFolder, 'archive'))).toHaveLength(1);
  expect(await tell()).toEqual(before);
  await profile.write('f1/new.txt', 'new');
  await profile.sync();
  await expectEqualSides(profile);
});

it('a daemon that comes to rest moves events older than log_retention_days into archives', async () => {
  const profile = await openProfile({ tree, tidemarkConfig: { log_retention_days: '2' } });
  await profile.sync();
  await madeOlder(profile);
  const daemon = await startDaemon(profile, ['--verbose']);
  await daemon.says(/^Events of the log up to \d+ are in archives now$/);
  expect(await readdir(join(profile.logFolder, 'archive'))).toHaveLength(1);
  await daemon.stop();
  expect(await outputOf(profile, 'replay')).toContain('0 divergences; hash chain intact');
});

it('what was removed is said by every command that would have told it, and the sync goes on', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  await grownOld(profile, 1);
  await profile.write('f1/new.txt', 'new');
  profile.drive.create('/f2/there.txt', 'there');
  const { counters } = await profile.sync();
  // The state was there: nothing is compared anew, nothing is fetched twice.
  expect(counters.byKind.contentDownload).toBe(1);
  await expectEqualSides(profile);
  const gone = /NOTE: Events 1 to \d+ are not in the log any more: .* log_max_size/;
  const log = await profile.tidemark(['log']);
  expect([log.exitCode, log.stderr]).toEqual([0, expect.stringMatching(gone)]);
  expect(log.stdout).not.toContain('     1  ');
  for (const args of [['explain', 'f1/new.txt'], ['explain', 'f7/7.txt'], ['replay']]) {
    const { exitCode, stderr, text } = await profile.tidemark(args);
    expect(exitCode, text).toBe(0);
    expect(stderr).toMatch(gone);
    expect(stderr).toMatch(/NOTE: What follows begins at event \d+, behind the oldest state that was kept/);
  }
  expect(await outputOf(profile, 'explain', 'f1/new.txt')).toContain('upload');
  expect(await outputOf(profile, 'replay')).toContain('0 divergences; hash chain intact');
});
