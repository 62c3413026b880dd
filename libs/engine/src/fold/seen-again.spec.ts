/** What was gone from the disk and is seen again: in a folder that could not be read for a while, for instance. */
import type { LocalRow } from '@tidemark/contracts';
import { localId } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { noRules } from './state.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { byFolder, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

let run: SpecRun;

const box = onDisk('L.1', 'box', null);
const docs = onDisk('L.2', 'docs', null);
const drive = [
  onDrive('RB', 'box', null),
  onDrive('RD', 'docs', null),
  onDrive('R3', 'a', 'one', { in: 'RD' }),
  onDrive('R4', 'b', 'two', { in: 'RD' }),
];
const inside = (folder: string): LocalRow[] => [
  onDisk('L.3', 'a', 'one', { in: folder }),
  onDisk('L.4', 'b', 'two', { in: folder }),
];

beforeEach(() => {
  run = new SpecRun();
  run.start();
  run.driveShows(...drive);
  run.diskShows(box, docs, ...inside('L.2'));
  expect(run.state.inFlight.size).toBe(0);
});

/** The user moves "docs" into "box" and closes that: a run that may not delete on the drive has proof that it is gone. */
function moveOutOfSight(): void {
  run.policy = { ...run.policy, direction: 'download' };
  run.start();
  run.driveShows();
  for (let scans = 0; scans < 2; scans++) scanWithClosedBox();
  expect(run.state.local.look.state).toBe('current');
  expect(run.state.inFlight.size).toBe(0);
  run.policy = { ...run.policy, direction: 'both' };
}

function scanWithClosedBox(): void {
  const command = run.state.local.looking?.id;
  if (command === undefined) throw new Error('no scan is under way');
  const code = 'unreadable';
  const oddities = [{ path: 'box', code, detail: 'EACCES' } as const];
  run.observe(
    { type: 'LocalListing', command, part: 0, folders: byFolder([box]) },
    { type: 'CommandSucceeded', command, look: { parts: 1, unreadable: [localId('L.1')], oddities } },
  );
}

const planned = (): string[] => [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

describe('a folder that was gone from the disk and is seen again', () => {
  const moved = onDisk('L.2', 'papers', null, { in: 'L.1' });

  it('is the folder it was, and has moved', () => {
    moveOutOfSight();
    run.start();
    run.driveShows();
    run.diskShows(box, moved, ...inside('L.2'));
    expect(planned()).toEqual(['MoveRemote box/papers']);
  });

  it('is that after a restart from a snapshot as well', async () => {
    moveOutOfSight();
    const restored = await deserialise(serialise(run.state), () => noRules);
    if (restored === null) throw new Error('the snapshot is of another format');
    expect([...serialise(restored)]).toEqual([...serialise(run.state)]);
    run.state = restored;
    run.start();
    run.driveShows();
    run.diskShows(box, moved, ...inside('L.2'));
    expect(planned()).toEqual(['MoveRemote box/papers']);
  });

  it('is that also where the drive has something else under its new name', () => {
    moveOutOfSight();
    run.start();
    run.driveShows(onDrive('RX', 'papers', null, { in: 'RB' }));
    run.diskShows(box, moved, ...inside('L.2'));
    expect(planned()).toEqual(['MoveLocal box/papers']);
  });

  it('is something new once it is deleted on the drive', () => {
    moveOutOfSight();
    run.start();
    run.driveShows();
    scanWithClosedBox();
    const { id, driveItemId } = run.command('DeleteRemote');
    run.observe({ type: 'CommandSucceeded', command: id, remote: { id: driveItemId, deleted: true } });
    run.driveShows();
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(box, moved, ...inside('L.2'));
    expect(planned()).toEqual(['CreateRemoteFolder box/papers']);
  });

  it('is something new in a run that forgets what was agreed', () => {
    moveOutOfSight();
    run.start('spec');
    run.driveShows(...drive);
    run.diskShows(box, moved, ...inside('L.2'));
    expect(planned()).toContain('CreateRemoteFolder box/papers');
    expect(planned().join()).not.toContain('DeleteRemote');
  });
});

describe('a file that was gone from the disk and is seen again', () => {
  it('is known by size and time where the file system tells no birth time', () => {
    run = new SpecRun();
    run.start();
    run.driveShows(onDrive('RB', 'box', null), onDrive('R3', 'a', 'one'));
    run.diskShows(onDisk('1~', 'box', null), onDisk('3~root/a', 'a', 'one'));
    run.policy = { ...run.policy, direction: 'download' };
    run.start();
    run.driveShows();
    run.diskShows(onDisk('1~', 'box', null));
    run.policy = { ...run.policy, direction: 'both' };
    run.start();
    run.driveShows();
    run.diskShows(onDisk('1~', 'box', null), onDisk('3~1/a', 'a', 'one', { in: '1~' }));
    expect(planned()).toEqual(['MoveRemote box/a']);
  });
});
