/** `undo` and `conflicts` while a monitor runs: it makes the changes between two runs. */
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startDaemon } from './daemon.ts';
import { expectEqualSides, openProfile } from './profile.ts';

const tree = [
  { path: '/a.txt', content: 'a' },
  { path: '/folder/b.txt', content: 'b' },
];

it('undo brings back what the monitor deleted, and the monitor takes it online, in the same process', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  const daemon = await startDaemon(profile);
  profile.drive.remove('/folder');
  expect((await daemon.ask('POST', '/v1/look')).status).toBe(202);
  await expect.poll(() => existsSync(profile.at('folder'))).toBe(false);
  await daemon.atRest();
  const dry = await profile.tidemark(['undo', 'folder', '--dry-run']);
  expect(dry.exitCode, dry.text).toBe(0);
  expect(profile.drive.stat('/folder')).toBeUndefined();

  const undone = await profile.tidemark(['undo', 'folder', '--yes']);
  expect(undone.exitCode, undone.text).toBe(0);
  expect(undone.stdout).toMatch(/(\d+) of \1 changes made; the monitor brings them to the other side/);
  await expect.poll(() => profile.drive.stat('/folder/b.txt')).toBeDefined();
  await daemon.atRest();
  expect((await daemon.status()).daemon?.pid).toBe(daemon.pid);
  const { exitCode } = await daemon.stop();
  expect(exitCode).toBe(0);
  expect(await profile.read('folder/b.txt')).toBe('b');
  await expectEqualSides(profile);
  expect((await profile.tidemark(['replay'])).stdout).toMatch(/ 0 divergences; hash chain intact/);
});

it('conflicts keep settles a conflict', async () => {
  const profile = await openProfile({ tree });
  await profile.sync();
  await profile.write('a.txt', 'mine');
  profile.drive.modify('/a.txt', 'theirs');
  await profile.sync();
  const daemon = await startDaemon(profile);
  const kept = await profile.tidemark(['conflicts', 'keep', 'local', 'a.txt']);
  expect(kept.exitCode, kept.text).toBe(0);
  await expect
    .poll(() => Object.keys(profile.remote()).toSorted())
    .toEqual(['/a.txt', '/folder', '/folder/b.txt']);
  await expect.poll(() => profile.drive.read('/a.txt').toString()).toBe('mine');
  await daemon.atRest();
  expect((await profile.tidemark(['conflicts'])).stdout).toBe('No conflicts\n');
  await daemon.stop();
  await expectEqualSides(profile);
});

it('what is no list of changes, or leads out of the folder, is refused, and the run goes on', async () => {
  const profile = await openProfile({ tree });
  const daemon = await startDaemon(profile);
  const { runs } = (await daemon.status()).daemon?.counters ?? {};
  const change = (path: string): string =>
    JSON.stringify({
      schema: 1,
      source: 'undo',
      asked: 'x',
      settled: [],
      changes: [{ type: 'MakeFolder', path }],
    });
  for (const body of ['', '{}', 'x', change('../out'), change('/etc'), change('a/../../b')])
    expect((await daemon.ask('POST', '/v1/changes', body)).status, body).toBe(400);
  expect((await daemon.ask('POST', '/v1/look', 'body')).status).toBe(413);
  expect((await daemon.status()).daemon?.counters.runs).toBe(runs);
  await daemon.stop();
});
