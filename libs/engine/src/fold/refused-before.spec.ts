/** What the drive refused in one run, in the runs after it. */
import type { FailureCode, LocalRow, Policy } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';
import { statusOf } from '../views/status.ts';

const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

const standing = ({ state }: SpecRun): string[] =>
  statusOf(state).notAtRest.map(({ path, standing }) => `${path} ${standing}`);

function refuse(run: SpecRun, code: FailureCode): void {
  const [command] = run.state.inFlight.values();
  if (command === undefined) throw new Error('Nothing is under way');
  run.observe({ type: 'CommandFailed', command: command.id, failure: { code, detail: 'spec' } });
}

const hour = 3_600_000;
const day = 24 * hour;

/** Until nothing is tried any more. Returns the number of attempts. */
function refuseAll(run: SpecRun, code: FailureCode): number {
  let attempts = 0;
  for (; run.state.inFlight.size > 0; attempts++) {
    refuse(run, code);
    run.at += hour;
    run.record([{ type: 'Woke' }]);
  }
  return attempts;
}

/** What the drive hands out of `a` is not what it announces of it. */
function refusedDownload(policy: Partial<Policy> = {}, ...onTheDisk: readonly LocalRow[]): SpecRun {
  const run = new SpecRun(policy);
  run.start();
  run.driveShows(onDrive('A', 'a', 'announced'));
  run.diskShows(...onTheDisk);
  refuse(run, 'contentMismatch');
  return run;
}

/** `a` was agreed on and is deleted on disk. */
function deletedOnDisk(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a', 'a'), onDrive('X', 'x', 'x'));
  run.diskShows(onDisk('LA', 'a', 'a'), onDisk('LX', 'x', 'x'));
  run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
  run.diskShows(onDisk('LX', 'x', 'x'));
  return run;
}

/** A disk is mounted on `mnt`, with a file in it; both are agreed on. */
const inMount = [onDisk('mark:M', 'mnt', null), onDisk('mark:X', 'x', 'x', { in: 'mark:M' })];
function mounted(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('D', 'mnt', null), onDrive('X', 'x', 'x', { in: 'D' }));
  run.diskShows(...inMount);
  run.start();
  return run;
}

function tellsNothingNew(run: SpecRun): void {
  const { items } = run.state.trees;
  const shown = [...items.values()].flatMap(({ local }) =>
    local === null
      ? []
      : [onDisk(local.id, local.name, local.hash, { in: items.get(local.parent)?.local?.id ?? 'root' })],
  );
  run.start();
  run.driveShows();
  run.diskShows(...shown);
}

describe('a deletion that the drive refuses', () => {
  it('for good is not asked for again by a later run', () => {
    const run = deletedOnDisk();
    expect(refuseAll(run, 'accessDenied')).toBe(1);
    expect(standing(run)).toEqual(['a problem']);
    for (let later = 0; later < 2; later++) {
      tellsNothingNew(run);
      expect(underWay(run)).toEqual([]);
      expect(standing(run)).toEqual(['a blocked']);
    }
  });

  it('with an error is asked for once by each later run, which does not fail for it', () => {
    const run = deletedOnDisk();
    expect(refuseAll(run, 'serviceUnavailable')).toBe(run.policy.attemptsMax);
    expect(standing(run)).toEqual(['a problem']);
    for (let later = 0; later < 2; later++) {
      tellsNothingNew(run);
      expect(refuseAll(run, 'serviceUnavailable')).toBe(1);
      expect(standing(run)).toEqual(['a blocked']);
    }
    tellsNothingNew(run);
    run.observe({ type: 'CommandSucceeded', command: run.command('DeleteRemote').id });
  });

  it('for good is not asked for again by a run that goes on, before it has something new', () => {
    const run = deletedOnDisk();
    run.policy = {
      ...run.policy,
      pace: { ...run.policy.pace, mode: 'continuous', pollIntervalMs: hour, scanIntervalMs: 1000 * hour },
    };
    tellsNothingNew(run);
    refuse(run, 'accessDenied');
    for (let look = 0; look < 3; look++) {
      run.at += 2 * hour;
      run.record([{ type: 'Woke' }]);
      run.driveShows();
      expect(underWay(run)).toEqual([]);
    }
    run.at += 2 * hour;
    run.record([{ type: 'Woke' }]);
    run.driveShows(onDrive('A', 'a', 'a', { eTag: 'released' }));
    expect(underWay(run)).toEqual(['DeleteRemote a']);
  });

  it('for good leaves the folder, and a file that comes into it online brings the folder back', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('D', 'd', null), onDrive('X', 'x', 'x'));
    run.diskShows(onDisk('LD', 'd', null), onDisk('LX', 'x', 'x'));
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LX', 'x', 'x'));
    refuse(run, 'accessDenied');
    tellsNothingNew(run);
    run.start();
    run.driveShows(onDrive('N', 'new', 'new', { in: 'D' }));
    run.diskShows(onDisk('LX', 'x', 'x'));
    expect(underWay(run)).toEqual(['CreateLocalFolder d']);
  });
});

describe('what the drive takes by now, and gave no sign of', () => {
  it('is tried once by the first run after a day', () => {
    const run = deletedOnDisk();
    refuse(run, 'accessDenied');
    for (let time = 0; time < 3; time++) {
      run.at += day / 2;
      tellsNothingNew(run);
      expect(underWay(run)).toEqual([]);
      run.at += day / 2;
      tellsNothingNew(run);
      expect(refuseAll(run, 'accessDenied')).toBe(1);
      expect(standing(run)).toEqual(['a blocked']);
    }
  });

  it('is tried by the next run after the clock was set back: the day gets no longer', () => {
    const run = deletedOnDisk();
    refuse(run, 'accessDenied');
    run.at -= hour;
    tellsNothingNew(run);
    expect(underWay(run)).toEqual(['DeleteRemote a']);
  });

  it('is tried once a day by a run that goes on', () => {
    const run = deletedOnDisk();
    run.policy = {
      ...run.policy,
      pace: {
        ...run.policy.pace,
        mode: 'continuous',
        pollIntervalMs: 10 * hour,
        scanIntervalMs: 1000 * hour,
      },
    };
    tellsNothingNew(run);
    const attempts: number[] = [];
    for (let look = 0; look < 6; look++) {
      attempts.push(refuseAll(run, 'accessDenied'));
      run.at += 10 * hour;
      run.record([{ type: 'Woke' }]);
      run.driveShows();
    }
    expect(attempts).toEqual([1, 0, 0, 1, 0, 0]);
  });

  it('is tried by a run with other settings', () => {
    const run = deletedOnDisk();
    refuse(run, 'accessDenied');
    run.policy = { ...run.policy, attemptsMax: 2 };
    tellsNothingNew(run);
    expect(underWay(run)).toEqual(['DeleteRemote a']);
  });
});

describe('what the drive announces is not what it hands out', () => {
  it('it rests as a problem of that run, is left alone in later ones, and comes when the drive shows something new', () => {
    const run = refusedDownload();
    expect(statusOf(run.state).notAtRest).toMatchObject([{ path: 'a', standing: 'problem' }]);
    for (let later = 0; later < 2; later++) {
      tellsNothingNew(run);
      expect(underWay(run)).toEqual([]);
      expect(statusOf(run.state).notAtRest).toMatchObject([{ path: 'a', standing: 'blocked' }]);
    }
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'another', { eTag: 'another' }));
    expect(underWay(run)).toEqual(['DownloadFile a']);
  });

  it('a run that takes mismatches, or that forgets, fetches it again', () => {
    const taking = refusedDownload();
    taking.policy = { ...taking.policy, takesMismatches: true };
    tellsNothingNew(taking);
    expect(underWay(taking)).toEqual(['DownloadFile a']);
    const forgetting = refusedDownload();
    forgetting.start('resync');
    forgetting.driveShows(onDrive('A', 'a', 'announced'));
    forgetting.diskShows();
    expect(underWay(forgetting)).toEqual(['DownloadFile a']);
    refuse(forgetting, 'contentMismatch');
    expect(standing(forgetting)).toEqual(['a problem']);
  });

  it('a version that was saved on disk and waits for it makes each run fail, and costs none a transfer', () => {
    const run = refusedDownload({}, onDisk('LA', 'a', 'mine'));
    tellsNothingNew(run);
    expect(underWay(run)).toEqual([]);
    expect(statusOf(run.state).notAtRest).toMatchObject([{ path: 'a', standing: 'problem' }]);
  });
});

describe('a mount point, which stays where it is,', () => {
  it('is renamed online: the run that meets it fails, later ones leave it alone until one side shows something new', () => {
    const run = mounted();
    run.driveShows(onDrive('D', 'other', null));
    run.diskShows(...inMount);
    expect(underWay(run)).toEqual(['MoveLocal mnt']);
    refuse(run, 'mountBoundary');
    expect(standing(run)).toEqual(['mnt problem']);
    for (let later = 0; later < 2; later++) {
      tellsNothingNew(run);
      expect(underWay(run)).toEqual([]);
      expect(standing(run)).toEqual(['mnt blocked']);
    }
    run.start();
    run.driveShows(onDrive('D', 'mnt', null));
    run.diskShows(...inMount);
    expect(standing(run)).toEqual([]);
  });

  describe('is deleted online', () => {
    const onTheDisk = [
      onDisk('LO', 'outer', null),
      onDisk('LA', 'above', null, { in: 'LO' }),
      onDisk('mark:M', 'mnt', null, { in: 'LA' }),
    ];
    let run: SpecRun;

    beforeEach(() => {
      run = new SpecRun();
      run.start();
      run.driveShows(
        onDrive('O', 'outer', null),
        onDrive('A', 'above', null, { in: 'O' }),
        onDrive('D', 'mnt', null, { in: 'A' }),
      );
      run.diskShows(...onTheDisk);
      run.start();
      run.driveShows(goneFromDrive('D'), goneFromDrive('A'), goneFromDrive('O'));
      run.diskShows(...onTheDisk);
      expect(underWay(run)).toEqual(['DeleteLocal outer/above/mnt']);
      refuse(run, 'mountBoundary');
    });

    it('it stays on disk with the folders above it, and later runs leave them alone', () => {
      for (let later = 0; later < 2; later++) {
        tellsNothingNew(run);
        expect(underWay(run)).toEqual([]);
        expect(standing(run)).toEqual(['outer blocked', 'outer/above blocked', 'outer/above/mnt blocked']);
      }
    });

    it('what is saved in it afterwards goes up, and its folders with it', () => {
      tellsNothingNew(run);
      run.start();
      run.driveShows();
      run.diskShows(...onTheDisk, onDisk('mark:N', 'new', 'new', { in: 'mark:M' }));
      expect(underWay(run)).toEqual(['CreateRemoteFolder outer']);
    });
  });

  it('cannot take in a file that was moved there online, and which is named as long as a change on disk waits for that', () => {
    const run = mounted();
    run.driveShows(onDrive('Y', 'y', 'y'));
    run.diskShows(...inMount, onDisk('LY', 'y', 'y'));
    run.start();
    run.driveShows(onDrive('Y', 'y', 'y', { in: 'D' }));
    run.diskShows(...inMount, onDisk('LY', 'y', 'y'));
    expect(underWay(run)).toEqual(['MoveLocal y']);
    refuse(run, 'mountBoundary');
    tellsNothingNew(run);
    expect(standing(run)).toEqual(['y blocked']);
    run.start();
    run.driveShows();
    run.diskShows(...inMount, onDisk('LY', 'y', 'changed'));
    refuse(run, 'mountBoundary');
    tellsNothingNew(run);
    expect(refuseAll(run, 'mountBoundary')).toBe(1);
    expect(standing(run)).toEqual(['y problem']);
  });
});
