/** The copy of a conflict that has become equal to its file is dropped without being asked, told, and brought back by an undo. */
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile, type TestProfile } from './profile.ts';

/** Resolves to the profile and the name of the copy. */
async function inConflict(): Promise<[TestProfile, string]> {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'agreed' }] });
  await profile.sync();
  await profile.write('a.txt', 'of the disk');
  profile.drive.modify('/a.txt', 'of the drive', '2040-01-01T00:00:00Z');
  await profile.sync();
  const copy = (await readdir(profile.syncFolder)).find((name) => name.includes('safeBackup')) ?? '';
  expect(await profile.read(copy)).toBe('of the disk');
  return [profile, copy];
}

it('by a sync: a dry run names it, explain tells of it, undo brings it back, and then it stays', async () => {
  const [profile, copy] = await inConflict();
  await profile.write(copy, 'of the drive');
  await profile.sync();
  const told = `"${copy}" is the copy that a conflict kept, and has the same content as "a.txt" by now, on both sides`;

  const dry = await profile.onedrive(['--sync', '--dry-run']);
  expect(dry.text).toContain(`Would drop an equal copy: ${told}`);
  expect(await profile.read(copy)).toBe('of the drive');

  expect((await profile.sync()).stdout).toContain(`Dropped an equal copy: ${told}`);
  expect(Object.keys(await profile.local())).toEqual(['/a.txt']);
  await expectEqualSides(profile);
  expect(await profile.whereIs('of the drive')).toEqual([
    'folder:/a.txt',
    'drive:/a.txt',
    expect.stringMatching(/^trash:.*safeBackup/),
    `recycle bin:/${copy}`,
  ]);
  expect((await profile.tidemark(['conflicts'])).stdout).toBe('No conflicts\n');
  const explained = await profile.tidemark(['explain', copy, '--verbose']);
  expect(explained.stdout).toContain(told);
  expect(explained.stdout).not.toContain('You asked');
  expect((await profile.tidemark(['explain', '--run', 'last'])).stdout).toContain(told);

  const undone = await profile.tidemark(['undo', '--run', 'last', '--yes']);
  expect(undone.exitCode, undone.text).toBe(0);
  expect((await profile.sync()).stdout).not.toContain('Dropped');
  expect(await profile.read(copy)).toBe('of the drive');
  await expectEqualSides(profile);
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
});

it('by a monitor that goes on, as soon as nothing is under way', async () => {
  const [profile, copy] = await inConflict();
  const daemon = await startDaemon(profile);
  await profile.write('a.txt', 'of the disk');
  await daemon.says(`Dropped an equal copy: "${copy}"`);
  await expect.poll(() => Object.keys(profile.remote())).toEqual(['/a.txt']);
  await daemon.atRest();
  expect((await daemon.status()).daemon?.counters.runs).toBe(2);
  const { exitCode } = await daemon.stop();
  expect(exitCode).toBe(0);
  expect(await profile.read('a.txt')).toBe('of the disk');
  await expectEqualSides(profile);
});

it('neither with one side only, nor by a plan that was shown before', async () => {
  const [profile, copy] = await inConflict();
  await profile.write(copy, 'of the drive');
  await profile.sync();
  for (const args of [
    ['--sync', '--download-only'],
    ['--sync', '--upload-only'],
  ])
    expect((await profile.onedrive(args)).stdout).not.toContain('Dropped');
  const plan = await profile.tidemark(['plan', '--json']);
  const { hash } = JSON.parse(plan.stdout) as { readonly hash: string };
  const applied = await profile.tidemark(['apply', hash]);
  expect(applied.exitCode, applied.text).toBe(0);
  expect(await profile.read(copy)).toBe('of the drive');
});
