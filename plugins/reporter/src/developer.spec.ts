import { expect, it } from 'vitest';
import { command, createSpecPrinter, failed, planned, started, succeeded } from './spec-events.ts';

it('display_processing_time tells of each step how long it took, whatever became of it', () => {
  const { append } = createSpecPrinter({ displayProcessingTime: true });
  append(started(), planned(command('ReadRemote', 1, { path: '' }), command('DownloadFile', 2)));
  expect(append(succeeded(1))).toContain('Processing time: 1.000 Seconds for ReadRemote');
  expect(append(failed(2, { code: 'diskFull', detail: 'x' }))).toContain(
    'Processing time: 2.000 Seconds for DownloadFile a/b.txt',
  );
  expect(append(succeeded(9)).join()).not.toContain('Processing time');
});

it('display_sync_options tells at the beginning of each pass what it goes by', () => {
  const { append } = createSpecPrinter({ displaySyncOptions: true, mode: 'monitor' });
  append(started());
  for (const index of [1, 2]) {
    const lines = append(planned(command('DownloadFile', index)));
    expect(lines.indexOf('Sync option direction: "both"')).toBe(
      lines.indexOf('Starting a sync with Microsoft OneDrive') + 1,
    );
    expect(lines.filter((line) => line === 'Sync option filter.singleDirectory: null')).toHaveLength(1);
    append(succeeded(index));
  }
});

it('neither says anything while nobody asked', () => {
  const { append, lines } = createSpecPrinter({ verbosity: 2 });
  append(started(), planned(command('ReadRemote', 1)), succeeded(1));
  expect(lines.filter((line) => /Processing time|Sync option/.test(line))).toEqual([]);
});
