import type { RuleItem } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { filterConfig } from './filter-of.ts';
import filter from './filter.ts';

const noFacts = { get: () => undefined, has: () => false, keys: () => [], parsed: () => undefined };

function ask(settings: object, item: Partial<RuleItem>) {
  const path = item.path ?? 'a/b.txt';
  return filter.rules?.ignore?.(
    {
      ...{ path, name: path.slice(path.lastIndexOf('/') + 1), kind: 'file', sizeBytes: 5 },
      ...{ side: 'local', known: false, markers: [] },
      ...item,
    },
    filterConfig.parse(settings),
    noFacts,
  );
}

it('says the line of the filter that leaves the item alone', () => {
  expect(ask({}, {})).toBeUndefined();
  expect(ask({ skipFile: '~*|*.txt' }, {})).toBe('Skipping file - excluded by skip_file config: ./a/b.txt');
  expect(ask({ syncList: '/other' }, {})).toBe('Skipping file - excluded by sync_list config: ./a/b.txt');
});

it('heeds .nosync where the settings say so', () => {
  expect(ask({}, { markers: ['.nosync'] })).toBeUndefined();
  expect(ask({ checkNosync: true }, { markers: [] })).toBeUndefined();
  expect(ask({ checkNosync: true }, { markers: ['.nosync'] })).toBe(
    'Skipping item - .nosync found & --check-for-nosync enabled: ./a/b.txt',
  );
});

it('holds a limit against new files only', () => {
  expect(ask({ skipSizeBytes: 1024 * 1024 }, { sizeBytes: 2e6 })).toContain('skip_size');
  expect(ask({ skipSizeBytes: 1024 * 1024 }, { sizeBytes: 2e6, known: true })).toBeUndefined();
});

it('lets a folder in for what a rule for anywhere includes in it, and for nothing else', () => {
  const syncList = '*.md\n';
  expect(ask({ syncList }, { path: 'a/b.md' })).toBeUndefined();
  expect(ask({ syncList }, { path: 'a', kind: 'folder' })).toEqual({
    detail: 'Skipping path - excluded by sync_list config: ./a',
    onTheWay: true,
  });
  expect(ask({ syncList: '/a/*.md' }, { path: 'a', kind: 'folder' })).toBeUndefined();
  expect(ask({ syncList, singleDirectory: 'c' }, { path: 'a', kind: 'folder' })).toMatchObject({
    forThisRun: true,
  });
});

it('leaves what is outside the one directory alone for this run only', () => {
  expect(ask({ singleDirectory: 'c/d' }, {})).toEqual({
    detail: 'outside the directory that this run is restricted to',
    forThisRun: true,
  });
  expect(ask({ singleDirectory: 'a' }, {})).toBeUndefined();
  expect(ask({ singleDirectory: 'a/b/c' }, { path: 'a', kind: 'folder' })).toBeUndefined();
  expect(ask({ singleDirectory: 'c/d', skipFile: '*.txt' }, {})).toContain('skip_file');
});
