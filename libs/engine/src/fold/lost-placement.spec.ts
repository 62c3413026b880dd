import { describe, expect, it } from 'vitest';
import type { LocalRow, RemoteRow } from '@tidemark/contracts';
import { rootItem, stagingKey } from '@tidemark/contracts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

const report = onDrive('A', 'report', 'bytes');
const second = onDrive('A', 'report', 'second', { eTag: 'second' });
/** What the disk shows of the file that was placed. */
const placed = (name: string, more: Partial<LocalRow> = {}, of = report): LocalRow =>
  onDisk('LA', name, of.hash, { hash: null, stamp: `as ${name}`, stagedAs: stagingKey(of), ...more });

/** The run was killed while a new file was on its way from the drive. The next one looks at the disk first. */
function killed(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.diskShows();
  run.driveShows(report);
  run.command('DownloadFile');
  run.start();
  return run;
}

/** The same, when it was about to replace the file `L1`. */
function killedWhileReplacing(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.diskShows(onDisk('L1', 'report', 'bytes'));
  run.driveShows(report);
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
  run.driveShows(second);
  run.command('DownloadFile');
  run.start();
  return run;
}

const answerRead = (run: SpecRun, local: LocalRow): void =>
  void run.observe({ type: 'CommandSucceeded', command: run.command('HashFile').id, local });

const answerMove = (run: SpecRun, remote: RemoteRow): void =>
  void run.observe({ type: 'CommandSucceeded', command: run.command('MoveRemote').id, remote });

const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`).toSorted();

const namesOnDisk = (run: SpecRun): (string | undefined)[] =>
  [...run.state.trees.items.values()].flatMap(({ id, local }) => (id === rootItem ? [] : [local?.name]));

describe('a downloaded file whose download was not answered, and that has another name by now', () => {
  it('is known as what the drive shows: the rename follows, and no second file', () => {
    const run = killed();
    run.diskShows(placed('renamed'));
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    answerMove(run, onDrive('A', 'renamed', 'bytes'));
    expect(underWay(run)).toEqual(['HashFile renamed']);
    answerRead(run, placed('renamed', { hash: 'bytes' }));
    expect(underWay(run)).toEqual([]);
    expect(run.state.trees.items.size).toBe(2);
  });

  it('and was written to is a new version of the drive item, under its new name', () => {
    const run = killed();
    run.diskShows(placed('renamed', { sizeBytes: 6 }));
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    answerMove(run, onDrive('A', 'renamed', 'bytes'));
    expect(run.command('UploadFile')).toMatchObject({ path: 'renamed', target: { as: 'version', id: 'A' } });
  });

  it('stays when the drive has lost the item: a user has renamed it', () => {
    const run = killedWhileReplacing();
    run.diskShows(placed('renamed', {}, second));
    run.driveShows(goneFromDrive('A'));
    answerRead(run, placed('renamed', { hash: 'second' }, second));
    expect(underWay(run)).toEqual(['UploadFile renamed']);
  });

  it('is known when it has replaced another file, which is in the trash', () => {
    const run = killedWhileReplacing();
    run.diskShows(placed('renamed', {}, second));
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    expect(namesOnDisk(run)).toEqual(['renamed']);
  });

  it('and the user has put another file in its first place: both are there', () => {
    const run = killed();
    run.diskShows(onDisk('LB', 'report', 'mine'), placed('renamed'));
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    answerMove(run, onDrive('A', 'renamed', 'bytes'));
    expect(run.command('UploadFile')).toMatchObject({ path: 'report', target: { as: 'new' } });
  });

  it('and the user has taken the replaced one out of the trash: both are there', () => {
    const run = killedWhileReplacing();
    run.diskShows(onDisk('L1', 'from the trash', 'bytes'), placed('renamed', {}, second));
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed', 'UploadFile from the trash']);
  });

  it('is known although a look before the kill has shown it as a new file', () => {
    const run = new SpecRun();
    run.start();
    run.diskShows();
    run.driveShows(report);
    run.command('DownloadFile');
    const { stagedAs: _, ...early } = placed('renamed');
    run.record([
      { type: 'HintReceived', side: 'local', source: 'spec' },
      { type: 'LocalSeen', rows: [early] },
    ]);
    run.start();
    run.diskShows(placed('renamed'));
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    expect(run.state.trees.items.size).toBe(2);
  });
});

it('what was placed in a folder that no look has shown is known by the next one', () => {
  const run = new SpecRun();
  const folder = onDisk('LF', 'folder', null);
  run.start();
  run.diskShows(folder);
  run.driveShows(onDrive('F', 'folder', null), onDrive('A', 'report', 'bytes', { in: 'F' }));
  const other = onDisk('LO', 'folder', null);
  const moved = { ...folder, name: 'first folder' };
  const local = placed('report', { parentId: other.id, hash: 'bytes' });
  run.observe({ type: 'CommandSucceeded', command: run.command('DownloadFile').id, local });
  run.diskShows(moved, other, local);
  expect(underWay(run)).not.toContain('UploadFile folder/report');
  expect(
    [...run.state.trees.items.values()].filter(({ local: entry }) => entry?.kind === 'file'),
  ).toHaveLength(1);
});

it('a downloaded file whose download was not answered, and whose item was renamed online meanwhile, follows it', () => {
  const run = killed();
  run.driveShows(onDrive('A', 'other name', 'bytes', { eTag: 'second' }));
  run.diskShows(placed('report'));
  expect(underWay(run)).toEqual(['MoveLocal report']);
});

it.each([
  ['a new file', []],
  ['a new version', [onDisk('L1', 'report', 'bytes')]],
] as const)(
  '%s that a look met before its answer was lost is no rival of what the drive shows later',
  (_, before) => {
    const run = new SpecRun();
    run.start();
    run.diskShows(...before);
    run.driveShows(report);
    if (before.length > 0) {
      run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
      run.driveShows(second);
    }
    const shown = placed('report', {}, before.length > 0 ? second : report);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: [''] });
    run.scan([shown]);
    expect(run.command('DownloadFile')).toBeDefined();
    run.start();
    run.driveShows(onDrive('A', 'report', 'third', { eTag: 'third' }));
    run.diskShows(shown);
    answerRead(run, { ...shown, hash: before.length > 0 ? 'second' : 'bytes' });
    expect(run.command('DownloadFile')).toMatchObject({ path: 'report', keepAs: null });
  },
);

it('the answer of a plugin that is gone leaves open whether the file has its name', () => {
  const run = new SpecRun();
  run.start();
  run.diskShows();
  run.driveShows(report);
  const failure = { code: 'pluginAbsent', detail: 'spec' } as const;
  run.observe({ type: 'CommandFailed', command: run.command('DownloadFile').id, failure });
  run.diskShows(placed('renamed'));
  expect(underWay(run)).toEqual(['MoveRemote renamed']);
});

it('the user’s own copy of the same bytes is a new file, and the download is made again', () => {
  const run = killed();
  run.diskShows(onDisk('LB', 'copy', 'bytes'));
  run.driveShows();
  expect(underWay(run)).toEqual(['DownloadFile report', 'UploadFile copy']);
});

it('what was placed for another version than the one whose download was not answered is a new file', () => {
  const run = killed();
  run.diskShows(placed('renamed', {}, second));
  run.driveShows();
  expect(underWay(run)).toEqual(['DownloadFile report', 'UploadFile renamed']);
});

it('a failure may come when the file has its name already, as when its folder cannot be flushed: the disk is looked at', () => {
  const run = new SpecRun();
  run.start();
  run.diskShows();
  run.driveShows(report);
  const failure = { code: 'diskFault', detail: 'spec' } as const;
  run.observe({ type: 'CommandFailed', command: run.command('DownloadFile').id, failure });
  run.diskShows(placed('renamed'));
  expect(underWay(run)).toEqual(['MoveRemote renamed']);
});

it('the drive’s version that was kept beside the local one is not kept a second time', () => {
  const run = new SpecRun();
  const mine = onDisk('LA', 'report', 'mine', { modifiedAt: 200 });
  const copy = onDisk('LC', 'copy', 'bytes', { stagedAs: stagingKey(report) });
  run.start();
  run.diskShows(mine);
  run.driveShows(report);
  run.command('KeepRemoteCopy');
  run.start();
  run.diskShows(mine, copy);
  run.driveShows();
  expect(underWay(run)).toEqual(['UploadFile copy', 'UploadFile report']);
});

it('a complete look ends the question', () => {
  const run = killed();
  run.diskShows();
  expect(run.state.local.placing.size).toBe(0);
});

it('a copy beside a file that was placed as the same version before is not taken for that file', () => {
  const run = new SpecRun({ localFirst: true });
  const edited = (hash: string | null) => placed('report', { hash, stamp: 'edited', sizeBytes: 6 });
  run.start();
  run.driveShows(report);
  run.diskShows(edited('edited'));
  run.command('KeepRemoteCopy');
  run.start();
  run.diskShows(edited(null));
  run.driveShows();
  expect(underWay(run)).not.toEqual(['UploadFile report']);
  expect(run.state.trees.items.get(run.state.trees.byLocalId.get(edited(null).id)!)?.synced).toBeNull();
});
