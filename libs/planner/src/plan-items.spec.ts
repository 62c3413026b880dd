import { describe, expect, it } from 'vitest';
import {
  agreed,
  commandInWords,
  file,
  folder,
  goneRemotely,
  onlyLocal,
  onlyRemote,
  planOf,
  viewWith,
} from './testing/table.ts';

const a = file('a', 'old');

describe('one plan over several items', () => {
  it('holds no more commands than there is room for, lowest items first', () => {
    const items = ['a', 'b', 'c', 'd', 'e'].map((name) => onlyRemote(file(name, 'old')));
    expect(planOf(viewWith(items), 2).map(commandInWords)).toEqual(['DownloadFile a', 'DownloadFile b']);
  });

  it('makes folders before what is in them, on either side', () => {
    const items = [
      onlyRemote(file('a', 'old', { in: 2 })),
      onlyRemote(folder('d')),
      onlyLocal(file('b', 'old', { in: 4 })),
      onlyLocal(folder('e')),
    ];
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual([
      'CreateLocalFolder d',
      'CreateRemoteFolder e',
    ]);
  });

  it('empties folders on disk before it removes them', () => {
    const items = [
      goneRemotely(folder('d')),
      goneRemotely(folder('e', { in: 1 })),
      goneRemotely(file('a', 'old', { in: 2 })),
      goneRemotely(file('b', 'old', { in: 1 })),
    ];
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual(['DeleteLocal d/e/a', 'DeleteLocal d/b']);
  });

  it('moves a folder before anything below it, since every path below would be stale', () => {
    const items = [
      { ...agreed(folder('d')), remote: folder('e') },
      { ...agreed(file('a', 'old', { in: 1 })), remote: file('b', 'old', { in: 1 }) },
    ];
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual(['MoveLocal d → e']);
  });

  it('downloads nothing into a folder that another command is about to move, however deep', () => {
    const items = [
      { ...agreed(folder('d')), remote: folder('e') },
      { ...agreed(folder('f', { in: 1 })), remote: folder('f') },
      onlyRemote(file('a', 'old', { in: 2 })),
    ];
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual(['MoveLocal d → e']);
  });

  it('breaks a circle of names with one temporary name, not with one for each', () => {
    const items = [
      { ...agreed(a), remote: file('b', 'old') },
      { ...agreed(file('b', 'two')), remote: file('c', 'two') },
      { ...agreed(file('c', 'tri')), remote: file('a', 'tri') },
    ];
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual(['MoveLocal a → tidemark-swap-1-b']);
  });

  it('breaks a circle with a folder that keeps a temporary name until its old name is free', () => {
    const items = [
      { ...goneRemotely(folder('b')), local: folder('tidemark-swap-1-c') },
      { ...agreed(folder('c')), local: folder('a', { in: 1 }) },
      onlyLocal(file('b', 'new', { in: 1 })),
    ];
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual([
      'MoveRemote tidemark-swap-1-c/a → tidemark-swap-2-a',
    ]);
  });

  it('tries the smallest of what waits for space on a full drive, and everything else goes on', () => {
    const items = [
      onlyLocal(file('big', 'xxxxxxxxx')),
      onlyLocal(file('medium', 'xxxxx')),
      onlyLocal(file('small', 'x')),
      onlyRemote(file('down', 'xxxxxxxxx')),
    ];
    const planned = (attemptsAtOnce: number, commandsMax = 100): string[] =>
      planOf(viewWith(items, { full: { fromBytes: 5, attemptsAtOnce } }), commandsMax).map(commandInWords);
    expect(planned(0)).toEqual(['UploadFile small as new', 'DownloadFile down']);
    expect(planned(1)).toEqual(['UploadFile small as new', 'DownloadFile down', 'UploadFile medium as new']);
    expect(planned(1, 1)).toEqual(['UploadFile big as new']);
  });

  it('is the same whatever the order in which the items came onto the agenda', () => {
    const items = ['c', 'b', 'a'].map((name) => onlyLocal(file(name, name)));
    const once = planOf(viewWith(items));
    expect(planOf(viewWith(items)).map(commandInWords)).toEqual(once.map(commandInWords));
    expect(once.map(({ item }) => item)).toEqual([1, 2, 3]);
  });
});
