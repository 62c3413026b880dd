import type { Event, RecordedEvent } from '@tidemark/plugin-sdk';

import { describe, expect, it } from 'vitest';

import { command, createSpecPrinter, failed, idOf, planned, started, succeeded } from './spec-events.ts';

const version = { as: 'version', id: 'D1', ifMatch: 'e' } as never;

describe('reporter: passes', () => {
  const looks = planned(command('ReadRemote', 1), command('ScanLocal', 2));
  const complete = 'Sync with Microsoft OneDrive is complete';

  it('tells the phases of a run that finds nothing', () => {
    const { append, lines } = createSpecPrinter({ syncDirectory: '~/OneDrive' });
    append(started(), looks);
    append(
      { type: 'RemoteRoundCompleted', full: true, cursor: 'c', command: '1/0' as never, unseen: [] },
      succeeded(1),
    );
    append({ type: 'LocalScanCompleted', command: '2/0' as never, unseen: [], oddities: [] }, succeeded(2));
    append({ type: 'Stopped', cause: 'finished' });
    expect(lines).toEqual([
      "All application operations will be performed in the configured local 'sync_dir' directory: ~/OneDrive",
      'Starting a sync with Microsoft OneDrive',
      'Syncing changes from Microsoft OneDrive ...',
      'Fetching items from the OneDrive API for Drive ID: DRIVE .',
      'Performing a database consistency and integrity check on locally stored data',
      "Scanning the local file system '~/OneDrive' for new data to upload",
      'No changes or items that can be applied were discovered while processing the data received from Microsoft OneDrive',
      'Performing a last examination of the most recent online data within Microsoft OneDrive to complete the reconciliation process',
      complete,
      'Summary: nothing changed, 6.0 seconds',
    ]);
  });

  it('tells the closing read once, whether it was done or not', () => {
    const { append, lines } = createSpecPrinter();
    append(started(), looks, succeeded(1), succeeded(2));
    const reason = { rule: 'closing-read', differs: '', causes: [] } as const;
    append(planned(command('ReadRemote', 3, { reason })), succeeded(3), {
      type: 'Stopped',
      cause: 'finished',
    });
    expect(lines.filter((line) => line.startsWith('Performing a last examination'))).toHaveLength(1);
  });

  it('ends a pass when nothing is under way, not before', () => {
    const { append } = createSpecPrinter({ mode: 'monitor' });
    append(started(), looks);
    expect(append(succeeded(1))).not.toContain(complete);
    expect(append(succeeded(2), planned(command('UploadFile', 3)))).not.toContain(complete);
    expect(append(succeeded(3))).toEqual(['Uploading new file: a/b.txt ... done', complete]);
  });

  it('stays silent about looks that find nothing, except now and then', () => {
    const { append } = createSpecPrinter({ mode: 'monitor', monitorLogFrequency: 4 });
    append(started());
    const told = [1, 2, 3, 4, 5].map((pass) => {
      const index = pass * 10;
      return [...append(planned(command('ReadRemote', index))), ...append(succeeded(index))].includes(
        complete,
      );
    });
    expect(told).toEqual([true, false, false, true, false]);
  });

  it('tells how much there is to do again when it has doubled, and counts no attempt twice', () => {
    const { append } = createSpecPrinter();
    append(started());
    const told = [1, 2, 3, 4, 5, 6].map((count) =>
      append(planned(command('DownloadFile', count))).filter((line) => line.startsWith('Number of items')),
    );
    const text = (count: number): string[] => [
      `Number of items to download from Microsoft OneDrive: ${count}`,
    ];
    expect(told).toEqual([text(1), text(2), [], text(4), [], []]);
    append(failed(1, { code: 'timedOut', detail: 'x' }), planned(command('DownloadFile', 1)));
    expect(append(planned(command('DownloadFile', 7)))).toEqual([]);
    expect(append(planned(command('DownloadFile', 8)))).toEqual(text(8));
  });

  it('tells a change that a silent look finds, from its beginning to its end', () => {
    const { append } = createSpecPrinter({ mode: 'monitor' });
    append(started(), planned(command('ReadRemote', 1)), succeeded(1));
    expect(append(planned(command('ReadRemote', 2)))).toEqual([]);
    expect(append(succeeded(2), planned(command('DownloadFile', 3)))).toEqual([
      'Starting a sync with Microsoft OneDrive',
      'Number of items to download from Microsoft OneDrive: 1',
    ]);
    expect(append(succeeded(3, { transferredBytes: 1 }))).toEqual([
      'Downloading file: a/b.txt ... done',
      complete,
    ]);
  });

  it('of a shared folder tells nothing that the run of the sync folder around it has told', () => {
    const { append, lines } = createSpecPrinter({ mode: 'monitor', verbosity: 1, below: 'From Sam' });
    expect(append(started())).toEqual([]);
    append(planned(command('ReadRemote', 1)), succeeded(1));
    lines.length = 0;
    expect(append(planned(command('ReadRemote', 2)), succeeded(2))).toEqual([]);
    expect(append({ type: 'Stopped', cause: 'finished' })).toEqual([]);
  });

  it('prints what the monitor saw on disk after the first pass', () => {
    const { append } = createSpecPrinter({ mode: 'monitor', verbosity: 1 });
    append(started(), planned(command('ReadRemote', 1)), succeeded(1));
    const lines = append(
      planned(
        command('UploadFile', 2),
        command('UploadFile', 3, { target: version }),
        command('MoveRemote', 4, { fromPath: 'a/old.txt' }),
        command('DeleteRemote', 5),
        command('CreateRemoteFolder', 6),
      ),
    );
    expect(lines.filter((line) => line.startsWith('[M]'))).toEqual([
      '[M] New local file added: a/b.txt',
      '[M] Local file changed: a/b.txt',
      '[M] Local item moved: ./a/old.txt -> ./a/b.txt',
      '[M] Local item deleted: a/b.txt',
      '[M] Local directory created: a/b.txt',
      '[M] Total number of local file(s) added or changed: 2',
    ]);
    expect(lines).toContain('Moving ./a/old.txt to ./a/b.txt');
  });

  it('begins with the limits it lives with, and with watching unless it only downloads', () => {
    const limits = { openFilesSoft: '1024', openFilesHard: '524288', userWatches: '65536' };
    const both = createSpecPrinter({ mode: 'monitor', verbosity: 1, limits });
    both.append(started());
    expect(both.lines.slice(-6)).toEqual([
      'OneDrive synchronisation interval (seconds): 300',
      'Maximum allowed open files (soft):           1024',
      'Maximum allowed open files (hard):           524288',
      'Maximum allowed inotify user watches:        65536',
      'Initialising filesystem inotify monitoring ...',
      'Performing initial synchronisation to ensure consistent local state ...',
    ]);
    const down = createSpecPrinter({ mode: 'monitor', limits });
    down.append(started({ direction: 'download' }));
    expect(down.lines.join('\n')).not.toMatch(/inotify|open files/);
  });

  it('says when a cleanup is put off, and when it is through', () => {
    const { append } = createSpecPrinter({ mode: 'monitor', verbosity: 2 });
    append(started({ pace: { cleanupAfter: 'full' } }));
    expect(append(planned(command('ReadRemote', 1, { cursor: 'c' as never })))).toContain(
      'DEBUG: Using native /delta for this pass; authoritative cleanup deferred until monitor full-scan cadence',
    );
    const end = { type: 'RemoteRoundCompleted', cursor: 'c', command: idOf(1), unseen: [] } as const;
    const unset = 'DEBUG: Unsetting fullScanTrueUpRequired after authoritative cleanup pass';
    expect(append({ ...end, full: false })).not.toContain(unset);
    append(planned(command('ReadRemote', 2, { cursor: null })));
    expect(append({ ...end, full: true, command: idOf(2) })).toContain(unset);
  });

  it('counts the loops to the next full scan', () => {
    const { append, lines } = createSpecPrinter({ mode: 'monitor', verbosity: 2 });
    const round = (full: boolean): Event => ({
      type: 'RemoteRoundCompleted',
      full,
      cursor: 'c',
      command: '1/0' as never,
      unseen: [],
    });
    append(started());
    for (const [index, full] of [true, false, false].entries())
      append(
        planned(command('ReadRemote', index, { cursor: full ? null : ('c' as never) })),
        round(full),
        succeeded(index),
      );
    expect(lines.filter((line) => /Full Scan|stored deltaLink/.test(line))).toEqual([
      'DEBUG: Perform a Full Scan True-Up: true',
      'DEBUG: Perform a Full Scan True-Up: false',
      'DEBUG: Full Scan Frequency Loop Number: 0',
      'DEBUG: Using database stored deltaLink',
      'DEBUG: Perform a Full Scan True-Up: false',
      'DEBUG: Full Scan Frequency Loop Number: 1',
      'DEBUG: Using database stored deltaLink',
    ]);
  });

  it('lists what failed at the end, unless another attempt went well', () => {
    const { append } = createSpecPrinter();
    append(
      started(),
      planned(command('DownloadFile', 1), command('UploadFile', 2), command('UploadFile', 3)),
    );
    const denied = { code: 'diskDenied', detail: 'x' } as const;
    append(failed(1, denied), failed(2, denied), failed(3, denied));
    append(planned({ ...command('UploadFile', 4), item: 3 as never }), succeeded(4));
    const lines = append({ type: 'Stopped', cause: 'finished' });
    expect(lines.slice(1)).toEqual([
      'Sync with Microsoft OneDrive has completed, however there are items that failed to sync.',
      'Failed items to download to/from Microsoft OneDrive: 1',
      'Failed to download: a/b.txt',
      'To fix any download failures you may need to perform a --resync to ensure this system is correctly synced with your Microsoft OneDrive Account',
      'Failed items to upload to/from Microsoft OneDrive: 1',
      'Failed to upload: a/b.txt',
      'Summary: 1 up, 2 failed, 7.0 seconds',
    ]);
  });

  it('does not count as failed what is tried again at once', () => {
    const { append } = createSpecPrinter({ mode: 'monitor' });
    append(started(), planned(command('UploadFile', 1)));
    expect(append(failed(1, { code: 'changedMeanwhile', detail: 'x' }))).toEqual([complete]);
  });

  it('lists what an interruption left undone', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('UploadFile', 1), command('DownloadFile', 2)));
    expect(append({ type: 'Stopped', cause: 'interrupted' })).toEqual([
      'Sync with Microsoft OneDrive was interrupted (SIGINT) before completion',
      'Items not uploaded from Microsoft OneDrive before shutdown completed: 1',
      'Not uploaded: a/b.txt',
      'Items not downloaded from Microsoft OneDrive before shutdown completed: 1',
      'Not downloaded: a/b.txt',
      'Summary: nothing changed, 2.0 seconds',
    ]);
  });

  it('tells once that a listing of the drive is not believed, until one is', () => {
    const { append } = createSpecPrinter({ mode: 'monitor' });
    const ids = Array.from({ length: 75 }, (_, index) => `D${index}` as never);
    const round = (unseen: readonly never[]): Event => ({
      ...{ type: 'RemoteRoundCompleted', command: '1/0' as never, full: true, cursor: 'c' },
      ...{ unseen, known: 75 },
    });
    const look = planned(command('ReadRemote', 1));
    append(started(), look);
    expect(append(round(ids))).toEqual([
      'ERROR: Cannot trust the drive: its listing lacks 75 of 75 items that were there before, and it told of no deletion. Nothing was removed on disk',
      '       Look at the drive online. To send what is on disk again run with --resync; if the loss is intended, with --force',
    ]);
    append(look);
    expect(append(round(ids))).toEqual([]);
    append(look);
    append(round([]));
    append(look);
    expect(append(round(ids))[0]).toMatch(/^ERROR: Cannot trust the drive/);
  });

  it.each([
    [{}, ', nothing is deleted'],
    [{ mirrorLocal: true }, ''],
    [{ cleanupLocal: true }, ''],
  ])(
    'says that both sides are compared anew, and that nothing is deleted where that is so (%j)',
    (policy, more) => {
      const { append } = createSpecPrinter();
      const lines = append({ ...started(policy), forget: 'a resync was asked for' } as Event);
      expect(lines).toContain(`Both sides are compared by content${more}: a resync was asked for`);
    },
  );

  it('forgets commands of an earlier run', () => {
    const { append } = createSpecPrinter({ mode: 'monitor' });
    append(started(), planned(command('UploadFile', 1)), started());
    expect(append(planned(command('ReadRemote', 2)), succeeded(2))).toContain(complete);
  });

  it('prints a batch once, however often it is delivered', () => {
    const { printer, lines } = createSpecPrinter();
    const batch: readonly RecordedEvent[] = [
      { seq: 1 as never, at: 0, source: 'spec', event: planned(command('UploadFile', 1)), items: [] },
      { seq: 2 as never, at: 0, source: 'spec', event: succeeded(1), items: [] },
    ];
    printer.events(batch);
    const once = [...lines];
    printer.events(batch);
    expect(lines).toEqual(once);
    expect(once).toContain('Uploading new file: a/b.txt ... done');
  });
});
