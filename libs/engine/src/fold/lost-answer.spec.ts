import { describe, expect, it } from 'vitest';
import type { LocalRow, RemoteRow } from '@tidemark/contracts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';
import { deserialise, serialise } from '../views/snapshot.ts';

const photo = onDisk('LA', 'photo', 'bytes', { hash: null });
const renamed = onDisk('LA', 'renamed', 'bytes', { hash: null, stamp: 'renamed' });
const there = onDrive('A', 'photo', 'bytes');

/** A new file was sent, and the run was killed before the answer came. The next one looks at the disk first. */
function killed(now: readonly LocalRow[], ...shown: readonly RemoteRow[]): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(photo);
  run.command('UploadFile');
  run.start();
  run.diskShows(...now);
  run.driveShows(...shown);
  return run;
}

const answerRead = (run: SpecRun, local: LocalRow): void =>
  void run.observe({ type: 'CommandSucceeded', command: run.command('HashFile').id, local });

const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`).toSorted();

describe('a new file whose upload was not answered, and that has another name by now', () => {
  it('is read, and known as what the drive shows: the rename follows, and no second file', () => {
    const run = killed([renamed], there);
    expect(underWay(run)).toEqual(['HashFile renamed']);
    answerRead(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    expect(run.state.trees.items.size).toBe(2);
    const moved = onDrive('A', 'renamed', 'bytes');
    run.observe({ type: 'CommandSucceeded', command: run.command('MoveRemote').id, remote: moved });
    expect(underWay(run)).toEqual([]);
  });

  it('is known when another user has moved it on the drive: that is followed here', () => {
    const run = killed([photo], onDrive('A', 'moved online', 'bytes'));
    answerRead(run, { ...photo, hash: 'bytes' });
    expect(underWay(run)).toEqual(['MoveLocal photo']);
    expect(run.state.trees.items.size).toBe(2);
  });

  it('is known when it was renamed on both sides: one name wins', () => {
    const run = killed([renamed], onDrive('A', 'moved online', 'bytes'));
    answerRead(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['MoveLocal renamed']);
  });

  it('is another one when it stands elsewhere and has another time', () => {
    const run = killed([photo], onDrive('A', 'elsewhere', 'bytes', { modifiedAt: 200 }));
    expect(underWay(run)).toEqual(['DownloadFile elsewhere', 'UploadFile photo']);
  });

  it('is another one when the bytes differ: both are kept', () => {
    const run = killed([renamed], onDrive('A', 'photo', 'other'));
    answerRead(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['DownloadFile photo', 'UploadFile renamed']);
  });

  it('is another one when it cannot be read', () => {
    const run = killed([renamed], there);
    const failure = { code: 'diskDenied', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: run.command('HashFile').id, failure });
    expect(underWay(run)).toEqual(['DownloadFile photo']);
  });

  it('waits no longer when the drive has lost it again', () => {
    const run = killed([renamed], there);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(goneFromDrive('A'));
    answerRead(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['UploadFile renamed']);
  });

  it('comes back when it was deleted meanwhile: it is kept nowhere else', () => {
    expect(underWay(killed([], there))).toEqual(['DownloadFile photo']);
  });
});

describe('a new file whose upload was not answered, shown at one place by both sides, and renamed on disk then', () => {
  /** The next run hears of it on the drive first, under the name that it had. */
  function renamedThen(shown: RemoteRow): SpecRun {
    const run = new SpecRun();
    run.start();
    run.driveShows();
    run.diskShows(photo);
    run.command('UploadFile');
    run.start();
    run.driveShows(shown);
    run.diskShows(renamed);
    return run;
  }

  it('is read where it is now, and the rename follows on the drive', () => {
    const run = renamedThen(there);
    answerRead(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    expect(run.state.trees.items.size).toBe(2);
  });

  it('is another file when the bytes differ: that one keeps its name online', () => {
    const run = renamedThen(onDrive('A', 'photo', 'other'));
    answerRead(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['MoveLocal renamed']);
  });

  it('survives a snapshot', async () => {
    const { state, rulesFor } = renamedThen(there);
    expect(state.together.size).toBe(1);
    expect((await deserialise(serialise(state), rulesFor))?.together).toEqual(state.together);
  });
});

it('what another user moves on the drive while it is being sent waits for the answer, and is no second file', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(photo);
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  run.driveShows(onDrive('A', 'moved online', 'bytes'));
  expect(underWay(run)).toEqual(['UploadFile photo']);
  const remote = onDrive('A', 'photo', 'bytes');
  const local = { ...photo, hash: 'bytes' };
  run.observe({ type: 'CommandSucceeded', command: run.command('UploadFile').id, remote, local });
  expect(underWay(run)).toEqual(['MoveLocal photo']);
  expect(run.state.trees.items.size).toBe(2);
});

it('what was moved into a folder that is told after it is known as well', () => {
  const run = killed([photo], onDrive('A', 'photo', 'bytes', { in: 'F' }), onDrive('F', 'folder', null));
  answerRead(run, { ...photo, hash: 'bytes' });
  expect(underWay(run)).toEqual(['CreateLocalFolder folder']);
});

it.each([
  ['a connection that broke', 'offline'],
  ['a plugin that was gone', 'pluginAbsent'],
] as const)('%s while a new file was sent has the drive looked at before another attempt', (_, code) => {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(photo);
  const failure = { code, detail: 'spec' } as const;
  run.observe({ type: 'CommandFailed', command: run.command('UploadFile').id, failure });
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  run.diskShows(renamed);
  expect(underWay(run)).toEqual([]);
  run.driveShows(there);
  expect(underWay(run)).toEqual(['HashFile renamed']);
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
  expect([...run.state.remote.sending.values()].map(({ path }) => path).toSorted()).toEqual(
    failed.slice(-256).toSorted(),
  );
});
