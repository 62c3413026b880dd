import { describe, expect, it } from 'vitest';
import type { CommandId, LocalRow } from '@tidemark/contracts';
import { driveItemId, itemId } from '@tidemark/contracts';
import { SpecRun, onDisk, onDrive } from '../testing/spec-run.ts';

/** `a` has the same bytes on both sides, and these times. */
function agreed(drive: number, disk: number): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a', 'same', { modifiedAt: 100 }));
  run.diskShows(onDisk('LA', 'a', 'same', { modifiedAt: 100 }));
  if (disk !== 100) {
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([touched(disk)]);
  }
  if (drive !== 100) {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'same', { modifiedAt: drive }));
  }
  return run;
}
const touched = (modifiedAt: number): LocalRow =>
  onDisk('LA', 'a', 'same', { modifiedAt, stamp: `stamp of ${modifiedAt}` });
const lookAtDrive = (run: SpecRun): CommandId => {
  const { command: looking } = run.state.remote.look;
  if (looking === null) throw new Error('No look at the drive is under way');
  return looking.id;
};
const underWay = (run: SpecRun): string[] => [...run.state.inFlight.values()].map(({ type }) => type);

it('the newer of two times at the first meeting is the change, and the other side gets it', () => {
  const met = (drive: number, disk: number): SpecRun => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'same', { modifiedAt: drive }));
    run.diskShows(onDisk('LA', 'a', 'same', { modifiedAt: disk }));
    return run;
  };
  expect(met(100, 200).command('SetRemoteTime')).toMatchObject({ modifiedAt: 200 });
  expect(met(200, 100).command('SetLocalTime')).toMatchObject({ modifiedAt: 200 });
});

describe('a time that a side does not keep', () => {
  it('is sent to the drive once: what the service makes of it stands beside the one on disk', () => {
    const run = agreed(100, 200);
    const { id } = run.command('SetRemoteTime');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      remote: { ...onDrive('A', 'a', 'same', { modifiedAt: 777 }), eTag: 'another' },
    });
    expect(underWay(run)).toEqual([]);
    expect(run.state.activities.size).toBe(0);
    expect(run.state.trees.items.get(itemId(1))?.synced).toMatchObject({
      modifiedAt: 777,
      localModifiedAt: 200,
    });
  });

  it('is sent once more for the next change on disk, and only then', () => {
    const run = agreed(100, 200);
    const answered = { ...onDrive('A', 'a', 'same', { modifiedAt: 150 }), eTag: 'another' };
    run.observe({ type: 'CommandSucceeded', command: run.command('SetRemoteTime').id, remote: answered });
    run.driveShows(answered);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([touched(300)]);
    expect(run.command('SetRemoteTime')).toMatchObject({ modifiedAt: 300, ifMatch: 'another' });
  });

  it('is given to the disk once: what the file system makes of it stands beside the one on the drive', () => {
    const run = agreed(201, 100);
    const { id } = run.command('SetLocalTime');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      local: onDisk('LA', 'a', 'same', { modifiedAt: 200 }),
    });
    expect(underWay(run)).toEqual([]);
    // Nor does it go back to the drive in the next run.
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'a', 'same', { modifiedAt: 200 }));
    expect(underWay(run)).toEqual([]);
  });

  it('is given to the disk once more after what was agreed was forgotten, when both sides were looked at', () => {
    const run = agreed(201, 100);
    const local = onDisk('LA', 'a', 'same', { modifiedAt: 200 });
    run.observe({ type: 'CommandSucceeded', command: run.command('SetLocalTime').id, local });
    run.start('a resync was asked for');
    run.diskShows(local);
    expect(underWay(run)).toEqual([]);
    run.driveShows(onDrive('A', 'a', 'same', { modifiedAt: 201 }));
    run.observe({ type: 'CommandSucceeded', command: run.command('SetLocalTime').id, local });
    expect(underWay(run)).toEqual([]);
  });

  it('of a download stands beside the one on the drive as well', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'theirs', { modifiedAt: 4_000_000_001 }));
    run.diskShows();
    const local = onDisk('LA', 'a', 'theirs', { modifiedAt: 4_000_000_002 });
    run.observe({ type: 'CommandSucceeded', command: run.command('DownloadFile').id, local });
    expect(underWay(run)).toEqual([]);
  });
});

describe('a file that stays young for minutes, since the clock was set back', () => {
  const young = onDisk('LA', 'a', 'same', { stamp: 'stamp of same+', hash: null });
  const settled = onDisk('LA', 'a', 'same');
  const lookAgain = (run: SpecRun): void => {
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([young]);
  };
  const wasSeen = (run: SpecRun): number => run.log.filter(({ event }) => event.type === 'LocalSeen').length;

  it('is read once in a run: by then no other save could get its stamp', () => {
    const run = agreed(100, 100);
    run.start();
    run.driveShows();
    run.diskShows(young);
    run.observe({ type: 'CommandSucceeded', command: run.command('HashFile').id, local: settled });
    lookAgain(run);
    expect(underWay(run)).toEqual([]);
    expect(wasSeen(run)).toBe(2);
    // The clock may have been set back between two runs.
    run.start();
    run.driveShows();
    run.diskShows(young);
    expect(run.command('HashFile').path).toBe('a');
  });

  it('and is still to be read: another look tells nothing new of it, so that no failed command tries again for it', () => {
    const run = agreed(100, 100);
    run.start();
    run.driveShows(onDrive('A', 'b', 'same'));
    run.diskShows(young);
    const failure = { code: 'diskDenied', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: run.command('HashFile').id, failure });
    lookAgain(run);
    expect(underWay(run)).toEqual([]);
    expect(wasSeen(run)).toBe(2);
  });
});

describe('no run repeats itself', () => {
  /** The file system spells the name in its own way, whatever it is asked for. */
  const stubborn = (): SpecRun => {
    const run = agreed(100, 100);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'é', 'same', { modifiedAt: 100 }));
    for (let answers = 0; answers < 2; answers++) {
      const { id } = run.command('MoveLocal');
      run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('LA', 'e\u0301', 'same') });
    }
    return run;
  };

  it('an item that stands where it stood before the command rests, and says which command led nowhere', () => {
    const run = stubborn();
    expect(underWay(run)).toEqual([]);
    expect([...run.state.activities.values()]).toMatchObject([
      { state: 'problem', failure: { code: 'noProgress', detail: expect.stringContaining('MoveLocal') } },
    ]);
  });

  it('it gets another attempt when a side shows something new of it', () => {
    const run = stubborn();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'b', 'same', { modifiedAt: 100 }));
    expect(run.command('MoveLocal').toPath).toBe('b');
  });

  it('however much the service changes with each answer, an item gets a dozen commands and no more', () => {
    const run = agreed(100, 200);
    let answers = 0;
    for (; run.state.inFlight.size > 0 && answers < 50; answers++) {
      const [command] = run.state.inFlight.values();
      if (command === undefined) break;
      const name = `name ${answers}`;
      run.observe(
        command.type === 'MoveLocal'
          ? { type: 'CommandSucceeded', command: command.id, local: onDisk('LA', `${name} too`, 'same') }
          : { type: 'CommandSucceeded', command: command.id, remote: onDrive('A', name, 'same') },
      );
    }
    expect(answers).toBe(12);
    expect([...run.state.activities.values()]).toMatchObject([{ failure: { code: 'noProgress' } }]);
  });

  it('attempts that failed are no commands that led nowhere: after a long outage an item goes on', () => {
    const run = new SpecRun({ attemptsMax: 100 });
    run.start();
    run.driveShows(onDrive('A', 'a', 'same'));
    run.diskShows(onDisk('LA', 'a', 'same'));
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([onDisk('LA', 'b', 'edited')]);
    const failure = { code: 'serviceUnavailable', detail: 'spec' } as const;
    for (let attempt = 0; attempt < 20; attempt++) {
      run.observe({ type: 'CommandFailed', command: run.command('MoveRemote').id, failure });
      run.at += 86_400_000;
      run.record([{ type: 'Woke' }]);
    }
    const { id } = run.command('MoveRemote');
    run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', 'b', 'same') });
    expect(underWay(run)).toEqual(['UploadFile']);
  });

  it('a read that tells the same of an item as before gives it no fresh attempt', () => {
    const many = Array.from({ length: 6 }, (_, index) => `o${index}`);
    const onDriveToo = many.map((name) => onDrive(name, name, name));
    const onDiskToo = many.map((name) => onDisk(`L${name}`, name, name));
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('F', 'f', null), ...onDriveToo);
    run.diskShows(onDisk('LF', 'f', null), ...onDiskToo);
    // A full listing lacks the folder, and a read is refused: it is read again after each round.
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    const lost = { code: 'resyncRequired', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: lookAtDrive(run), failure: lost });
    run.driveShows(...onDriveToo);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([onDisk('LF', 'g', null), ...onDiskToo]);
    const readRefused = (): void => {
      const rows = [{ id: driveItemId('F'), unread: 'spec' }];
      run.observe({ type: 'CommandSucceeded', command: lookAtDrive(run), look: { rows } });
    };
    readRefused();
    // The drive does not tell what has the name, so that each attempt asks for another round.
    const failure = { code: 'nameTaken', detail: 'spec' } as const;
    run.observe({ type: 'CommandFailed', command: run.command('MoveRemote').id, failure });
    run.driveShows();
    readRefused();
    expect(underWay(run)).toEqual([]);
    expect([...run.state.activities.values()]).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  });
});
