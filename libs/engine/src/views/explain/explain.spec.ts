import type { ItemId } from '@tidemark/contracts';
import { itemId, localId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { replay } from '../../loop/replay.ts';
import { noRules } from '../../fold/state.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../../testing/spec-run.ts';
import { explainOddity } from './explain-oddity.ts';
import { explain, relatedPlans } from './explain.ts';
import { createPathFinder } from './path-finder.ts';
import { renderExplanation } from './render-explanation.ts';

describe('explain', () => {
  it('tells why a file was downloaded: who saw it, the rule, the command, the request', () => {
    const run = begun();
    run.diskShows();
    run.driveShows(onDrive('D1', 'a.txt', 'hello'));
    const { id } = run.command('DownloadFile');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      local: onDisk('L1', 'a.txt', 'hello'),
      transferredBytes: 5,
      requestIds: ['req-1'],
    });
    expect(told(run)).toEqual([
      '"a.txt" (item 1): in sync, the same on both sides',
      '',
      'What happened:',
      '  #4 The drive showed the file "a.txt" (5 bytes)',
      '  #6 Decided to download "a.txt": it is new on the drive (command 6/0)',
      '  #7 Downloaded 5 bytes (request req-1)',
      '',
      'Last decision: download "a.txt" (command 6/0)',
      '  Rule remote-new: it is new on the drive',
      '  Difference: remote, no local, never agreed',
      '  Cause #4: The drive showed the file "a.txt" (5 bytes)',
      '  Outcome #7: Downloaded 5 bytes (request req-1)',
    ]);
    const { lastDecision } = explanation(run);
    expect(lastDecision?.outcome).toMatchObject({ type: 'ok', requestIds: ['req-1'], transferredBytes: 5 });
  });

  it('tells why a file was uploaded, and what a failed attempt said', () => {
    const run = begun();
    run.driveShows();
    run.diskShows(onDisk('L1', 'a.txt', 'hello'));
    run.observe({
      type: 'CommandFailed',
      command: run.command('UploadFile').id,
      failure: {
        code: 'quotaReached',
        detail: 'Cannot upload "a.txt": the drive is full',
        requestId: 'req-7',
      },
    });
    const lines = told(run);
    expect(lines[0]).toBe(
      '"a.txt" (item 1): waiting, waits for another attempt: Cannot upload "a.txt": the drive is full',
    );
    expect(lines.slice(-8)).toEqual([
      '  #7 Failed with quotaReached: Cannot upload "a.txt": the drive is full (request req-7); it is tried again in minutes',
      '',
      'Last decision: upload "a.txt" as a new file (command 6/0)',
      '  Rule local-new: it is new on disk',
      '  Difference: local, no remote, never agreed',
      '  Cause #4: The disk showed the file "a.txt" (5 bytes)',
      '  Outcome #7: Failed with quotaReached: Cannot upload "a.txt": the drive is full (request req-7)',
      '  Remedy: Free space online or buy more; downloads, moves and deletions go on',
    ]);
  });

  it('tells what the drive showed when it was asked about a refusal', () => {
    const run = begun();
    run.driveShows();
    run.diskShows(onDisk('L1', 'a.txt', 'hello'));
    run.observe({
      type: 'CommandFailed',
      command: run.command('UploadFile').id,
      failure: { code: 'nameTaken', detail: 'Cannot upload "a.txt": the name is taken' },
      remote: onDrive('D1', 'a.txt', 'hello'),
    });
    expect(told(run).join('\n')).toContain(
      'Failed with nameTaken: Cannot upload "a.txt": the name is taken; it is tried again in seconds; ' +
        'asked about it, the drive showed the file "a.txt" (5 bytes)',
    );
  });

  it('a deletion on disk rests on the report of the drive, which no entry can name any more', () => {
    const run = settled();
    run.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
    run.driveShows(goneFromDrive('D1'));
    const { id } = run.command('DeleteLocal');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      local: { id: localId('L1'), gone: true, trash: 'files/a.txt' },
    });
    const { path, standing, lastDecision } = explanation(run);
    expect(path).toBe('a.txt');
    expect(standing.type).toBe('gone');
    expect(lastDecision?.rule).toBe('remote-deleted');
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toContain(
      'The drive reported that it was deleted',
    );
    expect(lastDecision?.outcome?.sentence).toBe('It was deleted on disk; the trash has it as "files/a.txt"');
  });

  it('a deletion on disk after a full listing names that listing and the answer about the item', () => {
    const run = settled();
    run.record([
      { type: 'RemoteCursorLost', command: '0/0' as never, detail: 'spec' },
      { type: 'HintReceived', side: 'remote', source: 'spec' },
    ]);
    run.driveShows();
    run.itemsAre();
    run.command('DeleteLocal');
    const { timeline, lastDecision } = explanation(run);
    expect(timeline.slice(-3).map(({ sentence }) => sentence)).toEqual([
      'A complete listing of the drive did not contain it, so it is read by its id',
      expect.stringMatching(
        /^Read by its id, the drive does not have it any more, after the listing of event \d+/,
      ),
      expect.stringMatching(/^Decided to delete "a.txt" on disk/),
    ]);
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual([
      'The disk showed the file "a.txt" (5 bytes)',
      'A complete listing of the drive did not contain it, so it is read by its id',
      expect.stringContaining('it is gone'),
    ]);
  });

  it('a listing that lacks most of the drive is told with what it lacked, and leads to nothing', () => {
    const run = begun();
    const names = Array.from({ length: 20 }, (_, index) => `${index}.txt`);
    run.driveShows(...names.map((name) => onDrive(`D${name}`, name, 'same')));
    run.diskShows(...names.map((name) => onDisk(`L${name}`, name, 'same')));
    run.record([
      { type: 'RemoteCursorLost', command: '0/0' as never, detail: 'spec' },
      { type: 'HintReceived', side: 'remote', source: 'spec' },
    ]);
    run.driveShows();
    const { timeline, lastDecision } = explanation(run);
    expect(lastDecision).toBeNull();
    expect(timeline.at(-1)?.sentence).toMatch(
      /^Cannot trust the drive: its listing lacks 20 of 20 items .*the drive's side is suspended$/,
    );
  });

  it('a deletion on the drive rests on two complete looks at the disk', () => {
    const run = settled();
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(onDisk('L2', 'other.txt', 'other'));
    const { id, driveItemId } = run.command('DeleteRemote');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      remote: { id: driveItemId, deleted: true },
      requestIds: ['req-2', 'req-3'],
    });
    const { lastDecision } = explanation(run);
    expect(lastDecision?.rule).toBe('local-deleted');
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'A complete look at the disk did not find it',
        expect.stringContaining('A second look at the disk did not find it either'),
      ]),
    );
    expect(lastDecision?.outcome?.sentence).toBe(
      'It was deleted from the drive, where the recycle bin has it unless permanent_delete is set (requests req-2, req-3)',
    );
  });

  it('a file that went with its folder is told by the command that took the folder', async () => {
    const run = begun();
    run.driveShows(onDrive('F', 'docs', null), onDrive('D1', 'a.txt', 'hello', { in: 'F' }));
    run.diskShows(
      onDisk('LF', 'docs', null),
      onDisk('L1', 'a.txt', 'hello', { in: 'LF' }),
      onDisk('L2', 'x', 'x'),
    );
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(onDisk('L2', 'x', 'x'));
    const { id, driveItemId, itemCount } = run.command('DeleteRemote');
    expect(itemCount).toBe(2);
    run.observe({ type: 'CommandSucceeded', command: id, remote: { id: driveItemId, deleted: true } });
    const file = itemId(2);
    const seqs = relatedPlans(run.history(file));
    const looks = run.log.filter((recorded) => seqs.includes(recorded.seq));
    const finder = createPathFinder('docs/a.txt');
    const { state } = await replay({
      batches: stream(run.batches),
      rulesFor: () => noRules,
      watch: finder.watch,
    });
    const [match] = finder.matches(state);
    if (match === undefined) throw new Error('The path was not found');
    expect(match.item).toBe(file);
    const { path, timeline, lastDecision } = explain({
      history: run.history(file),
      state,
      item: file,
      looks,
      match,
    });
    expect(path).toBe('docs/a.txt');
    expect(timeline.at(-1)?.sentence).toBe(`It went from the drive with the folder "docs" (command ${id})`);
    expect(lastDecision?.command.id).toBe(id);
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'A complete look at the disk did not find it',
        expect.stringContaining('A second look at the disk did not find it either'),
      ]),
    );
  });

  it('a conflict names the place of the kept version, and the kept version names its origin', () => {
    const run = settled();
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.diskShows(onDisk('L1', 'a.txt', 'mine'));
    run.driveShows(onDrive('D1', 'a.txt', 'theirs'));
    const command = run.command('DownloadFile');
    expect(command.keepAs).not.toBeNull();
    run.observe({
      type: 'CommandSucceeded',
      command: command.id,
      local: onDisk('L9', 'a.txt', 'theirs'),
      kept: onDisk('L1', 'a-host-safeBackup-0001.txt', 'mine', { stamp: 'renamed' }),
      transferredBytes: 6,
    });
    const { timeline, lastDecision } = explanation(run);
    expect(timeline.map(({ sentence }) => sentence)).toContain(
      'Downloaded 6 bytes; the local version is kept as "a-host-safeBackup-0001.txt"',
    );
    expect(lastDecision?.rule).toBe('conflict-remote-keeps-name');
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'The drive showed it with new content (6 bytes)',
        'The disk showed it with new content (4 bytes)',
      ]),
    );
    const kept = itemId(2);
    const looks = run.log.filter((recorded) => relatedPlans(run.history(kept)).includes(recorded.seq));
    expect(
      explain({ history: run.history(kept), state: run.state, item: kept, looks }).timeline[0]?.sentence,
    ).toBe(`It was made to keep a version of "a.txt": ${lastDecision?.ruleText} (command ${command.id})`);
  });

  it('a rename names both names', () => {
    const run = settled();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('D1', 'b.txt', 'hello'));
    const { timeline, lastDecision } = explanation(run);
    expect(timeline.map(({ sentence }) => sentence)).toContain(
      'The drive showed it renamed from "a.txt" to "b.txt"',
    );
    expect(timeline.at(-1)?.sentence).toMatch(
      /^Decided to move "a.txt" to "b.txt" on disk: it was renamed or moved on the drive/,
    );
    expect(lastDecision?.outcome).toBeNull();
  });

  it('an ignored file names the rule that ignores it', () => {
    const run = new SpecRun(
      {},
      {
        ...noRules,
        ignore: ({ path }) =>
          path.endsWith('.tmp') ? { plugin: 'filters', detail: 'skip_file *.tmp' } : null,
      },
    );
    run.start();
    run.driveShows();
    run.diskShows(onDisk('L1', 'a.tmp', 'hello'));
    expect(told(run)).toEqual([
      '"a.tmp" (item 1): ignored, filters: skip_file *.tmp',
      '',
      'What happened:',
      '  #4 The disk showed the file "a.tmp" (5 bytes)',
    ]);
  });

  it('names that differ in case only are told as a problem', () => {
    const run = begun();
    run.driveShows(onDrive('D1', 'a', 'one'));
    run.diskShows(onDisk('L1', 'a', 'one'), onDisk('L2', 'A', 'two'));
    expect(told(run, itemId(2))[0]).toBe(
      '"A" (item 2): problem, The drive cannot hold both "a" and "A" in one folder',
    );
  });

  it('a path that no item holds is told by what the scan found there, or above it', () => {
    const run = begun();
    run.driveShows();
    const looking = run.state.local.looking;
    run.observe({
      type: 'CommandSucceeded',
      command: looking?.id ?? run.command('ScanLocal').id,
      look: {
        ...{ parts: 0, unreadable: [] },
        oddities: [{ path: 'link', code: 'symlink', detail: 'points to "/elsewhere"' }],
      },
    });
    expect(explainOddity(run.state, 'link/x')).toEqual([
      '"link/x" is not synced, because it is inside "link"',
      'It is a symbolic link: points to "/elsewhere"',
    ]);
    expect(explainOddity(run.state, 'linked')).toBeNull();
  });
});

describe('the path finder', () => {
  it('finds who holds a path now, and who held it before', async () => {
    const run = settled();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('D1', 'b.txt', 'hello'), onDrive('D2', 'a.txt', 'second'));
    run.observe({
      type: 'CommandSucceeded',
      command: run.command('MoveLocal').id,
      local: onDisk('L1', 'b.txt', 'hello'),
    });
    const finder = createPathFinder('./a.txt');
    const { state } = await replay({
      batches: stream(run.batches),
      rulesFor: () => noRules,
      watch: finder.watch,
    });
    expect(finder.matches(state)).toMatchObject([
      { item: 2, path: 'a.txt', current: true, driveIds: ['D2'] },
      { item: 1, path: 'a.txt', current: false, driveIds: ['D1'], localIds: ['L1'] },
    ]);
  });

  it('finds an item that came and went on the drive before anything was decided, so that it can be told', async () => {
    const run = begun();
    run.driveShows(onDrive('D1', 'x', 'x'), onDrive('D2', 'y', 'y'));
    run.record([{ type: 'RemoteSeen', rows: [goneFromDrive('D2'), goneFromDrive('D1')] }]);
    const finder = createPathFinder('y');
    const { state } = await replay({
      batches: stream(run.batches),
      rulesFor: () => noRules,
      watch: finder.watch,
    });
    const [match] = finder.matches(state);
    expect(match).toMatchObject({ item: 2, current: false });
    const item = match?.item ?? itemId(0);
    const { path, timeline } = explain({
      history: run.history(item),
      state,
      item,
      ...(match === undefined ? {} : { match }),
    });
    expect(path).toBe('y');
    expect(timeline.map(({ sentence }) => sentence)).toEqual([
      'The drive showed the file "y" (1 bytes)',
      'The drive reported that it was deleted',
    ]);
  });

  it('falls back to names that differ in case only', async () => {
    const run = settled();
    const finder = createPathFinder('A.TXT');
    const { state } = await replay({
      batches: stream(run.batches),
      rulesFor: () => noRules,
      watch: finder.watch,
    });
    expect(finder.matches(state)).toMatchObject([{ item: 1, path: 'a.txt', current: true }]);
  });
});

function begun(): SpecRun {
  const run = new SpecRun();
  run.start();
  return run;
}

/** `a.txt`, the same on both sides, is item 1. */
function settled(): SpecRun {
  const run = begun();
  run.driveShows(onDrive('D1', 'a.txt', 'hello'));
  run.diskShows(onDisk('L1', 'a.txt', 'hello'));
  expect(run.state.inFlight.size).toBe(0);
  return run;
}

const explanation = (run: SpecRun, item: ItemId = itemId(1)) =>
  explain({ history: run.history(item), state: run.state, item });
const told = (run: SpecRun, item?: ItemId): string[] => renderExplanation(explanation(run, item));

async function* stream<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}
