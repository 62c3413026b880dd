import type { ItemId } from '@tidemark/contracts';
import { driveItemId, itemId, localId } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { noRules } from '../../fold/state.ts';
import { SpecRun, goneFromDrive, onDisk, onDrive } from '../../testing/spec-run.ts';
import type { Explanation } from './timeline.ts';
import { explainItems, explainPath } from './explain.ts';
import { oddityAt, renderOddity } from './conditions.ts';
import { renderExplanation } from './render-explanation.ts';

describe('explain', () => {
  it('tells why a file was downloaded: who saw it, the rule, the command, the request', async () => {
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
    expect(await told(run)).toEqual([
      '"a.txt" (item 1): in sync, the same on both sides',
      '',
      'What happened:',
      '  #4 The drive showed the file "a.txt" (5 bytes)',
      '  #6 Decided to download "a.txt": it is new on the drive (command 6/0)',
      '  #7 Done, 5 bytes transferred (request req-1)',
      '',
      'Last decision: download "a.txt" (command 6/0)',
      '  Rule remote-new: it is new on the drive',
      '  Difference: remote, no local, never agreed',
      '  Cause #4: The drive showed the file "a.txt" (5 bytes)',
      '  Outcome #7: Done, 5 bytes transferred (request req-1)',
    ]);
    const { lastDecision } = await explanation(run);
    expect(lastDecision?.outcome?.event).toMatchObject({ requestIds: ['req-1'], transferredBytes: 5 });
  });

  it('tells why a file was uploaded, and what a failed attempt said', async () => {
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
    const lines = await told(run);
    expect(lines[0]).toBe('"a.txt" (item 1): waiting, waits for space on the drive, which refused 5 bytes');
    expect(lines.slice(-8)).toEqual([
      '  #7 Failed with quotaReached: Cannot upload "a.txt": the drive is full (request req-7); it waits for space there',
      '',
      'Last decision: upload "a.txt" as a new file (command 6/0)',
      '  Rule local-new: it is new on disk',
      '  Difference: local, no remote, never agreed',
      '  Cause #4: The disk showed the file "a.txt" (5 bytes)',
      '  Outcome #7: Failed with quotaReached: Cannot upload "a.txt": the drive is full (request req-7)',
      '  Remedy: Free space online or buy more; downloads, moves and deletions go on',
    ]);
  });

  it('tells what the drive showed when it was asked about a refusal', async () => {
    const run = begun();
    run.driveShows();
    run.diskShows(onDisk('L1', 'a.txt', 'hello'));
    run.observe({
      type: 'CommandFailed',
      command: run.command('UploadFile').id,
      failure: { code: 'nameTaken', detail: 'Cannot upload "a.txt": the name is taken' },
      remote: onDrive('D1', 'a.txt', 'hello'),
    });
    expect((await told(run)).join('\n')).toContain(
      'Failed with nameTaken: Cannot upload "a.txt": the name is taken; it is tried again at once. ' +
        'The drive showed the file "a.txt" (5 bytes)',
    );
  });

  it('a deletion on disk rests on the report of the drive, which no entry can name any more', async () => {
    const run = settled();
    run.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
    run.driveShows(goneFromDrive('D1'));
    const { id } = run.command('DeleteLocal');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      local: { id: localId('L1'), gone: true, trash: 'files/a.txt' },
    });
    const { path, standing, lastDecision } = await explanation(run);
    expect(path).toBe('a.txt');
    expect(standing).toBe('gone');
    expect(lastDecision?.command.reason.rule).toBe('remote-deleted');
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toContain(
      'The drive reported that it was deleted',
    );
    expect(lastDecision?.outcome?.sentence).toBe('Done, and the trash has it as "files/a.txt"');
  });

  it('a deletion on disk of a folder that was deleted online before the answer to its creation came rests on that answer', async () => {
    const run = begun();
    run.driveShows();
    run.diskShows(onDisk('L1', 'docs', null));
    const { id } = run.command('CreateRemoteFolder');
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(goneFromDrive('D1'));
    run.observe({ type: 'CommandSucceeded', command: id, remote: onDrive('D1', 'docs', null), made: true });
    run.command('DeleteLocal');
    const { lastDecision } = await explanation(run);
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual([
      'The disk showed the folder "docs"',
      'Done. By then the drive had told that it was gone',
    ]);
  });

  it('a deletion on disk after a full listing names that listing and the answer about the item', async () => {
    const run = settled();
    run.record([
      { type: 'RemoteCursorLost', command: '0/0' as never, detail: 'spec' },
      { type: 'HintReceived', side: 'remote', source: 'spec' },
    ]);
    run.driveShows();
    run.itemsAre();
    run.command('DeleteLocal');
    const { timeline, lastDecision } = await explanation(run);
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

  it('an item that the drive will not tell of is said to be unread, and nothing is decided', async () => {
    const run = settled();
    run.record([
      { type: 'RemoteCursorLost', command: '0/0' as never, detail: 'spec' },
      { type: 'HintReceived', side: 'remote', source: 'spec' },
    ]);
    run.driveShows();
    run.itemsAre({ id: driveItemId('D1'), unread: 'the drive did not tell of it: 423' });
    const { timeline, lastDecision } = await explanation(run);
    expect(lastDecision).toBeNull();
    expect(timeline.at(-1)?.sentence).toBe(
      'The drive showed "a.txt", but the drive did not tell of it: 423. Reading it by its id did not show that it is gone',
    );
  });

  it('a listing that lacks most of the drive is told with what it lacked, and leads to nothing', async () => {
    const run = begun();
    const names = Array.from({ length: 20 }, (_, index) => `${index}.txt`);
    run.driveShows(...names.map((name) => onDrive(`D${name}`, name, 'same')));
    run.diskShows(...names.map((name) => onDisk(`L${name}`, name, 'same')));
    run.record([
      { type: 'RemoteCursorLost', command: '0/0' as never, detail: 'spec' },
      { type: 'HintReceived', side: 'remote', source: 'spec' },
    ]);
    run.driveShows();
    const { timeline, lastDecision } = await explanation(run);
    expect(lastDecision).toBeNull();
    expect(timeline.at(-1)?.sentence).toMatch(
      /^Cannot trust the drive: its listing lacks 20 of 20 items .*the drive's side is suspended$/,
    );
  });

  it('a deletion on the drive rests on two complete looks at the disk', async () => {
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
    const { lastDecision } = await explanation(run);
    expect(lastDecision?.command.reason.rule).toBe('local-deleted');
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'A complete look at the disk did not find it',
        expect.stringContaining('A second look at the disk did not find it either'),
      ]),
    );
    expect(lastDecision?.outcome?.sentence).toBe(
      'Done, and the recycle bin has it, unless permanent_delete is set (requests req-2, req-3)',
    );
  });

  it('a file that was saved beside another and renamed over it is told by the item that it belongs to', async () => {
    const run = settled();
    const [old, beside] = [onDisk('L1', 'a.txt', 'hello'), onDisk('L2', '.a.new', 'newer')];
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(old, beside);
    const { id } = run.command('UploadFile');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      remote: onDrive('D2', '.a.new', 'newer'),
      local: beside,
    });
    run.observe({ type: 'HintReceived', side: 'local', source: 'spec' });
    run.diskShows(onDisk('L2', 'a.txt', 'newer', { stamp: 'renamed' }));
    const { timeline } = await explanation(run, itemId(2));
    expect(timeline.at(-1)?.sentence).toBe('What the disk showed of it belongs to "a.txt" from now on');
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
    const { explanations } = await explainPath('docs/a.txt', log(run));
    const [{ path, timeline, lastDecision } = expect.fail('The path was not found')] = explanations;
    expect(path).toBe('docs/a.txt');
    expect(timeline.at(-1)?.sentence).toBe(
      `It is gone from the drive, by the command ${id} to delete "docs" from the drive, 2 items in all`,
    );
    expect(lastDecision?.command.id).toBe(id);
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual([
      'The drive showed the file "a.txt" (5 bytes)',
      'The disk showed the file "a.txt" (5 bytes)',
      'A complete look at the disk did not find it',
      expect.stringContaining('A second look at the disk did not find it either'),
    ]);
  });

  it('a conflict names the place of the kept version, and the kept version names its origin', async () => {
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
    const { timeline, lastDecision } = await explanation(run);
    expect(timeline.map(({ sentence }) => sentence)).toContain(
      'Done, 6 bytes transferred, and the other version is kept as "a-host-safeBackup-0001.txt"',
    );
    expect(lastDecision?.command.reason.rule).toBe('conflict-remote-keeps-name');
    expect(lastDecision?.causes.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining([
        'The drive showed it with new content (6 bytes)',
        'The disk showed it with new content (4 bytes)',
      ]),
    );
    expect((await explanation(run, itemId(2))).timeline[0]?.sentence).toBe(
      `The disk showed the file "a-host-safeBackup-0001.txt" (4 bytes), by the command ${command.id} to download "a.txt" over the version on disk, which is kept beside it`,
    );
  });

  it('a conflict between equal versions says that nothing was downloaded', async () => {
    const run = begun();
    run.driveShows(onDrive('D1', 'a.txt', 'same', { hash: null }));
    run.diskShows(onDisk('L1', 'a.txt', 'same'));
    const { id } = run.command('DownloadFile');
    run.observe({ type: 'CommandSucceeded', command: id, local: onDisk('L1', 'a.txt', 'same') });
    expect((await explanation(run)).lastDecision?.outcome?.sentence).toBe(
      'Done, without a download, since the version on disk has the same bytes',
    );
  });

  it('a rename names both names', async () => {
    const run = settled();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('D1', 'b.txt', 'hello'));
    const { timeline, lastDecision } = await explanation(run);
    expect(timeline.map(({ sentence }) => sentence)).toContain(
      'The drive showed it renamed from "a.txt" to "b.txt"',
    );
    expect(timeline.at(-1)?.sentence).toMatch(
      /^Decided to move "a.txt" to "b.txt" on disk: it was renamed or moved on the drive/,
    );
    expect(lastDecision?.outcome).toBeNull();
  });

  it('an ignored file names the rule that ignores it', async () => {
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
    expect(await told(run)).toEqual([
      '"a.tmp" (item 1): ignored, filters: skip_file *.tmp',
      '',
      'What happened:',
      '  #4 The disk showed the file "a.tmp" (5 bytes)',
    ]);
  });

  it('names that differ in case only are told as a problem', async () => {
    const run = begun();
    run.driveShows(onDrive('D1', 'a', 'one'));
    run.diskShows(onDisk('L1', 'a', 'one'), onDisk('L2', 'A', 'two'));
    expect((await told(run, itemId(2)))[0]).toBe(
      '"A" (item 2): problem, The drive cannot hold both "a" and "A" in one folder',
    );
  });

  it('a path that no item holds is told by what the scan found there, or above it', () => {
    const run = begun();
    run.driveShows();
    const looking = run.state.local.look.command;
    run.observe({
      type: 'CommandSucceeded',
      command: looking?.id ?? run.command('ScanLocal').id,
      look: {
        ...{ parts: 0, unreadable: [] },
        oddities: [{ path: 'link', code: 'symlink', detail: 'points to "/elsewhere"' }],
      },
    });
    const oddity = oddityAt(run.state, 'link/x');
    expect(oddity && renderOddity('link/x', oddity)).toEqual([
      '"link/x" is not synced, because it is inside "link"',
      'It is a symbolic link: points to "/elsewhere"',
    ]);
    expect(oddityAt(run.state, 'linked')).toBeNull();
  });
});

describe('what a side cannot tell of', () => {
  const away = 'the file system that was mounted here is missing';
  const hint = { type: 'HintReceived', side: 'local', source: 'spec' } as const;

  it('is explained by the mount that is away, since when and by which look, and that nothing was decided', async () => {
    const run = begun();
    const folder = onDisk('LM', 'mnt', null);
    const inside = onDisk('L1', 'a.txt', 'hello', { in: 'LM' });
    run.driveShows(onDrive('M', 'mnt', null), onDrive('D1', 'a.txt', 'hello', { in: 'M' }));
    run.diskShows(folder, inside);
    run.observe(hint);
    const { id } = run.state.local.look.command ?? expect.fail('No look is under way');
    run.observe(
      { type: 'LocalListing', command: id, part: 0, folders: [{ id: localId('root'), rows: [folder] }] },
      {
        type: 'CommandSucceeded',
        command: id,
        look: {
          parts: 1,
          unreadable: [folder.id],
          oddities: [{ path: 'mnt', code: 'unreadable', detail: away }],
        },
      },
    );
    const lines = await told(run, itemId(2));
    expect(lines[0]).toMatch(
      /^"mnt\/a.txt" \(item 2\): unknown, the disk cannot tell of it, because of "mnt": the file system .* \(since event \d+\)$/,
    );
    expect(lines.at(-1)).toMatch(
      new RegExp(
        `A look \\(${id}\\) found that the disk cannot tell of it, because of "mnt": ${away}. What is there is unknown since then, and nothing is decided because of it`,
      ),
    );
    expect((await explanation(run, itemId(2))).lastDecision).toBeNull();
    run.observe(hint);
    run.diskShows(folder, inside);
    const back = await told(run, itemId(2));
    expect(back[0]).toBe('"mnt/a.txt" (item 2): in sync, the same on both sides');
    expect(back.at(-1)).toContain('A look can tell of it again');
  });

  it('is explained by the folder that the drive does not list', async () => {
    const run = begun();
    run.driveShows(onDrive('V', 'Vault', null), onDrive('D1', 'a.txt', 'hello', { in: 'V' }));
    run.diskShows(onDisk('LV', 'Vault', null), onDisk('L1', 'a.txt', 'hello', { in: 'LV' }));
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('V', 'Vault', null, { oddity: 'the service does not list it' }));
    expect((await told(run, itemId(2)))[0]).toMatch(
      /unknown, the drive cannot tell of it, because of "Vault": the service does not list it \(since event \d+\)$/,
    );
  });
});

it('fits on a screen, whatever the length of its history, and has everything on demand', async () => {
  const run = settled();
  for (let version = 0; version < 50; version++) {
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('D1', 'a.txt', `version ${version}`));
    const { id } = run.command('DownloadFile');
    run.observe({
      type: 'CommandSucceeded',
      command: id,
      local: onDisk('L1', 'a.txt', `version ${version}`),
    });
  }
  const lines = await told(run);
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(lines[3]).toBe('  (144 earlier events: --verbose tells all)');
  expect(renderExplanation(await explanation(run), { everything: true }).length).toBeGreaterThan(150);
});

describe('a path', () => {
  const told = async (run: SpecRun, path: string) => {
    const { explanations } = await explainPath(path, log(run));
    return explanations.map((one) => ({ item: one.item, path: one.path, standing: one.standing }));
  };

  it('is told of the item that holds it now, and of those that held it before', async () => {
    const run = settled();
    run.observe({ type: 'HintReceived', side: 'remote', source: 'spec' });
    run.driveShows(onDrive('D1', 'b.txt', 'hello'), onDrive('D2', 'a.txt', 'second'));
    run.observe({
      type: 'CommandSucceeded',
      command: run.command('MoveLocal').id,
      local: onDisk('L1', 'b.txt', 'hello'),
    });
    expect(await told(run, './a.txt')).toEqual([
      { item: 2, path: 'a.txt', standing: 'pending' },
      { item: 1, path: 'b.txt', standing: 'atRest' },
    ]);
  });

  it('is told of an item that came and went on the drive before anything was decided', async () => {
    const run = begun();
    run.driveShows(onDrive('D1', 'x', 'x'), onDrive('D2', 'y', 'y'));
    run.record([{ type: 'RemoteSeen', rows: [goneFromDrive('D2'), goneFromDrive('D1')] }]);
    const { explanations } = await explainPath('y', log(run));
    const [{ item, path, timeline } = expect.fail('The path was not found')] = explanations;
    expect({ item, path }).toEqual({ item: 2, path: 'y' });
    expect(timeline.map(({ sentence }) => sentence)).toEqual([
      'The drive showed the file "y" (1 bytes)',
      'The drive reported that it was deleted',
    ]);
  });

  it('is told by a name that differs in case only, when no other held it', async () => {
    expect(await told(settled(), 'A.TXT')).toEqual([{ item: 1, path: 'a.txt', standing: 'atRest' }]);
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

const log = ({ batches, rulesFor }: SpecRun) => ({ read: () => stream(batches), rulesFor });

async function* stream<Value>(values: readonly Value[]): AsyncIterable<Value> {
  yield* values;
}

async function explanation(run: SpecRun, item: ItemId = itemId(1)): Promise<Explanation> {
  const { explanations } = await explainItems([item], log(run));
  return explanations[0] ?? expect.fail('The item is not explained');
}

const told = async (run: SpecRun, item?: ItemId): Promise<string[]> =>
  renderExplanation(await explanation(run, item));
