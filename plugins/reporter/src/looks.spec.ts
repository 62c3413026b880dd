import type { Event } from '@tidemark/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { createSpecPrinter } from './spec-events.ts';

describe('oddities of the disk', () => {
  it('tells an oddity of the disk once', () => {
    const { append } = createSpecPrinter();
    const scan: Event = {
      type: 'LocalScanCompleted',
      command: '2/0' as never,
      unseen: [],
      oddities: [
        { path: 'dangling', code: 'symlink', detail: '' },
        { path: 'twice', code: 'unfollowed', detail: 'the link leads to "/x"' },
        { path: 'pipe', code: 'special', detail: '' },
        { path: 'bad\\xff', code: 'notUtf8', detail: '' },
      ],
    };
    expect(append(scan)).toEqual([
      'Skipping item - invalid symbolic link: ./dangling',
      'Skipping item - symbolic link is not followed: ./twice (the link leads to "/x")',
      'Skipping item - item is not a valid file: ./pipe',
      'Skipping item - invalid character encoding sequence: ./bad\\xff',
    ]);
    expect(append(scan)).toEqual([]);
    // A look into one folder meets one of them, and forgets none.
    expect(
      append({ ...scan, ...(scan.oddities && { oddities: scan.oddities.slice(0, 1) }), partial: true }),
    ).toEqual([]);
    expect(append(scan)).toEqual([]);
  });

  it('tells many oddities of a kind in one line, and with --verbose each', () => {
    const scan: Event = {
      type: 'LocalScanCompleted',
      command: '2/0' as never,
      unseen: [],
      oddities: [
        ...['a', 'b', 'c', 'd'].map((path) => ({ path, code: 'symlink' as const, detail: '' })),
        ...['e', 'f', 'g'].map((path) => ({ path, code: 'special' as const, detail: '' })),
      ],
    };
    const special = ['e', 'f', 'g'].map((path) => `Skipping item - item is not a valid file: ./${path}`);
    expect(createSpecPrinter().append(scan)).toEqual([
      'Skipped 4 items - invalid symbolic link: ./a, ./b, ./c and 1 more (--verbose names all)',
      ...special,
    ]);
    expect(createSpecPrinter({ verbosity: 1 }).append(scan)).toEqual([
      ...['a', 'b', 'c', 'd'].map((path) => `Skipping item - invalid symbolic link: ./${path}`),
      ...special,
    ]);
    expect(createSpecPrinter({ skipSymlinks: true }).append(scan)).toEqual(special);
  });
});
