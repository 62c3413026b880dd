import type { PrunedFile, PruneReason } from '@tidemark/plugin-sdk/unstable';
import { describe, expect, it } from 'vitest';

import { command, createSpecPrinter, failed, localRow, planned, started, succeeded } from './spec-events.ts';

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
      failed(1, { code: 'locked', detail: 'Cannot upload "a/b.txt": it is checked out' }),
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

  it('marks a rehearsal, so that nobody takes it for the deed', () => {
    const { append } = createSpecPrinter({ dryRun: true });
    expect(append(started())[0]).toBe("DRY-RUN Configured. Output below shows what 'would' have occurred.");
    append(planned(command('CreateLocalFolder', 1), command('DeleteRemote', 2)));
    expect(append(succeeded(1), succeeded(2))).toEqual([
      'DRY-RUN: Not creating local directory: a/b.txt',
      'Successfully deleted item from Microsoft OneDrive: a/b.txt',
      'DRY-RUN: Not performing online delete activity due to --dry-run',
    ]);
  });

  it('keeps stops of a name swap to developers', () => {
    const { append } = createSpecPrinter({ verbosity: 1 });
    append(started());
    const lines = append(planned(command('MoveLocal', 1, { provisional: true })), succeeded(1));
    expect(lines.filter((line) => line.includes('Moving'))).toEqual([]);
  });

  it('counts what goes from the trash for good by its reason, and names it to developers', () => {
    const { append } = createSpecPrinter({ verbosity: 2 });
    append(started());
    const file = (name: string, sizeBytes: number, why: PruneReason): PrunedFile => ({
      ...{ trash: `2026-11-28/1/${name}`, sizeBytes, pathKey: null, why },
    });
    const files = [file('a', 1024, 'full'), file('b', 1024, 'full'), file('c', 7, 'overdue')];
    expect(append({ type: 'PruningPlanned', files })).toEqual([
      'Removing for good from the trash: 2 files (2.0 KB), because the trash held more than trash_size',
      'Removing for good from the trash: a file (7 B), because it was there for longer than trash_days',
      'DEBUG: Removing for good from the trash: 2026-11-28/1/a',
      'DEBUG: Removing for good from the trash: 2026-11-28/1/b',
      'DEBUG: Removing for good from the trash: 2026-11-28/1/c',
    ]);
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
    const answer = { status: 403, code: 'accessDenied', message: 'Access denied' };
    expect(append(failed(1, { code: 'accessDenied', detail, requestId: 'r-1', answer }))).toEqual([
      'Uploading new file: a/b.txt ... failed!',
      `ERROR: ${detail}`,
      '       Check your permissions on the item online',
      '',
      'ERROR: Microsoft OneDrive API returned an error with the following message:',
      '  Error Message:       HTTP request returned status code 403 (Forbidden)',
      '  Error Reason:        Access denied',
      '  Error Code:          accessDenied',
      '  Error Timestamp:     2023-11-14T22:13:23',
      '  API Request ID:      r-1',
      '',
    ]);
  });

  it('names the status of the service where a failure passes by itself', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('UploadFile', 1)));
    const detail = 'Cannot upload "a/b.txt"';
    const of = (status: number) => ({ status, code: 'x', message: 'y' });
    expect(append(failed(1, { code: 'serviceUnavailable', detail, answer: of(503) }))).toEqual([
      'Uploading new file: a/b.txt ... failed!',
      'HTTP request returned status code 503 (Service Unavailable) when attempting to query the Microsoft Graph API Service - retrying applicable request in 30 seconds - Internal Thread ID: 0',
    ]);
    append(planned(command('UploadFile', 2)));
    expect(append(failed(2, { code: 'serviceUnavailable', detail }))).toEqual([
      'Uploading new file: a/b.txt ... failed!',
      `ERROR: ${detail}`,
      '       Wait; if it lasts for hours, look at the service health page of Microsoft 365',
    ]);
  });

  it('says only once that the service cannot be reached', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('ReadRemote', 1), command('ReadRemote', 2), command('ReadRemote', 3)));
    const offline = { code: 'offline', detail: 'x' } as const;
    const interrupted =
      'Internet connectivity to Microsoft OneDrive service has been interrupted .. re-trying in the background';
    expect(append(failed(1, offline), failed(2, offline))).toEqual([interrupted]);
    expect(append(succeeded(3))).toContain(
      'Internet connectivity to Microsoft OneDrive service has been restored',
    );
    append(planned(command('ReadRemote', 4)));
    expect(append(failed(4, offline))).toContain(interrupted);
  });

  it('says only once that the drive is full, until it takes a file like the one that it refused', () => {
    const { append } = createSpecPrinter();
    const upload = (index: number, sizeBytes: number) => command('UploadFile', index, { sizeBytes });
    const full = { code: 'quotaReached', detail: 'x' } as const;
    const line =
      'ERROR: The drive is full: it refused "a/b.txt" (10 bytes), so uploads wait. ' +
      'Free space online or buy more; downloads, moves and deletions go on';
    append(started(), planned(...[1, 2, 3].map((index) => upload(index, 10)), upload(4, 3)));
    expect(append(failed(1, full), failed(2, full), failed(3, full))).toEqual([line]);
    append(succeeded(4), planned(upload(5, 10), upload(6, 10), upload(7, 10)));
    expect(append(failed(5, full))).toEqual([]);
    append(succeeded(6));
    expect(append(failed(7, full))).toEqual([line]);
  });

  it('says only once that files wait for the network', () => {
    const { append } = createSpecPrinter();
    append(started(), planned(command('UploadFile', 1), command('UploadFile', 2), command('UploadFile', 3)));
    const offline = { code: 'offline', detail: 'x' } as const;
    const lines = append(failed(1, offline), failed(2, offline));
    expect(lines.filter((line) => line.includes('failed!'))).toHaveLength(1);
  });
});
