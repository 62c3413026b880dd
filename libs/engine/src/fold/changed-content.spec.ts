import { describe, expect, it } from 'vitest';
import type { LocalRow, Observation, Started } from '@tidemark/contracts';
import { stagingKey } from '@tidemark/contracts';
import { deserialise, serialise } from '../views/snapshot.ts';
import { onDisk, onDrive, SpecRun, startedWith } from '../testing/spec-run.ts';
import { missingContent } from './changed-content.ts';
import { noRules } from './state.ts';

/** On the drive every content is its text with a seal. */
const sealed = onDrive('A', 'photo', 'sealed bytes');
const photo = onDisk('LA', 'photo', 'bytes', { hash: null });
const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`).toSorted();

const matched = (run: SpecRun, type: 'UploadFile' | 'DownloadFile'): Observation => ({
  type: 'ContentMatched',
  command: run.command(type).id,
  plugin: 'seal',
  drive: { sizeBytes: 12, hash: 'sealed bytes' },
  disk: { sizeBytes: 5, hash: 'bytes' },
});

const read = (run: SpecRun, local: LocalRow): void =>
  void run.observe({ type: 'CommandSucceeded', command: run.command('HashFile').id, local });

/** The file was sealed and sent. */
function sending(): SpecRun {
  const run = new SpecRun();
  run.record([started()]);
  run.driveShows();
  run.diskShows(photo);
  run.observe(matched(run, 'UploadFile'));
  return run;
}

/** Both sides agree on it. */
function agreed(): SpecRun {
  const run = sending();
  run.observe({
    type: 'CommandSucceeded',
    command: run.command('UploadFile').id,
    remote: sealed,
    local: { ...photo, hash: 'bytes' },
    content: 'seal',
  });
  run.driveShows(sealed);
  return run;
}

const started = (plugins: Started['plugins'] = [seal], forget: string | null = null): Started => ({
  ...startedWith(new SpecRun().policy, forget),
  plugins,
});
const seal = { name: 'seal', version: '1', content: 'wax' };

describe('content that a plugin changed on its way', () => {
  it('is at rest when it arrived, though both sides hold other bytes of another size', () => {
    const run = agreed();
    expect(underWay(run)).toEqual([]);
    run.start();
    run.diskShows(photo);
    run.driveShows();
    expect(underWay(run)).toEqual([]);
  });

  it('is known again without a transfer when the agreement is forgotten: only the disk is read', () => {
    const run = agreed();
    run.record([started([seal], 'resync')]);
    run.diskShows({ ...photo, stamp: 'touched' });
    run.driveShows(sealed);
    expect(underWay(run)).toEqual(['HashFile photo']);
    read(run, { ...photo, stamp: 'touched', hash: 'bytes' });
    expect(underWay(run)).toEqual([]);
  });

  it('is a conflict when the agreement is forgotten and the bytes on disk are others', () => {
    const run = agreed();
    run.record([started([seal], 'resync')]);
    run.diskShows({ ...photo, stamp: 'touched' });
    run.driveShows(sealed);
    read(run, { ...photo, stamp: 'touched', hash: 'other' });
    expect(underWay(run)).toEqual(['DownloadFile photo']);
  });

  it('is known again from a snapshot that was taken after the agreement was forgotten', async () => {
    const run = agreed();
    run.record([started([seal], 'resync')]);
    const restored = await deserialise([...serialise(run.state)], () => noRules);
    expect([...serialise(restored ?? run.state)]).toEqual([...serialise(run.state)]);
    expect([...(restored?.trees.items.values() ?? [])].map(({ match }) => match)).toContainEqual({
      remoteHash: 'sealed bytes',
      hash: 'bytes',
      sizeBytes: 5,
    });
  });
});

describe('a lost answer', () => {
  it('to an upload: the file is known by what was made of it, also when it was renamed since', () => {
    const run = sending();
    const renamed = { ...photo, name: 'renamed', stamp: 'renamed' };
    run.record([started()]);
    run.diskShows(renamed);
    run.driveShows(sealed);
    expect(underWay(run)).toEqual(['HashFile renamed']);
    read(run, { ...renamed, hash: 'bytes' });
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    expect(run.state.trees.items.size).toBe(2);
  });

  it('to a download: the placed file is known, and is not sent', () => {
    const run = new SpecRun();
    run.record([started()]);
    run.diskShows();
    run.driveShows(sealed);
    run.observe(matched(run, 'DownloadFile'));
    run.record([started()]);
    const placed = onDisk('LA', 'renamed', 'bytes', { hash: null, stagedAs: stagingKey(sealed) });
    run.diskShows(placed);
    run.driveShows();
    expect(underWay(run)).toEqual(['MoveRemote renamed']);
    const moved = { ...sealed, name: 'renamed', eTag: 'moved' };
    run.observe({ type: 'CommandSucceeded', command: run.command('MoveRemote').id, remote: moved });
    expect(underWay(run)).toEqual(['HashFile renamed']);
    read(run, { ...placed, hash: 'bytes' });
    expect(underWay(run)).toEqual([]);
  });
});

it('a placed file of a lost answer is the older version, and no conflict, when the drive has another one by now', () => {
  const run = new SpecRun();
  run.record([started()]);
  run.diskShows();
  run.driveShows(sealed);
  run.observe(matched(run, 'DownloadFile'));
  run.record([started()]);
  const placed = onDisk('LA', 'photo', 'bytes', { hash: null, stagedAs: stagingKey(sealed) });
  run.diskShows(placed);
  run.driveShows(onDrive('A', 'photo', 'sealed anew', { eTag: 'second' }));
  read(run, { ...placed, hash: 'bytes' });
  expect(run.command('DownloadFile')).toMatchObject({ keepAs: null });
});

describe('a document that the service rewrote as it stored it', () => {
  it('is known again without a transfer when the agreement is forgotten', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows();
    run.diskShows(onDisk('LA', 'letter.docx', 'mine'));
    const stored = onDrive('A', 'letter.docx', 'mine, with properties');
    run.observe({
      type: 'CommandSucceeded',
      command: run.command('UploadFile').id,
      remote: stored,
      local: onDisk('LA', 'letter.docx', 'mine'),
      unconfirmed: true,
    });
    run.driveShows(stored);
    run.start('resync');
    run.diskShows(onDisk('LA', 'letter.docx', 'mine'));
    run.driveShows(stored);
    expect(underWay(run)).toEqual([]);
    expect(
      run.state.trees.items.get([...run.state.trees.items.keys()][1] ?? (0 as never))?.synced,
    ).not.toBeNull();
  });
});

describe('a run that comes after', () => {
  it('lacks the plugin, its format or its key, and goes on without when the agreement is forgotten', () => {
    const run = agreed();
    expect(missingContent(run.state, [seal])).toBeNull();
    expect(missingContent(run.state, [])).toMatchObject({ plugin: 'seal', format: 'wax', now: null });
    expect(missingContent(run.state, [{ ...seal, content: 'lead' }])).toMatchObject({ now: 'lead' });
    run.record([started([{ ...seal, content: 'lead' }], 'resync')]);
    expect(missingContent(run.state, [{ ...seal, content: 'lead' }])).toBeNull();
    run.record([started([], 'resync')]);
    expect(missingContent(run.state, [])).toBeNull();
  });
});
