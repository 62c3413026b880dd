import { describe, expect, it } from 'vitest';
import { localId, paceOnce, type Observation } from '@tidemark/contracts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../testing/spec-run.ts';

const hint = (run: SpecRun, side: 'remote' | 'local'): void =>
  void run.observe({ type: 'HintReceived', side, source: 'spec' });
const underWay = (run: SpecRun): string[] =>
  [...run.state.inFlight.values()].map(({ type, path }) => `${type} ${path}`);

describe('what bears the number or the name of what a command was about', () => {
  /** `a` was changed on both sides, and a copy of the drive's version is being fetched. */
  const copying = (id: string): { readonly run: SpecRun; readonly answer: Observation } => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'base'));
    run.diskShows(onDisk(id, 'a', 'base'));
    hint(run, 'remote');
    hint(run, 'local');
    run.driveShows(onDrive('A', 'a', 'theirs'));
    run.scan([onDisk(id, 'a', 'mine', { modifiedAt: 300 })]);
    const { id: command } = run.command('KeepRemoteCopy');
    const kept = onDisk(id === '4~' ? id : 'LK', 'a-host-safeBackup-0001', 'theirs');
    return { run, answer: { type: 'CommandSucceeded', command, kept } };
  };
  const onDiskNow = (run: SpecRun): unknown[] =>
    [...run.state.trees.items.values()].map(({ local }) => local?.name).filter(Boolean);

  it('is not gone with a deleted file whose number it has got', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('A', 'a', 'same'), onDrive('X', 'x', 'x'));
    run.diskShows(onDisk('4~', 'a', 'same'), onDisk('5~', 'x', 'x'));
    hint(run, 'remote');
    run.driveShows(goneFromDrive('A'), onDrive('B', 'b', 'new'));
    const deletion = run.command('DeleteLocal');
    const download = run.command('DownloadFile');
    run.observe({ type: 'CommandSucceeded', command: download.id, local: onDisk('4~', 'b', 'new') });
    run.observe({
      type: 'CommandSucceeded',
      command: deletion.id,
      local: { id: localId('4~'), gone: true },
    });
    expect(onDiskNow(run)).toEqual(['x', 'b']);
    expect(underWay(run)).toEqual([]);
  });

  it('is still there when a copy has got its number', () => {
    const { run, answer } = copying('4~');
    run.observe(answer);
    expect(onDiskNow(run)).toEqual(['a', 'a-host-safeBackup-0001']);
    expect(underWay(run)).not.toContain('DeleteRemote a');
  });

  it('is the copy itself when a user moved it there before the answer came', () => {
    const { run, answer } = copying('LA');
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: [''] });
    run.scan([onDisk('LK', 'a', 'theirs')]);
    run.observe(answer);
    expect(onDiskNow(run)).toEqual(['a']);
    expect(underWay(run)).not.toContain('DeleteRemote a');
  });

  it('does not hide a file that was moved into a folder while we moved that', () => {
    const run = new SpecRun();
    run.start();
    run.driveShows(onDrive('F', 'from', null), onDrive('A', 'a', 'same'));
    run.diskShows(onDisk('7~from', 'from', null), onDisk('13~a', 'a', 'same'));
    hint(run, 'remote');
    run.driveShows(onDrive('F', 'to', null));
    const move = run.command('MoveLocal');
    const moved = onDisk('7~to', 'to', null);
    const inside = onDisk('13~to/b', 'b', 'same', { in: '7~to' });
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: ['', 'to'] });
    run.scan([moved, inside]);
    run.observe({ type: 'CommandSucceeded', command: move.id, local: moved });
    while (run.state.local.look.command !== null) run.scan([moved, inside]);
    expect(underWay(run)).toContain('MoveRemote to/b');
    expect(underWay(run)).not.toContain('UploadFile to/b');
  });

  it('does not take turns with a file saved under its new name, where numbers change with each look', () => {
    const pace = { ...paceOnce, mode: 'continuous', pollIntervalMs: 1e9, scanIntervalMs: 1e9 } as const;
    const run = new SpecRun({ pace });
    run.start();
    run.driveShows(onDrive('A', 'a', 'same'));
    run.diskShows(onDisk('4~a', 'a', 'same'));
    hint(run, 'remote');
    run.driveShows(onDrive('A', 'b', 'same'));
    const move = run.command('MoveLocal');
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec', folders: [''] });
    run.scan([onDisk('6~b', 'b', 'saved')]);
    run.observe({ type: 'CommandSucceeded', command: move.id, local: onDisk('4~b', 'b', 'same') });
    hint(run, 'local');
    let looks = 0;
    for (; run.state.local.look.command !== null && looks < 10; looks++)
      run.scan([onDisk(looks % 2 === 0 ? '5~b' : '6~b', 'b', 'saved')]);
    expect(looks).toBe(2);
    expect(onDiskNow(run)).toEqual(['b']);
    expect(underWay(run)).toEqual(['UploadFile b']);
  });
});
