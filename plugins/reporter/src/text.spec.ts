import fc from 'fast-check';

import { describe, expect, it } from 'vitest';

import { escapeJson, escapeText } from './escape.ts';

import { command, createSpecPrinter, failed, planned, started, succeeded } from './spec-events.ts';
import { renderHeld, renderVerdicts } from './verdict.ts';

describe('reporter: verdicts', () => {
  it.each([
    [
      'a whole line of a filter',
      {
        path: 'a',
        standing: 'ignored',
        detail: 'settings: Skipping file - excluded by skip_file config: a',
      } as const,
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
      'what the drive does not tell enough of',
      {
        path: 'a',
        standing: 'ignored',
        code: 'incomplete',
        detail: 'the drive does not tell its version',
      } as const,
      [{ level: 0, text: 'Skipping item - the drive does not tell its version: ./a' }],
    ],
    [
      'a rule of a plugin',
      { path: 'a.mov', standing: 'ignored', detail: 'videos are not synced' } as const,
      [{ level: 1, text: 'Skipping item - videos are not synced: ./a.mov' }],
    ],
  ])('tells %s', (_, verdict, lines) => {
    expect(renderVerdicts([verdict])).toEqual(lines);
  });

  it('tells a held mass deletion in the three lines scripts look for, and how to confirm it', () => {
    const held = { deletionsOnDrive: 2, deletionsOnDisk: 0, replacementsOnDrive: 0, hash: 'abc' };
    expect(renderHeld(held).map(({ text }) => text)).toEqual([
      'ERROR: An attempt to remove a large volume of data from OneDrive has been detected. Exiting client to preserve your data on Microsoft OneDrive',
      'ERROR: The total number of items being deleted is: 2',
      "ERROR: To delete a large volume of data use --force or increase the config value 'classify_as_big_delete' to a larger value",
      'WARNING: 2 files and folders are gone from the sync folder. Deleting them on the drive waits for your confirmation',
      'WARNING: To let exactly this go on: tidemark apply abc',
    ]);
  });

  it('says which side would lose what', () => {
    const held = { deletionsOnDrive: 0, deletionsOnDisk: 300, replacementsOnDrive: 200, hash: 'abc' };
    expect(renderHeld(held).map(({ text }) => text)).toEqual([
      'WARNING: 300 files and folders are gone from the drive. Deleting them in the sync folder waits for your confirmation',
      'WARNING: 200 files were rewritten in the sync folder within a short time. Replacing their versions on the drive waits for your confirmation',
      'WARNING: To let exactly this go on: tidemark apply abc',
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
    append(
      {
        type: 'RemoteRoundCompleted',
        full: false,
        cursor: 'secret-cursor',
        command: '1/0' as never,
        unseen: [],
      },
      succeeded(1),
    );
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
        append({ type: 'RemoteCursorLost', command: '1/0' as never, detail: text });
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
