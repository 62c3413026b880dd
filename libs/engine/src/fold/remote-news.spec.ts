import { driveItemId } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

const planned = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

describe('a folder that the feed tells gone without what was in it', () => {
  let run: SpecRun;

  beforeEach(() => {
    run = new SpecRun();
    run.start();
    run.driveShows(onDrive('D', 'd', null), onDrive('B', 'b', 'two', { in: 'D' }));
    run.diskShows(onDisk('LD', 'd', null), onDisk('LB', 'b', 'two', { in: 'LD' }));
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(goneFromDrive('D'));
  });

  it('takes nothing along before another round was read', () => {
    expect(planned(run)).toEqual([]);
    expect(run.state.trees.byRemoteId.has(driveItemId('B'))).toBe(true);
    expect(run.state.remote.look.command).toMatchObject({
      type: 'ReadRemote',
      reason: { rule: 'look-again' },
    });
  });

  it('takes along what the next round does not show elsewhere', () => {
    run.driveShows();
    expect(planned(run)).toEqual(['DeleteLocal d/b']);
  });

  it('leaves what was moved out of it behind the end of the round that told it', () => {
    run.driveShows(onDrive('B', 'b', 'two'));
    expect(planned(run)).toEqual(['MoveLocal d/b']);
  });
});

describe('a folder that we deleted', () => {
  it('took nothing along that was moved out right before: what is in that is enumerated again', () => {
    const run = new SpecRun();
    const inside = onDrive('S', 'sub', null, { in: 'D' });
    const file = onDrive('A', 'a', 'one', { in: 'S' });
    run.start();
    run.driveShows(onDrive('D', 'd', null), inside, file);
    run.diskShows(
      onDisk('LD', 'd', null),
      onDisk('LS', 'sub', null, { in: 'LD' }),
      onDisk('LA', 'a', 'one', { in: 'LS' }),
    );
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows();
    const { id } = run.command('DeleteRemote');
    run.observe({ type: 'CommandSucceeded', command: id, remote: goneFromDrive('D') });
    run.driveShows(onDrive('S', 'sub', null));
    expect(run.state.remote.look.command).toMatchObject({ type: 'ReadRemote', cursor: null });
    run.driveShows(onDrive('S', 'sub', null), file);
    expect(planned(run)).toEqual(['CreateLocalFolder sub']);
    expect(run.state.remote.takenAlong.size).toBe(0);
  });
});

describe('a drive that was put back to an earlier state and gives its tags again', () => {
  it.each([0, 9])(
    'shows a file of %s bytes without a hash: another version than the one it had',
    (sizeBytes) => {
      const run = new SpecRun();
      run.start();
      run.driveShows(onDrive('A', 'a', 'later'));
      run.diskShows(onDisk('LA', 'a', 'later'));
      run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
      run.driveShows(onDrive('A', 'a', 'later', { sizeBytes, hash: null }));
      expect(planned(run)).toEqual(['DownloadFile a']);
    },
  );
});
