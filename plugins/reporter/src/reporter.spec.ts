import type { Event, RecordedEvent, TransferProgress } from '@tidemark/plugin-sdk';
import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { clockTime, shortAmount, wholeAmount } from './amounts.ts';
import { config } from './config.ts';
import { escapeJson, escapeText } from './escape.ts';
import { renderStep } from './progress.ts';
import { reporter } from './reporter.ts';
import {
  command,
  createSpecPrinter,
  failed,
  idOf,
  localRow,
  planned,
  started,
  succeeded,
} from './spec-events.ts';
import { renderVerdict } from './verdict.ts';

const version = { as: 'version', id: 'D1', ifMatch: 'e' } as never;
const quiet = { keepAs: { prefix: 'b-host-safeBackup-', suffix: '.txt', from: 1 } };

describe('reporter: one command each', () => {
  it.each([
    ['a new file', command('UploadFile', 1), succeeded(1), 'Uploading new file: a/b.txt ... done'],
    [
      'a changed file',
      command('UploadFile', 1, { target: version }),
      succeeded(1),
      'Uploading modified file: a/b.txt ... done',
    ],
    [
      'a new folder on the drive',
      command('CreateRemoteFolder', 1),
      succeeded(1),
      'Successfully created the remote directory a/b.txt on Microsoft OneDrive',
    ],
    [
      'a deletion on the drive',
      command('DeleteRemote', 1),
      succeeded(1),
      'Successfully deleted item from Microsoft OneDrive: a/b.txt',
    ],
    [
      'a download',
      command('DownloadFile', 1),
      succeeded(1, { transferredBytes: 10 }),
      'Downloading file: a/b.txt ... done',
    ],
    ['a deletion on disk', command('DeleteLocal', 1), succeeded(1), 'Deleting local file: a/b.txt'],
    ['a move on disk', command('MoveLocal', 1), succeeded(1), 'Moving a/b.txt to a/c.txt ... done'],
    [
      'a move on the drive',
      command('MoveRemote', 1, { fromPath: 'a/old.txt' }),
      succeeded(1),
      'Moving a/old.txt to a/b.txt ... done',
    ],
    [
      'a failed upload',
      command('UploadFile', 1, { target: version }),
      failed(1, { code: 'quotaReached', detail: 'Cannot upload "a/b.txt": the drive is full' }),
      'Uploading modified file: a/b.txt ... failed!',
    ],
    [
      'a failed download',
      command('DownloadFile', 1),
      failed(1, { code: 'contentMismatch', detail: 'x' }),
      'Downloading file: a/b.txt ... failed!',
    ],
    [
      'malware',
      command('DownloadFile', 1),
      failed(1, { code: 'malware', detail: 'x' }),
      'ERROR: MALWARE DETECTED IN FILE - DOWNLOAD SKIPPED: a/b.txt',
    ],
    [
      'no room for a kept version',
      command('DownloadFile', 1, quiet),
      failed(1, { code: 'preservationFailed', detail: 'x' }),
      'ERROR: Local data preservation failed; refusing to replace the canonical file: a/b.txt',
    ],
  ])('tells the end of %s in the words of the peer', (_, given, end, line) => {
    const { append } = createSpecPrinter();
    append(started(), planned(given));
    expect(append(end)).toContain(line);
  });

  it.each([
    [
      'CreateRemoteFolder' as const,
      [
        'New directories to create on Microsoft OneDrive: 1',
        'OneDrive Client requested to create this directory online: a/b.txt',
      ],
    ],
    [
      'UploadFile' as const,
      ['New items to upload to Microsoft OneDrive: 1', 'Total New Data to Upload:        10 Bytes'],
    ],
    [
      'DeleteRemote' as const,
      [
        'Deleted local items to delete on Microsoft OneDrive: 1',
        'Deleting item from Microsoft OneDrive: a/b.txt',
      ],
    ],
    ['DownloadFile' as const, ['Number of items to download from Microsoft OneDrive: 1']],
    ['DeleteLocal' as const, ['Trying to delete local file: a/b.txt']],
    ['MoveLocal' as const, ['Moving ./a/b.txt to ./a/c.txt']],
    [
      'SetRemoteTime' as const,
      ['The last modified timestamp has changed however the file content has not changed'],
    ],
  ])('tells the beginning of %s', (type, lines) => {
    const { append } = createSpecPrinter();
    append(started());
    expect(append(planned(command(type, 1)))).toEqual(['Starting a sync with Microsoft OneDrive', ...lines]);
  });

  it('says more with more verbosity, and marks what is for developers', () => {
    const linesAt = (verbosity: 0 | 1 | 2) => {
      const { append } = createSpecPrinter({ verbosity });
      append(started());
      return append(planned(command('CreateLocalFolder', 1)));
    };
    expect(linesAt(0)).toEqual(['Starting a sync with Microsoft OneDrive']);
    expect(linesAt(1)).toContain('Attempting to create local directory: ./a/b.txt');
    expect(linesAt(2)).toContain('DEBUG: Command 1/1: CreateLocalFolder "a/b.txt" (local-new: local≠synced)');
  });

  it('names the copy of a conflict, and the loss that the user chose', () => {
    const { append } = createSpecPrinter({ verbosity: 1 });
    append(started(), planned(command('DownloadFile', 1, quiet)));
    expect(
      append(succeeded(1, { kept: localRow('b-host-safeBackup-0001.txt'), transferredBytes: 1 })),
    ).toEqual([
      'The local item is out-of-sync with OneDrive, renaming to preserve existing file and prevent local data loss: a/b.txt -> a/b-host-safeBackup-0001.txt',
      'Downloading file: a/b.txt ... done',
    ]);
    const reason = { rule: 'conflict-replaced', differs: '', causes: [] } as const;
    expect(append(planned(command('DownloadFile', 2, { reason })))).toContain(
      'WARNING: Local Data Protection has been disabled - not creating a safeBackup. You may experience data loss on this file: a/b.txt',
    );
  });

  it('does not claim a download when the local file was the same', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('DownloadFile', 1, quiet)));
    expect(append(succeeded(1))).toEqual([]);
  });

  it('keeps stops of a name swap to developers', () => {
    const { append } = createSpecPrinter({ verbosity: 1 });
    append(started());
    const lines = append(planned(command('MoveLocal', 1, { provisional: true })), succeeded(1));
    expect(lines.filter((line) => line.includes('Moving'))).toEqual([]);
  });

  it('writes ./ before paths where a sync_list is in use', () => {
    const { append } = createSpecPrinter();
    append(started({}, { syncList: 'a' }), planned(command('UploadFile', 1)));
    expect(append(succeeded(1))).toEqual(['Uploading new file: ./a/b.txt ... done']);
  });

  it('shows the answer of the service in the block that programs read', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('UploadFile', 1)));
    const detail = 'Cannot upload "a/b.txt": access was denied';
    expect(append(failed(1, { code: 'accessDenied', detail, requestId: 'r-1' }))).toEqual([
      'Uploading new file: a/b.txt ... failed!',
      `ERROR: ${detail}`,
      '',
      'ERROR: Microsoft OneDrive API returned an error with the following message:',
      `  Error Message:       ${detail}`,
      '  Error Reason:        Check your permissions on the item online',
      '  Error Code:          accessDenied',
      '  Error Timestamp:     2023-11-14T22:13:23',
      '  API Request ID:      r-1',
      '',
    ]);
  });

  it('says only once that the service cannot be reached', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('ReadRemote', 1), command('ReadRemote', 2), command('ReadRemote', 3)));
    const offline = { code: 'offline', detail: 'x' } as const;
    const interrupted =
      'Internet connectivity to Microsoft OneDrive service has been interrupted .. re-trying in the background';
    expect(append(failed(1, offline), failed(2, offline))).toEqual([interrupted]);
    append(succeeded(3), planned(command('ReadRemote', 4)));
    expect(append(failed(4, offline))).toContain(interrupted);
  });
});

describe('reporter: passes', () => {
  const looks = planned(command('ReadRemote', 1), command('ScanLocal', 2));
  const complete = 'Sync with Microsoft OneDrive is complete';

  it('tells the phases of a run that finds nothing', () => {
    const { append, lines } = createSpecPrinter({ syncDirectory: '~/OneDrive' });
    append(started(), looks);
    append({ type: 'RemoteRoundCompleted', full: true, cursor: 'c', absent: [] }, succeeded(1));
    append({ type: 'LocalScanCompleted', gone: [], oddities: [] }, succeeded(2));
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
    ]);
    expect(lines).toContain('Moving ./a/old.txt to ./a/b.txt');
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
    ]);
  });

  it('tells an oddity of the disk once', () => {
    const { append } = createSpecPrinter();
    const scan: Event = {
      type: 'LocalScanCompleted',
      gone: [],
      oddities: [
        { path: 'dangling', code: 'symlink', detail: '' },
        { path: 'pipe', code: 'special', detail: '' },
        { path: 'bad\\xff', code: 'notUtf8', detail: '' },
      ],
    };
    expect(append(scan)).toEqual([
      'Skipping item - invalid symbolic link: ./dangling',
      'Skipping item - item is not a valid file: ./pipe',
      'Skipping item - invalid character encoding sequence: ./bad\\xff',
    ]);
    expect(append(scan)).toEqual([]);
  });

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

describe('reporter: verdicts', () => {
  it.each([
    [
      'a whole line of a filter',
      { path: 'a', standing: 'ignored', detail: 'Skipping file - excluded by skip_file config: a' } as const,
      [{ level: 1, text: 'Skipping file - excluded by skip_file config: a' }],
    ],
    [
      'a name the drive refuses',
      {
        path: 'a?',
        standing: 'problem',
        code: 'invalidName',
        detail: 'Skipping item - invalid name (Microsoft Naming Convention): ./a?',
      } as const,
      [{ level: 0, text: 'Skipping item - invalid name (Microsoft Naming Convention): ./a?' }],
    ],
    [
      'a rule of a plugin',
      { path: 'a.mov', standing: 'ignored', detail: 'videos are not synced' } as const,
      [{ level: 1, text: 'Skipping item - videos are not synced: ./a.mov' }],
    ],
  ])('tells %s', (_, verdict, lines) => {
    expect(renderVerdict(verdict)).toEqual(lines);
  });

  it('tells a held mass deletion in the three lines scripts look for', () => {
    const verdict = { path: '', standing: 'held', code: 'massDelete', detail: 'x', count: 1200 } as const;
    expect(renderVerdict(verdict).map(({ text }) => text)).toEqual([
      'ERROR: An attempt to remove a large volume of data from OneDrive has been detected. Exiting client to preserve your data on Microsoft OneDrive',
      'ERROR: The total number of items being deleted is: 1200',
      "ERROR: To delete a large volume of data use --force or increase the config value 'classify_as_big_delete' to a larger value",
    ]);
  });
});

describe('reporter: JSON lines', () => {
  it('gives one object per event, joined with the command it ends', () => {
    const { append } = createSpecPrinter({ json: true });
    append(started(), planned(command('UploadFile', 1)));
    expect(JSON.parse(append(succeeded(1, { transferredBytes: 10 }))[0] ?? '')).toEqual({
      seq: 3,
      at: '2023-11-14T22:13:23.000Z',
      source: 'spec',
      type: 'CommandSucceeded',
      command: '1/1',
      does: 'UploadFile',
      path: 'a/b.txt',
      transferredBytes: 10,
      items: [],
    });
  });

  it('says of a failure what can be done about it', () => {
    const { append } = createSpecPrinter({ json: true });
    append(started(), planned(command('UploadFile', 1)));
    const line = append(failed(1, { code: 'quotaReached', detail: 'full', requestId: 'r' }))[0] ?? '';
    expect(JSON.parse(line)).toMatchObject({
      code: 'quotaReached',
      retry: 'later',
      remedy: 'Free space online or buy more; downloads, moves and deletions go on',
      requestId: 'r',
    });
  });

  it('shows no cursor, in whatever event it is', () => {
    const { append, lines } = createSpecPrinter({ json: true });
    append(started(), planned(command('ReadRemote', 1)));
    append({ type: 'RemoteRoundCompleted', full: false, cursor: 'secret-cursor', absent: [] }, succeeded(1));
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).not.toContain('secret-cursor');
  });
});

describe('reporter: hostile text', () => {
  // oxlint-disable-next-line no-control-regex -- these are the characters that must not come through
  const harmful = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
  const hostileText = fc.array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u001b[2J', '\n', '\u202e', '\u009b', '\u2028')),
    { maxLength: 6 },
  );

  it('lets no control, line end or direction mark through, in any field', () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (parts, json) => {
        const text = parts.join('');
        const { append, printer, lines } = createSpecPrinter({ json, verbosity: 2 });
        append(started(), planned(command('UploadFile', 1, { path: text })));
        append(failed(1, { code: 'accessDenied', detail: text, requestId: text }));
        append({ type: 'HintReceived', side: 'remote', source: text });
        append({ type: 'RemoteCursorLost', detail: text });
        printer.verdicts([{ path: text, standing: 'problem', detail: text }]);
        expect(lines.length).toBeGreaterThan(5);
        for (const line of lines) expect(line).not.toMatch(harmful);
        if (json) for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
      }),
    );
  });

  it('names what it took out, and leaves ordinary text alone', () => {
    expect(escapeText('a\u001b[31mb\n\u202ec\u0085')).toBe('a\\x1b[31mb\\n\\u{202e}c\\x85');
    expect(escapeText('Ünïcode 文件 🎉.txt')).toBe('Ünïcode 文件 🎉.txt');
    expect(JSON.parse(escapeJson(JSON.stringify('a\u202eb\u0085')))).toBe('a\u202eb\u0085');
  });
});

describe('reporter: progress', () => {
  const mebibyte = 1024 * 1024;
  const figure = (doneBytes: number, elapsedMs = 1000, totalBytes = 100 * mebibyte): TransferProgress => ({
    command: idOf(1),
    type: 'DownloadFile',
    path: 'a/big.bin',
    doneBytes,
    totalBytes,
    elapsedMs,
  });

  it('writes a line each five per cent for big files, in the form of the peer', () => {
    expect(renderStep(undefined, figure(26 * mebibyte))).toBe(
      'Downloading: a/big.bin ...  25% |  ETA    00:00:03',
    );
    expect(renderStep(figure(26 * mebibyte), figure(29 * mebibyte))).toBeNull();
    expect(renderStep(figure(29 * mebibyte), figure(30 * mebibyte))).toContain(' 30% ');
    expect(renderStep(undefined, figure(0, 0))).toBe('Downloading: a/big.bin ...   0% |  ETA    --:--:--');
    expect(renderStep(figure(99 * mebibyte), figure(100 * mebibyte, 65_000))).toBe(
      'Downloading: a/big.bin ... 100% | DONE in 00:01:05',
    );
    expect(renderStep(undefined, figure(1, 1, mebibyte))).toBeNull();
  });

  it('rewrites one line on a terminal, no wider than it, and clears it at the end', () => {
    const { append, printer, statuses, lines } = createSpecPrinter({}, true);
    const remote = { id: 'D', eTag: 'e', sizeBytes: 100 * mebibyte, hash: null, modifiedAt: 1 } as never;
    append(started(), planned(command('DownloadFile', 1, { remote }), command('UploadFile', 2)));
    printer.progress(figure(25 * mebibyte));
    expect(statuses.at(-1)).toBe('2 files under way | 25.0 MB of 100.0 MB | 25.0 MB/s | ETA 0');
    expect(lines.filter((line) => line.includes('%'))).toEqual([]);
    append(succeeded(1, { transferredBytes: 1 }), succeeded(2));
    expect(statuses.at(-1)).toBeNull();
  });

  it('ignores figures of commands that have ended', () => {
    const { append, printer, statuses } = createSpecPrinter({}, true);
    append(started(), planned(command('DownloadFile', 1)), succeeded(1));
    const before = statuses.length;
    printer.progress(figure(1));
    expect(statuses).toHaveLength(before);
  });

  it('prints the figures of a transfer when asked to', () => {
    const { append } = createSpecPrinter({ displayTransferMetrics: true });
    append(started(), planned(command('DownloadFile', 1), command('DownloadFile', 2)));
    expect(append(succeeded(1, { transferredBytes: 1_000_000 }))).toContain(
      'Transfer Metrics - File: a/b.txt | Size: 1000000 Bytes | Transfer: 1.00 Seconds | End-to-End: 1.00 Seconds | Speed: 8.00 Mbps (approx)',
    );
    expect(append(succeeded(2, { transferredBytes: 0 }))).toContain(
      'Transfer Metrics - N/A (Zero Byte File)',
    );
  });

  it('writes amounts and times as people read them', () => {
    expect([700, 12_288, 3 * mebibyte].map(wholeAmount)).toEqual(['700 Bytes', '12 KB', '3 MB']);
    expect([999, 1000, 5 * mebibyte].map(shortAmount)).toEqual(['999 B', '1.0 KB', '5.0 MB']);
    expect([0, 59.6, 3661, null].map(clockTime)).toEqual(['00:00:00', '00:01:00', '01:01:01', '--:--:--']);
  });
});

describe('reporter: plugin', () => {
  it('reads three streams, emits nothing, and tidies up when it is unsubscribed', () => {
    const lines: string[] = [];
    const statuses: (string | null)[] = [];
    const events = new Subject<readonly RecordedEvent[]>();
    const observed: unknown[] = [];
    const subscription = reporter
      .observe?.({
        events,
        progress: new Subject(),
        verdicts: new Subject(),
        output: {
          line: (text) => lines.push(text),
          errorLine: () => undefined,
          status: (text) => statuses.push(text),
          isTerminal: false,
          columns: 80,
        },
        config: config.parse({}),
        signal: new AbortController().signal,
        clock: undefined as never,
        random: undefined as never,
      })
      .subscribe((value) => observed.push(value));
    events.next([
      { seq: 1 as never, at: 0, source: 'engine', event: planned(command('DeleteLocal', 1)), items: [] },
    ]);
    expect(lines).toContain('Trying to delete local file: a/b.txt');
    subscription?.unsubscribe();
    expect(observed).toEqual([]);
    expect(statuses).toEqual([null]);
    expect(events.observed).toBe(false);
  });
});
