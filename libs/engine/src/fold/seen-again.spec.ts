/**
 * What was gone from one side and is seen again: on disk in a folder that could not be read for a while, on the drive after it
 * was put back to an earlier state.
 */
import type { LocalRow } from '@tidemark/contracts';
import { driveItemId, localId } from '@tidemark/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { noRules } from './state.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { byFolder, goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

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
  const command = run.state.local.look.command?.id;
  if (command === undefined) throw new Error('no scan is under way');
  const code = 'unreadable';
  const oddities = [{ path: 'box', code, detail: 'EACCES' } as const];
  run.observe(
    { type: 'LocalListing', command, part: 0, folders: byFolder([box]) },
    { type: 'CommandSucceeded', command, look: { parts: 1, unreadable: [localId('L.1')], oddities } },
  );
}

async function restore(): Promise<void> {
  const restored = await deserialise(serialise(run.state), () => noRules);
  if (restored === null) throw new Error('the snapshot is of another format');
  expect([...serialise(restored)]).toEqual([...serialise(run.state)]);
  run.state = restored;
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
    await restore();
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

describe('a file that was gone from the drive and is shown again before its deletion on disk', () => {
  const onDriveAgain = onDrive('R3', 'renamed', 'one', { in: 'RD' });
  const disk = [box, docs, ...inside('L.2')];

  beforeEach(() => {
    run.start();
    run.driveShows(goneFromDrive('R3'));
    expect(planned()).toEqual([]);
  });

  it('is the file it was, and has moved', () => {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDriveAgain);
    run.diskShows(...disk);
    expect(planned()).toEqual(['MoveLocal docs/a']);
  });

  it('is that after a restart from a snapshot as well', async () => {
    await restore();
    run.start();
    run.driveShows(onDriveAgain);
    run.diskShows(...disk);
    expect(planned()).toEqual(['MoveLocal docs/a']);
  });

  it('is that also where the disk has something else under its new name', () => {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDriveAgain);
    run.diskShows(...disk, onDisk('L.9', 'renamed', 'nine', { in: 'L.2' }));
    expect(run.command('MoveLocal')).toMatchObject({ path: 'docs/renamed', expected: { id: 'L.9' } });
    expect(planned()).toHaveLength(1);
  });

  it('is something new once it is deleted on disk', () => {
    run.diskShows(...disk);
    const { id, expected } = run.command('DeleteLocal');
    run.observe({ type: 'CommandSucceeded', command: id, local: { id: expected.id, gone: true } });
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDriveAgain);
    expect(planned()).toEqual(['DownloadFile docs/renamed']);
  });

  it('is something new when another one has taken its name, and so its place', () => {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('RX', 'a', 'one', { in: 'RD' }), onDriveAgain);
    run.diskShows(...disk);
    expect(planned()).toEqual(['DownloadFile docs/renamed']);
  });
});

it('a file that reading by id told gone, and that waits for a confirmation, is known when the drive has it back', () => {
  run.policy = { ...run.policy, massDeleteMax: 1 };
  run.start();
  const { command: looking } = run.state.remote.look;
  if (looking === null) throw new Error('no look at the drive is under way');
  run.observe({
    type: 'CommandFailed',
    command: looking.id,
    failure: { code: 'resyncRequired', detail: 'spec' },
  });
  const [boxOnDrive, docsOnDrive] = drive;
  if (boxOnDrive === undefined || docsOnDrive === undefined) throw new Error('the drive lacks a folder');
  run.driveShows(boxOnDrive, docsOnDrive);
  run.itemsAre();
  run.diskShows(box, docs, ...inside('L.2'));
  expect(planned()).toEqual([]);
  const { remote, local } = run.state;
  expect([remote.look.state, local.look.state]).toEqual(['current', 'current']);
  run.start();
  run.driveShows(onDrive('R3', 'renamed', 'one', { in: 'RD' }));
  run.diskShows(box, docs, ...inside('L.2'));
  expect(planned()).toEqual(['MoveLocal docs/a']);
});

describe('a folder that was gone from the drive and is shown again under another name', () => {
  const papers = onDrive('RD', 'papers', null);

  beforeEach(() => {
    run.start();
    run.driveShows(goneFromDrive('RD'));
  });

  it('has in it what it had, as long as nothing tells otherwise', () => {
    run.driveShows(papers);
    run.diskShows(box, docs, ...inside('L.2'));
    expect(planned()).toEqual(['MoveLocal docs']);
    expect(run.state.remote.goneFolders.size).toBe(0);
  });

  it('takes back what went with it, under another name as well', () => {
    const { byRemoteId } = run.state.trees;
    const item = byRemoteId.get(driveItemId('R3'));
    run.driveShows();
    expect(byRemoteId.has(driveItemId('R3'))).toBe(false);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(papers, onDrive('R3', 'renamed', 'one', { in: 'RD' }), ...drive.slice(3));
    expect(byRemoteId.get(driveItemId('R3'))).toBe(item);
    run.diskShows(box, docs, ...inside('L.2'));
    expect(planned()).toEqual(['MoveLocal docs']);
  });
});
