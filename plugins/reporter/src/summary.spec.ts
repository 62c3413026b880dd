import type { ItemVerdict } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { command, createSpecPrinter, failed, planned, started, succeeded } from './spec-events.ts';

describe('reporter: the summary of a run', () => {
  it('counts what went up and down, was renamed, deleted, left alone and failed', () => {
    const { append, printer } = createSpecPrinter();
    append(
      started(),
      planned(
        command('UploadFile', 1),
        command('CreateRemoteFolder', 2),
        command('DownloadFile', 3),
        command('MoveLocal', 4),
        command('MoveRemote', 5, { provisional: true }),
        command('DeleteRemote', 6, { itemCount: 3 }),
        command('DeleteLocal', 7),
        command('DownloadFile', 8),
      ),
    );
    append(
      ...[succeeded(1, { transferredBytes: 2_000_000 }), succeeded(2)],
      ...[succeeded(3, { transferredBytes: 700 }), succeeded(4), succeeded(5), succeeded(6), succeeded(7)],
      failed(8, { code: 'diskDenied', detail: 'x' }),
    );
    printer.verdicts([ignored('a.tmp', 'excluded by skip_file config')]);
    expect(append({ type: 'Stopped', cause: 'finished' }).at(-1)).toBe(
      'Summary: 2 up (1.9 MB), 1 down (700 B), 1 renamed, 4 deleted, 1 skipped, 1 failed, 10.0 seconds',
    );
  });

  it('says of a rehearsal that nothing of it was done', () => {
    const { append } = createSpecPrinter({ dryRun: true });
    append(started(), planned(command('UploadFile', 1)), succeeded(1, { transferredBytes: 1 }));
    expect(append({ type: 'Stopped', cause: 'finished' }).at(-1)).toBe(
      'Summary of what would be done: 1 up (1 B), 3.0 seconds',
    );
  });

  it('is all that those read who do not ask how it was looked, when nothing was to be done', () => {
    const { append, lines } = createSpecPrinter({ looking: 'verbose' });
    append(started(), planned(command('ReadRemote', 1), command('ScanLocal', 2)), succeeded(1), succeeded(2));
    append({ type: 'Stopped', cause: 'finished' });
    expect(lines).toEqual(['Summary: nothing changed, 4.0 seconds']);
  });
});

describe('reporter: what is left alone', () => {
  const verdicts = [
    ignored('Private', 'excluded by skip_dir config', 'path'),
    ignored('Private/a.txt', 'file path is excluded by skip_dir config'),
    ...['1', '2', '3', '4'].map((name) => ignored(`${name}.tmp`, 'excluded by skip_file config')),
    { path: 'old:', standing: 'ignored', detail: 'its name', isNews: false } as const,
  ];
  const end = { type: 'Stopped', cause: 'finished' } as const;

  it('is told once, by reason, without what is inside a folder that is left alone', () => {
    const { append, printer } = createSpecPrinter();
    append(started());
    printer.verdicts(verdicts);
    expect(append(end)).toEqual([
      'Skipped 1 item - excluded by skip_dir config: ./Private',
      'Skipped 4 items - excluded by skip_file config: ./1.tmp, ./2.tmp, ./3.tmp and 1 more (--verbose names all)',
      expect.stringMatching(/^Performing a last examination/),
      'Sync with Microsoft OneDrive is complete',
      'Summary: nothing changed, 6 skipped, 1.0 seconds',
    ]);
  });

  it('is named item by item to those who want every detail, and of a folder only the folder', () => {
    const { append, printer, lines } = createSpecPrinter({ verbosity: 1 });
    append(started());
    printer.verdicts(verdicts);
    expect(lines.filter((line) => line.startsWith('Skipping'))).toEqual([
      'Skipping path - excluded by skip_dir config: ./Private',
      ...[1, 2, 3, 4].map((name) => `Skipping file - excluded by skip_file config: ./${name}.tmp`),
      'Skipping item - its name: ./old:',
    ]);
    expect(append(end).join()).not.toContain('Skipped');
  });

  it('a monitor tells at the end of the pass that met it', () => {
    const { append, printer, lines } = createSpecPrinter({ mode: 'monitor' });
    append(started());
    printer.verdicts(verdicts.slice(0, 1));
    expect(lines.at(-1)).toBe('Skipped 1 item - excluded by skip_dir config: ./Private');
    const before = lines.length;
    printer.verdicts(verdicts.slice(1, 2));
    expect(lines).toHaveLength(before);
  });

  it('may be 100,000 items for one reason', { timeout: 10_000 }, () => {
    const { append, printer } = createSpecPrinter();
    append(started());
    for (let start = 0; start < 100_000; start += 1000)
      printer.verdicts(Array.from({ length: 1000 }, (_, index) => ignored(`${start + index}.tmp`, 'x')));
    expect(append(end)[0]).toMatch(/^Skipped 100000 items - x: \.\/0\.tmp/);
  });
});

function ignored(path: string, reason: string, subject = 'file'): ItemVerdict {
  return { path, standing: 'ignored', detail: `settings: Skipping ${subject} - ${reason}: ./${path}` };
}
