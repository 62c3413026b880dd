import type { LocalRow } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { SpecRun, onDisk, onDrive } from '../testing/spec-run.ts';

/** `a.txt` was changed on both sides, and the run was killed while the drive's version was brought in beside the one on disk. */
function killedInConflict(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a.txt', 'agreed'));
  run.diskShows(onDisk('LA', 'a.txt', 'agreed'));
  run.start();
  run.driveShows(onDrive('A', 'a.txt', 'theirs'));
  run.diskShows(onDisk('LA', 'a.txt', 'ours'));
  expect(run.command('DownloadFile').keepAs).not.toBeNull();
  return run;
}

/** What the next run wants, when the disk is like this. */
function next(run: SpecRun, ...disk: LocalRow[]): string[] {
  run.start();
  run.driveShows();
  run.diskShows(...disk);
  return [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);
}

const kept = 'a-safeBackup-0001.txt';

describe('a run that was killed in the middle of a conflict', () => {
  it('before anything was done: it is a conflict as before', () => {
    expect(next(killedInConflict(), onDisk('LA', 'a.txt', 'ours'))).toEqual(['DownloadFile a.txt']);
  });

  it.each(['first', 'last'])(
    'when all was done: the item is the file with its name, if that is met %s',
    (when) => {
      const disk = [onDisk('LK', 'a.txt', 'theirs'), onDisk('LA', kept, 'ours')];
      expect(next(killedInConflict(), ...(when === 'first' ? disk : disk.toReversed()))).toEqual([
        `UploadFile ${kept}`,
      ]);
    },
  );
});
