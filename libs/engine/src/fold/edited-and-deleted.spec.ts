/** What follows where a version that was saved here has made way for what happened on the drive, and the world goes on. */
import { paceOnce } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const pace = { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 } as const;
const copyName = 'a-host-safeBackup-0001';
const mine = onDisk('LA', 'a', 'mine');
const copied = onDisk('LA', copyName, 'mine');
const hint = (run: SpecRun, side: 'local' | 'remote'): void =>
  void run.observe({ type: 'HintReceived', side, source: 'spec' });

/** Edited here and deleted online; the file that was deleted is back when the edit has stepped aside. */
function restoredMeanwhile(text: string): SpecRun {
  const run = new SpecRun({ pace });
  run.start();
  run.driveShows(onDrive('A', 'a', 'same'));
  run.diskShows(onDisk('LA', 'a', 'same'));
  hint(run, 'local');
  hint(run, 'remote');
  run.diskShows(mine);
  run.driveShows(goneFromDrive('A'));
  const { id, toPath } = run.command('MoveLocal');
  expect(toPath).toBe(copyName);
  hint(run, 'remote');
  run.driveShows(onDrive('A', 'a', text));
  run.observe({ type: 'CommandSucceeded', command: id, local: copied });
  return run;
}

it('edited here, and restored online as it was: the edit is its next version, under the name that it has by now', () => {
  const run = restoredMeanwhile('same');
  const { id, driveItemId } = run.command('MoveRemote');
  expect(driveItemId).toBe('A');
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', copyName, 'same') });
  expect(run.command('UploadFile')).toMatchObject({ path: copyName, target: { as: 'version', id: 'A' } });
});

it('edited here, and restored online with another version: both are kept', () => {
  const run = restoredMeanwhile('theirs');
  const { id } = run.command('MoveRemote');
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', copyName, 'theirs') });
  expect(run.command('DownloadFile')).toMatchObject({ path: copyName, keepAs: { from: 2 } });
});

it('upload_only: the copy of a version that is older than the one online is made again when a user deletes it', () => {
  const run = new SpecRun({ pace, direction: 'upload' });
  run.start();
  const kept = onDisk('LK', copyName, 'mine');
  run.driveShows(onDrive('A', 'a', 'theirs', { modifiedAt: 200 }));
  run.diskShows(mine);
  run.observe({ type: 'CommandSucceeded', command: run.command('KeepLocalCopy').id, kept });
  const remote = onDrive('K', copyName, 'mine');
  run.observe({ type: 'CommandSucceeded', command: run.command('UploadFile').id, remote, local: kept });
  run.driveShows(remote);
  expect(run.state.inFlight.size).toBe(0);
  hint(run, 'local');
  run.diskShows(mine);
  expect(run.command('KeepLocalCopy')).toMatchObject({ path: 'a' });
});
