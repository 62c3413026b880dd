/** What the drive does not tell is neither acted on nor taken for gone, and it is named. */
import type { Command, FailureCode, LocalRow } from '@tidemark/contracts';
import { driveItemId, itemId, localId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { deserialise, serialise } from '../views/snapshot.ts';
import { statusOf } from '../views/status.ts';
import { noRules } from './state.ts';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

const oddity = 'the drive does not tell its version';
const inside = [onDrive('F', 'f', null), onDrive('A', 'a', 'one', { in: 'F' })];
const onDiskToo = [onDisk('LF', 'f', null), onDisk('LA', 'a', 'one', { in: 'LF' })];

const agreedOn = (drive: ReturnType<typeof onDrive>[], disk: ReturnType<typeof onDisk>[]): SpecRun => {
  const run = new SpecRun();
  run.start();
  run.driveShows(...drive);
  run.diskShows(...disk);
  expect(statusOf(run.state).notAtRest).toEqual([]);
  return run;
};
const idOf = (command: Command | undefined): Command['id'] => {
  if (command === undefined) throw new Error('nothing was planned');
  return command.id;
};
const listAnew = (run: SpecRun): void => {
  run.state.remote.cursor = null;
  run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
};

describe('an item that the drive does not tell enough of', () => {
  it('is left alone on both sides and named, until the drive tells more', async () => {
    const run = agreedOn([onDrive('A', 'a', 'one')], [onDisk('LA', 'a', 'one')]);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    const odd = { kind: 'opaque', sizeBytes: 0, hash: null, eTag: '', oddity } as const;
    expect(run.driveShows(onDrive('A', 'a', 'one', odd))).toEqual([]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    expect(run.scan([onDisk('LA', 'a', 'edited')])).toEqual([]);
    expect(statusOf(run.state).notAtRest).toMatchObject([
      { path: 'a', standing: 'blocked', detail: oddity, failure: { code: 'incomplete' } },
    ]);
    const restored = await deserialise(serialise(run.state), () => noRules);
    expect(restored?.trees.items.get(itemId(1))?.remote).toMatchObject({ oddity });
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'one'));
    expect(run.command('UploadFile').target).toMatchObject({ as: 'version', ifMatch: 'A:a:one:root' });
  });

  it('is news each time that the drive tells another thing of it', () => {
    const run = agreedOn([onDrive('A', 'a', 'one')], [onDisk('LA', 'a', 'one')]);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'one', { kind: 'opaque', oddity }));
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('A', 'a', 'one', { kind: 'opaque', oddity: 'another' }));
    expect(statusOf(run.state).notAtRest).toMatchObject([{ detail: 'another' }]);
  });
});

describe('an item that is missing in a listing and cannot be read either', () => {
  it('is neither gone nor in the way of the others, and is named until the drive shows it again', () => {
    const drive = [onDrive('A', 'a', 'one'), onDrive('B', 'b', 'two'), onDrive('C', 'c', 'three')];
    const disk = [onDisk('LA', 'a', 'one'), onDisk('LB', 'b', 'two'), onDisk('LC', 'c', 'three')];
    const run = agreedOn(drive, disk);
    listAnew(run);
    const [look] = run.driveShows(...drive.slice(2));
    expect(look).toMatchObject({ type: 'ReadRemoteItems', ids: ['A', 'B'] });
    const unread = 'the service answered 423';
    const rows = [{ id: driveItemId('A'), unread }, goneFromDrive('B')];
    run.observe({ type: 'CommandSucceeded', command: idOf(look), look: { rows } });
    expect(run.command('DeleteLocal').path).toBe('b');
    expect(statusOf(run.state).notAtRest).toMatchObject([
      { path: 'a', standing: 'blocked', detail: unread, failure: { code: 'incomplete' } },
      { path: 'b' },
    ]);
    listAnew(run);
    run.driveShows(...drive.filter(({ name }) => name !== 'b'));
    expect(statusOf(run.state).notAtRest.map(({ path }) => path)).toEqual(['b']);
  });
});

it('what a listing lacks and the drive would not tell of is read again after the next round, also in the next run', async () => {
  const run = agreedOn([onDrive('A', 'a', 'one')], [onDisk('LA', 'a', 'one')]);
  listAnew(run);
  const [look] = run.driveShows();
  const rows = [{ id: driveItemId('A'), unread: 'the service answered 423' }];
  run.observe({ type: 'CommandSucceeded', command: idOf(look), look: { rows } });
  expect(run.state.remote.look.command).toBeNull();
  const restored = await deserialise(serialise(run.state), () => noRules);
  if (restored === null) throw new Error('the snapshot cannot be read');
  run.state = restored;
  run.start();
  run.driveShows();
  run.itemsAre();
  run.diskShows(onDisk('LA', 'a', 'one'));
  expect(run.command('DeleteLocal').path).toBe('a');
});

describe('a folder that the drive does not list', () => {
  const unlistable = onDrive('F', 'f', null, { oddity: 'the drive does not list what is in it' });

  it('proves nothing of what is in it, while what is missing elsewhere is looked for', () => {
    const run = agreedOn([...inside, onDrive('B', 'b', 'two')], [...onDiskToo, onDisk('LB', 'b', 'two')]);
    listAnew(run);
    expect(run.driveShows(unlistable)).toMatchObject([{ type: 'ReadRemoteItems', ids: ['B'] }]);
  });

  it('keeps what is in it on disk, and what is new there waits, without being a problem', () => {
    const run = agreedOn(inside, onDiskToo);
    listAnew(run);
    run.driveShows(unlistable);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.scan([...onDiskToo, onDisk('LN', 'new', 'new', { in: 'LF' })]);
    expect([...run.state.inFlight.values()]).toEqual([]);
    expect(statusOf(run.state).notAtRest.map(({ path, standing }) => [path, standing])).toEqual([
      ['f', 'blocked'],
      ['f/new', 'blocked'],
    ]);
    listAnew(run);
    run.driveShows(...inside);
    expect(run.command('UploadFile')).toMatchObject({ path: 'f/new' });
  });
});

describe('a link on disk', () => {
  const scan = (run: SpecRun, links: readonly string[], rows: readonly LocalRow[] = []): Command[] => {
    const id = idOf(run.state.local.look.command ?? undefined);
    const oddities = links.map((path) => ({ path, code: 'symlink' as const, detail: 'it is not synced' }));
    return run.observe(
      { type: 'LocalListing', command: id, part: 0, folders: [{ id: localId('root'), rows }] },
      { type: 'CommandSucceeded', command: id, look: { parts: 1, unreadable: [], oddities } },
    );
  };
  const refuseAll = (run: SpecRun, code: FailureCode, again: () => void): void => {
    for (let attempt = 0; attempt < run.policy.attemptsMax; attempt += 1) {
      const id = idOf([...run.state.inFlight.values()][0]);
      run.observe({ type: 'CommandFailed', command: id, failure: { code, detail: 'spec' } });
      run.at += 600_000;
      run.record([{ type: 'Woke' }]);
      again();
    }
  };

  it('gives its name to the file that was refused it when it is gone, in the same run', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'one'));
    scan(run, ['a']);
    refuseAll(run, 'nameTaken', () => scan(run, ['a']));
    expect(statusOf(run.state).notAtRest).toMatchObject([{ path: 'a', failure: { code: 'nameTaken' } }]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    expect(scan(run, ['a'])).toEqual([]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    expect(scan(run, [])).toMatchObject([{ type: 'DownloadFile', path: 'a' }]);
  });

  it('keeps a folder that was deleted on the drive, which follows when the link is gone, in the same run', () => {
    const folder = onDisk('LF', 'f', null);
    const run = agreedOn([onDrive('F', 'f', null)], [folder]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    scan(run, ['f/link'], [folder]);
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(goneFromDrive('F'));
    if (run.state.remote.look.command !== null) run.driveShows();
    refuseAll(run, 'changedMeanwhile', () => scan(run, ['f/link'], [folder]));
    expect(statusOf(run.state).notAtRest).toMatchObject([
      { path: 'f', failure: { code: 'changedMeanwhile' } },
    ]);
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    expect(scan(run, [], [folder])).toMatchObject([{ type: 'DeleteLocal', path: 'f' }]);
  });
});
