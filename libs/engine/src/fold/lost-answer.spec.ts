import { describe, expect, it } from 'vitest';
import type { LocalRow, RemoteRow } from '@tidemark/contracts';
import { SpecRun, onDisk, onDrive } from '../testing/spec-run.ts';

/** What was new on disk was sent, and the run was killed before the answer came. The next one looks at the disk first. */
function killed(made: LocalRow, now: readonly LocalRow[], shown: RemoteRow): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(made);
  run.command(made.kind === 'file' ? 'UploadFile' : 'CreateRemoteFolder');
  run.start();
  run.diskShows(...now);
  run.driveShows(shown);
  return run;
}
const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`).toSorted();

describe('what was made on the drive, without an answer, for a file that has another name by now', () => {
  const photo = onDisk('LA', 'photo', 'bytes');
  const there = onDrive('A', 'photo', 'bytes');

  it('is renamed, and no second file', () => {
    const run = killed(photo, [onDisk('LA', 'renamed', 'bytes')], there);
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
  });

  it('is known by its time when the bytes on disk have not been read since', () => {
    const unread = onDisk('LA', 'renamed', 'bytes', { hash: null, stamp: 'renamed' });
    const run = killed({ ...photo, hash: null }, [unread], there);
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    const other = { ...there, modifiedAt: 999_000 };
    expect(underWay(killed({ ...photo, hash: null }, [unread], other))).toContain('DownloadFile photo');
  });

  it('gets what was written since as a new version', () => {
    const edited = onDisk('LA', 'renamed', 'edited', { modifiedAt: 300 });
    const run = killed(photo, [edited], there);
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    const moved = onDrive('A', 'renamed', 'bytes');
    run.observe({ type: 'CommandSucceeded', command: run.command('MoveRemote').id, remote: moved });
    expect(run.command('UploadFile').target).toMatchObject({ as: 'version', id: 'A' });
  });

  it('is not what another program made there under that name', () => {
    const run = killed(photo, [onDisk('LA', 'renamed', 'bytes')], onDrive('A', 'photo', 'other'));
    expect(underWay(run)).toEqual(['DownloadFile photo', 'UploadFile renamed']);
  });

  it('comes back when the file was deleted meanwhile: it is kept nowhere else', () => {
    expect(underWay(killed(photo, [], there))).toEqual(['DownloadFile photo']);
  });

  it('is a folder that is renamed as well', () => {
    const folder = onDisk('LF', 'letters', null);
    const run = killed(folder, [onDisk('LF', 'renamed', null)], onDrive('F', 'letters', null));
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
  });
});

it('a connection that broke while something new was sent has the drive looked at before another attempt', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(onDisk('LA', 'photo', 'bytes'));
  const failure = { code: 'offline', detail: 'spec' } as const;
  run.observe({ type: 'CommandFailed', command: run.command('UploadFile').id, failure });
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  run.diskShows(onDisk('LA', 'renamed', 'bytes'));
  expect(underWay(run)).toEqual([]);
  run.driveShows(onDrive('A', 'photo', 'bytes'));
  expect(underWay(run)).toEqual(['MoveRemote renamed']);
});

it('what was left open is forgotten, the oldest first, beyond what can be under way', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(
    ...Array.from({ length: 300 }, (_, number) => onDisk(`L${number}`, `file ${number}`, 'bytes')),
  );
  const refusal = { code: 'accessDenied', detail: 'spec' } as const;
  const failed: string[] = [];
  while (run.state.inFlight.size > 0)
    for (const { id, path } of [...run.state.inFlight.values()]) {
      failed.push(path);
      run.observe({ type: 'CommandFailed', command: id, failure: refusal });
    }
  expect([...run.state.remote.making.values()].map(({ path }) => path).toSorted()).toEqual(
    failed.slice(-256).toSorted(),
  );
});
