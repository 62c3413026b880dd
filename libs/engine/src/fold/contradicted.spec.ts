import { driveItemId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import type { FailureCode, RemoteRow, RemoteTombstone } from '@tidemark/contracts';
import { isQuiet } from '../plan/plan.ts';
import { statusOf } from '../views/status.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

/** The command under way is refused, and the drive shows this of the one item. */
function refuse(run: SpecRun, code: FailureCode, remote?: RemoteRow | RemoteTombstone): void {
  const [command] = run.state.inFlight.values();
  if (command === undefined) throw new Error('Nothing is under way');
  run.observe({
    ...{ type: 'CommandFailed', command: command.id, failure: { code, detail: 'spec' } },
    ...(remote !== undefined && { remote }),
  });
  if (run.state.inFlight.size === 0) run.record([{ type: 'Woke' }]);
}
const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

/** `a` is on disk, and no listing of the drive has shown anything of that name. */
function untold(text: string | null): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows(onDisk('LA', 'a', text));
  return run;
}

/** `a` is agreed on, and `more` happens on disk. */
function agreed(more: ReturnType<typeof onDisk>[]): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a', 'same'), onDrive('X', 'x', 'x'));
  run.diskShows(onDisk('LA', 'a', 'same'), onDisk('LX', 'x', 'x'));
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  run.diskShows(onDisk('LX', 'x', 'x'), ...more);
  return run;
}

describe('the name of an upload is taken, though no listing showed it', () => {
  it('by the same bytes: they are adopted, and the next run is silent', () => {
    const run = untold('same');
    refuse(run, 'nameTaken', onDrive('A', 'a', 'same'));
    expect(underWay(run)).toEqual([]);
    expect(isQuiet(run.state)).toBe(true);
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'same'));
    expect(underWay(run)).toEqual([]);
  });

  it('by other bytes: a conflict, in which both versions are kept', () => {
    const run = untold('mine');
    refuse(run, 'nameTaken', onDrive('A', 'a', 'theirs', { modifiedAt: 200 }));
    expect(run.command('DownloadFile')).toMatchObject({ path: 'a', keepAs: { suffix: '' } });
  });

  it('by a folder: the file steps aside', () => {
    const run = untold('mine');
    refuse(run, 'nameTaken', onDrive('A', 'a', null));
    expect(underWay(run)).toEqual(['MoveLocal a']);
  });

  it('and a file has the name of a folder to be made: the folder steps aside', () => {
    const run = untold(null);
    refuse(run, 'nameTaken', onDrive('A', 'a', 'theirs'));
    expect(underWay(run)).toEqual(['MoveLocal a']);
  });

  it('and the drive shows nothing of it: it is read once more', () => {
    const run = untold('mine');
    refuse(run, 'nameTaken');
    expect(run.state.remote.look.command).not.toBeNull();
  });
});

it('what the drive stores in place of a file is no version of it: the file is sent when it changes, and no conflict', () => {
  const run = untold('mine');
  refuse(run, 'contentMismatch', onDrive('A', 'a', 'damaged'));
  expect([...run.state.activities.values()]).toMatchObject([{ state: 'problem' }]);
  run.start();
  run.driveShows(onDrive('A', 'a', 'damaged'));
  run.diskShows(onDisk('LA', 'a', 'mine'));
  expect(underWay(run)).toEqual([]);
  expect(statusOf(run.state).notAtRest).toMatchObject([{ path: 'a', standing: 'problem' }]);
  run.start();
  run.driveShows();
  run.diskShows(onDisk('LA', 'a', 'mine, saved again'));
  expect(run.command('UploadFile')).toMatchObject({ target: { as: 'version', id: 'A' } });
});

it.each([
  ['tells it again', [onDrive('A', 'a', 'damaged')]],
  ['tells nothing', []],
])(
  'what the drive stores in place of a changed file is not asked about, and not replaced, when its feed %s',
  (_feed, told) => {
    const run = agreed([onDisk('LA', 'a', 'mine')]);
    refuse(run, 'contentMismatch', onDrive('A', 'a', 'damaged'));
    for (const rows of [told, []]) {
      run.start();
      run.driveShows(...rows);
      run.diskShows(onDisk('LA', 'a', 'mine'), onDisk('LX', 'x', 'x'));
      expect(run.state.remote.look.command).toBeNull();
      expect(underWay(run)).toEqual([]);
      expect(statusOf(run.state).notAtRest).toMatchObject([{ path: 'a', standing: 'problem' }]);
    }
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'mine, saved again'), onDisk('LX', 'x', 'x'));
    expect(run.command('UploadFile')).toMatchObject({ target: { as: 'version', id: 'A' } });
  },
);

describe('a known item is refused', () => {
  it('a rename to a name that another item has: the drive keeps its item, and the local one steps aside', () => {
    const run = agreed([onDisk('LA', 'b', 'same')]);
    refuse(run, 'nameTaken', onDrive('B', 'b', 'theirs'));
    expect(underWay(run)).toEqual(['MoveLocal b']);
  });

  it('an upload over a version that no look has shown is a conflict', () => {
    const run = agreed([onDisk('LA', 'a', 'mine')]);
    refuse(run, 'preconditionFailed', onDrive('A', 'a', 'theirs', { modifiedAt: 200 }));
    expect(run.command('DownloadFile')).toMatchObject({ path: 'a', keepAs: { suffix: '' } });
  });

  it('an upload to an item that is gone: the changed version survives under the name of a safe backup', () => {
    const run = agreed([onDisk('LA', 'a', 'mine')]);
    refuse(run, 'notFound', goneFromDrive('A'));
    run.driveShows();
    const { id, toPath } = run.command('MoveLocal');
    run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LA', toPath, 'mine') });
    const target = { as: 'new', name: 'a-host-safeBackup-0001' };
    expect(run.command('UploadFile')).toMatchObject({ path: 'a-host-safeBackup-0001', target });
  });

  it('a deletion of what has changed online brings it back', () => {
    const run = agreed([]);
    refuse(run, 'preconditionFailed', onDrive('A', 'a', 'theirs'));
    expect(underWay(run)).toEqual(['DownloadFile a']);
  });

  it('what the feed has told since is newer than what the drive showed then', () => {
    const run = agreed([onDisk('LA', 'a', 'mine')]);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'third'));
    refuse(run, 'preconditionFailed', onDrive('A', 'a', 'second'));
    expect(run.state.trees.byRemoteId.size).toBe(3);
    expect([...run.state.trees.items.values()].map(({ remote }) => remote?.hash)).toContain('third');
  });

  it('and still as it was known: after some attempts it rests', () => {
    const run = agreed([onDisk('LA', 'a', 'mine')]);
    let attempts = 0;
    while (run.state.inFlight.size > 0 && attempts < 50) {
      attempts += 1;
      refuse(run, 'preconditionFailed', onDrive('A', 'a', 'same'));
      run.at += 3_600_000;
      run.record([{ type: 'Woke' }]);
    }
    expect(attempts).toBeLessThan(20);
    expect([...run.state.activities.values()]).toMatchObject([{ state: 'problem' }]);
  });
});

describe('a read told another version than the feed', () => {
  /** The feed has told the second version, and the read of the refused download told the first one. */
  const behind = (): SpecRun => {
    const run = agreed([onDisk('LA', 'a', 'same')]);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'second'));
    refuse(run, 'preconditionFailed', onDrive('A', 'a', 'same'));
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    return run;
  };
  const hashes = (run: SpecRun): (string | null | undefined)[] =>
    [...run.state.trees.items.values()].map(({ remote }) => remote?.hash);

  it('which was behind: it is read again after each round, until it shows what the feed told', () => {
    const run = behind();
    run.driveShows();
    run.itemsAre(onDrive('A', 'a', 'same'));
    run.start();
    run.driveShows();
    run.itemsAre(onDrive('A', 'a', 'second'));
    expect(hashes(run)).toContain('second');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows();
    expect(run.state.remote.look.command).toBeNull();
  });

  it('and the feed tells of it as well: it is not asked again', () => {
    const run = behind();
    run.driveShows(onDrive('A', 'a', 'same'));
    expect(hashes(run)).toContain('same');
    expect(run.state.remote.look.command).toBeNull();
  });

  it('under a name that another item was listed with: one of the two is old, so it is read again', () => {
    const run = agreed([onDisk('LA', 'a', 'same')]);
    run.state.remote.cursor = null;
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('B', 'a', 'new'));
    run.itemsAre(onDrive('A', 'a', 'same'));
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows();
    run.itemsAre();
    expect(run.state.trees.byRemoteId.has(driveItemId('A'))).toBe(false);
    expect(hashes(run)).toContain('new');
  });
});
