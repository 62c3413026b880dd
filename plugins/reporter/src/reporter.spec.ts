import type { RecordedEvent, SaidLevel, TransferProgress } from '@tidemark/plugin-sdk';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { clockTime, shortAmount, wholeAmount } from './amounts.ts';
import { config } from './config.ts';

import { createFlow, renderStatus, renderStep } from './progress.ts';
import { reporter } from './reporter.ts';
import { command, createSpecPrinter, idOf, planned, started, succeeded } from './spec-events.ts';

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
    expect(statuses.at(-1)).toBe('0 of 2 files | 25.0 MB of 100.0 MB | 25.0 MB/s');
    expect(lines.filter((line) => line.includes('%'))).toEqual([]);
    append(succeeded(1, { transferredBytes: 1 }), succeeded(2));
    expect(statuses.at(-1)).toBeNull();
  });

  it('names the file with the most left to transfer where there is room, in letters that the terminal has', () => {
    const status = (characters: 'unicode' | 'ascii', columns: number): string => {
      const path = 'Fotos/Ausflüge/東京の夜景.raw';
      const underWay = new Map([[idOf(1), { command: command('DownloadFile', 1, { path }), plannedAt: 0 }]]);
      return (
        renderStatus(underWay, new Map([[idOf(1), { ...figure(1), path }]]), createFlow(), {
          ...{ columns, characters },
        }) ?? ''
      );
    };
    const figures = '0 of 1 file | 1 B of 10 B | 1 B/s | ETA 00:00:09';
    expect(status('unicode', 100)).toBe(`${figures} | Fotos/Ausflüge/東京の夜景.raw`);
    // 69 columns, with two for each of the letters of East Asia; the last one of the screen stays free.
    expect(status('unicode', 70)).toBe(`${figures} | …ge/東京の夜景.raw`);
    expect(status('ascii', 100)).toBe(`${figures} | Fotos/Ausfl?ge/?.raw`);
    expect(status('ascii', 70)).toBe(`${figures} | .../Ausfl?ge/?.raw`);
    expect(status('unicode', 50)).toBe(figures);
    expect(status('unicode', 20)).toBe('0 of 1 file');
    expect(status('unicode', 6)).toBe('0 of ');
    expect(status('unicode', 0)).toBe('');
  });

  it('knows the rate of many small files from those that are through', () => {
    const { append, statuses } = createSpecPrinter({}, true);
    append(started(), planned(command('UploadFile', 1), command('UploadFile', 2)));
    append(succeeded(1, { transferredBytes: 3000 }));
    expect(statuses.at(-1)).toBe('1 of 2 files | 2.9 KB of 2.9 KB | 2.9 KB/s | ETA 00:00:00');
  });

  it('writes steps instead where the terminal cannot rewrite a line', () => {
    const { append, printer, statuses, lines } = createSpecPrinter({ rewrites: false }, true);
    append(started(), planned(command('DownloadFile', 1)));
    printer.progress(figure(26 * mebibyte));
    expect(lines.at(-1)).toContain('  25% ');
    expect(statuses).toEqual([]);
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

describe('reporter: what plugins say', () => {
  it('is shown with their names, made harmless', () => {
    const { printer, lines, append } = createSpecPrinter({ verbosity: 2 });
    const say = (level: SaidLevel, text: string) =>
      printer.notice({ plugin: 'slack', at: 0, notice: { type: 'said', level, text } });
    append(started());
    lines.length = 0;
    say('debug', 'asking');
    say('info', 'sent \u001b[2J');
    say('warning', 'the channel is archived');
    say('error', 'no such channel');
    printer.notice({ plugin: 'slack', at: 0, notice: { type: 'slack/renamed', text: 'renamed \u202e' } });
    expect(lines).toEqual([
      'DEBUG: slack: asking',
      'slack: sent \\x1b[2J',
      'WARNING: slack: the channel is archived',
      'ERROR: slack: no such channel',
      'slack: renamed \\u{202e}',
    ]);
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
        notices: new Subject(),
        report: async () => undefined,
        tell: () => undefined,
        say: () => undefined,
        state: undefined,
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
