/** What the drive does not tell is neither acted on nor taken for gone, and it is named. */
import { itemId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { deserialise, serialise } from '../views/snapshot.ts';
import { statusOf } from '../views/status.ts';
import { noRules } from './state.ts';
import { onDisk, onDrive, SpecRun } from '../testing/spec-run.ts';

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
      { path: 'a', standing: 'ignored', detail: oddity, failure: { code: 'incomplete' } },
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
      ['f', 'ignored'],
      ['f/new', 'ignored'],
    ]);
    listAnew(run);
    run.driveShows(...inside);
    expect(run.command('UploadFile')).toMatchObject({ path: 'f/new' });
  });
});
