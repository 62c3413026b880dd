/** Programs save a new file beside the old one and rename it over that: editors at once, browsers after minutes. */
import type { LocalRow } from '@tidemark/contracts';
import { itemId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { noRules } from './state.ts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { onDisk, onDrive, goneFromDrive, SpecRun } from '../testing/spec-run.ts';

const old = onDisk('LA', 'a', 'old');
const beside = onDisk('LN', '.a.new', 'new');
const saved = onDisk('LN', 'a', 'new');

const hint = (run: SpecRun): void =>
  void run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
const planned = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

/** `a` is the same on both sides; a look has met the new file under its first name. */
function metBeside(): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('A', 'a', 'old'));
  run.diskShows(old);
  hint(run);
  run.scan([old, beside]);
  hint(run);
  return run;
}

/** And it has been uploaded under that name. */
function sentBeside(): SpecRun {
  const run = metBeside();
  const { id } = run.command('UploadFile');
  run.diskShows(old, beside);
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('N', '.a.new', 'new') });
  if (run.state.local.look.command !== null) run.diskShows(old, beside);
  if (run.state.remote.look.command !== null) run.driveShows();
  expect(planned(run)).toEqual([]);
  hint(run);
  return run;
}

function upload(run: SpecRun, ...disk: readonly LocalRow[]): void {
  const { id, target } = run.command('UploadFile');
  expect(target).toMatchObject({ as: 'version', id: 'A' });
  run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('A', 'a', 'new') });
  if (run.state.local.look.command !== null) run.diskShows(...disk);
}

/** The drive deletes what it had under the first name. */
function goes(run: SpecRun, ...disk: readonly LocalRow[]): void {
  const { id, driveItemId } = run.command('DeleteRemote');
  run.observe({ type: 'CommandSucceeded', command: id, remote: { id: driveItemId, deleted: true } });
  if (run.state.local.look.command !== null) run.diskShows(...disk);
}

describe('a file that is written beside and renamed over the old one', () => {
  it('is the next version of the old one, although a look came in between', () => {
    const run = metBeside();
    const { id } = run.command('UploadFile');
    run.diskShows(saved);
    run.observe({
      type: 'CommandFailed',
      command: id,
      failure: { code: 'changedMeanwhile', detail: 'spec' },
    });
    run.diskShows(saved);
    if (run.state.remote.look.command !== null) run.driveShows();
    expect(planned(run)).toEqual(['UploadFile a']);
    upload(run, saved);
    expect(planned(run)).toEqual([]);
  });

  it('is that as well when its first name is on the drive before the old one has proved to be gone', () => {
    const run = metBeside();
    const { id } = run.command('UploadFile');
    run.scan([saved]);
    run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('N', '.a.new', 'new') });
    if (run.state.local.look.command !== null) run.diskShows(saved);
    expect(planned(run)).toEqual(['UploadFile a']);
    upload(run, saved);
    expect(planned(run)).toEqual(['DeleteRemote .a.new']);
  });

  it('is that as well when it was on the drive under its first name, which goes only once the bytes are sent', () => {
    const run = sentBeside();
    run.diskShows(saved);
    expect(planned(run)).toEqual(['UploadFile a']);
    upload(run, saved);
    expect(planned(run)).toEqual(['DeleteRemote .a.new']);
    goes(run, saved);
    expect(planned(run)).toEqual([]);
    expect([...run.state.trees.byRemoteId.keys()].toSorted()).toEqual(['A', 'root']);
  });

  it('is that in a later run as well, after a restart from a snapshot', async () => {
    const run = sentBeside();
    run.diskShows(saved);
    const restored = await deserialise(serialise(run.state), () => noRules);
    if (restored === null) throw new Error('the snapshot is of another format');
    run.state = restored;
    run.start();
    run.driveShows();
    run.diskShows(saved);
    expect(planned(run)).toEqual(['UploadFile a']);
    upload(run, saved);
    expect(planned(run)).toEqual(['DeleteRemote .a.new']);
  });

  it('is itself again, with its item online, once the drive has the old one no more', () => {
    const run = sentBeside();
    run.diskShows(saved);
    const { id } = run.command('UploadFile');
    run.observe({
      type: 'CommandFailed',
      command: id,
      failure: { code: 'notFound', detail: 'spec' },
      remote: goneFromDrive('A'),
    });
    if (run.state.remote.look.command !== null) run.driveShows(goneFromDrive('A'));
    if (run.state.local.look.command !== null) run.diskShows(saved);
    expect(planned(run)).toEqual(['MoveRemote a']);
    expect(run.state.trees.items.get(itemId(2))).toMatchObject({ local: { id: 'LN' }, remote: { id: 'N' } });
  });

  it('is not deleted with the old one when the two have the same content', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'same'), onDrive('N', 'b', 'same'));
    run.diskShows(onDisk('LA', 'a', 'same'), onDisk('LN', 'b', 'same'));
    run.start();
    run.diskShows(onDisk('LN', 'a', 'same'));
    run.driveShows(goneFromDrive('A'));
    expect(planned(run)).toEqual(['MoveRemote a']);
  });

  it('is sent before its first name goes, although the drive moved the old one meanwhile', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'old'), onDrive('N', '.a.new', 'new'));
    run.diskShows(old, beside);
    run.start();
    run.diskShows(saved);
    run.driveShows(onDrive('A', 'b', 'old'));
    expect(planned(run)).toEqual(['MoveLocal a']);
    const moved = onDisk('LN', 'b', 'new');
    run.observe({ type: 'CommandSucceeded', command: run.command('MoveLocal').id, local: moved });
    expect(planned(run)).toEqual(['UploadFile b']);
    const sent = onDrive('A', 'b', 'new');
    run.observe({ type: 'CommandSucceeded', command: run.command('UploadFile').id, remote: sent });
    run.diskShows(moved);
    expect(planned(run)).toEqual(['DeleteRemote .a.new']);
  });

  it('holds up nothing once it leaves the name again', () => {
    const run = sentBeside();
    run.diskShows(saved);
    const { id } = run.command('UploadFile');
    run.observe({
      type: 'CommandFailed',
      command: id,
      failure: { code: 'changedMeanwhile', detail: 'spec' },
    });
    run.diskShows(beside);
    expect(planned(run)).toEqual(['DeleteRemote .a.new']);
    goes(run, beside);
    expect(planned(run)).toEqual(['MoveRemote .a.new']);
  });

  it('is itself when the old one only stepped aside under another name', () => {
    for (const run of [metBeside(), sentBeside()]) {
      run.diskShows(saved, onDisk('LA', 'a~', 'old'));
      expect(run.state.trees.items.get(itemId(1))).toMatchObject({ local: { id: 'LA', name: 'a~' } });
    }
  });
});

describe('a file that is renamed over another one stays what it was', () => {
  const folder = onDisk('LF', 'folder', null);
  it.each<[string, string, LocalRow]>([
    ['when it is the older one', 'A', onDisk('LA', 'b', 'old')],
    ['when it comes from another folder', 'B', onDisk('LB', 'a', 'two', { in: 'LF' })],
  ])('%s', (_when, kept, moved) => {
    const run = new SpecRun();
    run.start();
    const inside = moved.parentId === 'LF' ? { in: 'F' } : {};
    const name = 'b';
    run.driveShows(onDrive('F', 'folder', null), onDrive('A', 'a', 'old'), onDrive('B', name, 'two', inside));
    run.diskShows(folder, old, onDisk('LB', name, 'two', moved.parentId === 'LF' ? { in: 'LF' } : {}));
    expect(planned(run)).toEqual([]);
    hint(run);
    run.diskShows(folder, moved.id === 'LA' ? moved : onDisk('LB', 'a', 'two'));
    const commands = [...run.state.inFlight.values()];
    expect(commands).toMatchObject([{ type: 'DeleteRemote', driveItemId: kept === 'A' ? 'B' : 'A' }]);
  });
});
