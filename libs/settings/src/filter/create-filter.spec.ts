import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../command-line/parse-command-line.ts';
import { loadSettings } from '../load-settings.ts';
import type { Settings } from '../options.ts';
import { createFilter, type Filter, type FilterItem, type Verdict } from './create-filter.ts';

function settings(config: string): Settings {
  const commandLine = parseCommandLine(['--sync'], 'onedrive');
  if (commandLine.type !== 'parsed') throw new Error(commandLine.lines.join('\n'));
  const result = loadSettings({
    commandLine: commandLine.commandLine,
    files: { config: { path: '/c', origin: 'user', text: config } },
    environment: { home: '/h', version: 'v1.2.3' },
  });
  if (!result.ok) throw new Error(result.lines.join('\n'));
  return result.settings;
}

type Extra = Partial<Omit<FilterItem, 'path' | 'name' | 'kind'>>;

function item(path: string, extra: Extra & { readonly kind?: FilterItem['kind'] } = {}): FilterItem {
  return { path, name: path.slice(path.lastIndexOf('/') + 1), kind: 'file', sizeBytes: 1, ...extra };
}

function verdict(config: string, tried: FilterItem, syncList?: string): Verdict {
  return createFilter(settings(config), syncList)(tried);
}

const MEBIBYTE = 1_048_576;

describe('a filter', () => {
  it.each<readonly [string, FilterItem, string, string, string]>([
    ['', item('a.tmp'), 'skip_file', '*.tmp', 'Skipping file - excluded by skip_file config: ./a.tmp'],
    [
      'skip_dir = "b"',
      item('a/b', { kind: 'folder' }),
      'skip_dir',
      'b',
      'Skipping path - excluded by skip_dir config: ./a/b',
    ],
    [
      'skip_dir = "b"',
      item('a/b/c.txt'),
      'skip_dir',
      'b',
      'Skipping file - file path is excluded by skip_dir config: ./a/b/c.txt',
    ],
    [
      'skip_dotfiles = "true"',
      item('a/.x'),
      'skip_dotfiles',
      'a/.x',
      'Skipping item - .file or .folder: ./a/.x',
    ],
    [
      'skip_dotfiles = "true"',
      item('.x/a'),
      'skip_dotfiles',
      '.x',
      'Skipping item - .file or .folder: ./.x/a',
    ],
    [
      'skip_symlinks = "true"',
      item('l', { link: 'symbolic' }),
      'skip_symlinks',
      'l',
      'Skipping item - skip symbolic links configured: ./l',
    ],
    [
      'check_nosync = "true"',
      item('d/x', { marker: '.nosync' }),
      'check_nosync',
      '.nosync',
      'Skipping item - .nosync found & --check-for-nosync enabled: ./d/x',
    ],
    [
      'check_nosync = "true"',
      item('d/x', { marker: '.nosync', side: 'remote' }),
      'check_nosync',
      '.nosync',
      'Skipping downloading item - .nosync found in parent folder & --check-for-nosync is enabled: ./d/x',
    ],
    [
      'skip_size = "5"',
      item('big', { sizeBytes: 5 * MEBIBYTE }),
      'skip_size',
      '5 MB',
      'Skipping file - excluded by skip_size config: ./big (5 MB)',
    ],
  ])('%s on %j: %s', (config, tried, rule, detail, line) => {
    expect(verdict(config, tried)).toEqual({
      included: false,
      rule,
      detail,
      line,
      mayContainIncluded: false,
    });
  });

  it.each<readonly [string, FilterItem]>([
    ['', item('a.txt')],
    ['', item('.hidden')],
    ['', item('link', { link: 'symbolic' })],
    ['', item('d/x', { marker: '.nosync' })],
    ['', item('a.tmp', { kind: 'folder' })],
    ['skip_dir = "b"', item('b')],
    ['skip_dir = "b"\nskip_dir_strict_match = "true"', item('a/b', { kind: 'folder' })],
    ['skip_size = "5"', item('big', { sizeBytes: 5 * MEBIBYTE - 1 })],
    ['skip_size = "5"', item('big', { sizeBytes: 9 * MEBIBYTE, history: 'known' })],
    ['skip_size = "5"', item('big', { sizeBytes: 9 * MEBIBYTE, kind: 'folder' })],
  ])('%s on %j: included', (config, tried) => {
    expect(verdict(config, tried)).toEqual({ included: true });
  });

  it('says which rule of sync_list decided, and whether to look further', () => {
    expect(verdict('', item('other', { kind: 'folder' }), '/top')).toEqual({
      included: false,
      rule: 'sync_list',
      detail: 'no rule includes it',
      line: 'Skipping path - excluded by sync_list config: ./other',
      mayContainIncluded: false,
    });
    expect(verdict('', item('top/x/y'), '!/top/x\n/top')).toMatchObject({
      detail: '!/top/x',
      line: 'Skipping file - excluded by sync_list config: ./top/x/y',
    });
    expect(verdict('', item('top', { kind: 'folder' }), 'Backup')).toMatchObject({
      mayContainIncluded: true,
    });
    expect(verdict('', item('top'), 'Backup')).toMatchObject({ mayContainIncluded: false });
    expect(verdict('', item('top/a'), '/top')).toEqual({
      included: true,
      line: 'Including file - included by sync_list config: ./top/a',
    });
    expect(verdict('', item('top', { kind: 'folder' }), '/top/a')).toEqual({
      included: true,
      line: 'Including path - included by sync_list config: ./top',
    });
  });

  it.each(['', '# only a comment\n', '!/*\n'])('a sync_list without rules filters nothing: %j', (text) => {
    expect(verdict('', item('a'), text)).toEqual({ included: true });
  });

  it('keeps files of the root with sync_root_files, and nothing deeper', () => {
    const config = 'sync_root_files = "true"';
    expect(verdict(config, item('loose.bin'), '/top')).toEqual({
      included: true,
      line: "Path retained due to 'sync_root_files' override for logical root file: ./loose.bin",
    });
    expect(verdict(config, item('other', { kind: 'folder' }), '/top')).toMatchObject({ included: false });
    expect(verdict(config, item('other/loose.bin'), '/top')).toMatchObject({ included: false });
  });

  it('keeps a dotfile that sync_list names, and not what else has a dot', () => {
    const config = 'skip_dotfiles = "true"';
    const list = '/top/.config/app\n/all';
    expect(verdict(config, item('top/.config/app/x'), list)).toMatchObject({ included: true });
    expect(verdict(config, item('top/.config', { kind: 'folder' }), list)).toMatchObject({ included: true });
    expect(verdict(config, item('top/.config/app/.x'), list)).toMatchObject({ rule: 'skip_dotfiles' });
    expect(verdict(config, item('all/.x'), list)).toMatchObject({ rule: 'skip_dotfiles' });
  });

  it('always includes the root', () => {
    expect(verdict('skip_dotfiles = "true"', item('', { kind: 'folder' }), '/top')).toEqual({
      included: true,
    });
  });

  it('names rules in the order of the side that was seen', () => {
    const config = 'skip_dotfiles = "true"\nskip_dir = ".x"';
    expect(verdict(config, item('.x', { kind: 'folder' }))).toMatchObject({ rule: 'skip_dotfiles' });
    expect(verdict(config, item('.x', { kind: 'folder', side: 'remote' }))).toMatchObject({
      rule: 'skip_dir',
    });
  });
});

describe('both sides', () => {
  const configs = fc.subarray([
    'skip_dotfiles = "true"',
    'skip_dir = "b|a/c"',
    'skip_file = "a|~*"',
    'sync_root_files = "true"',
    'skip_size = "1"',
    'check_nosync = "true"',
    'skip_symlinks = "true"',
  ]);
  const lists = fc.subarray(['!/a/b', '.c', '/a', '/b/*/c', '!c']);
  const items = fc.record({
    segments: fc.array(fc.constantFrom('a', 'b', 'c', '.c'), { minLength: 1, maxLength: 4 }),
    kind: fc.constantFrom('file' as const, 'folder' as const),
    sizeBytes: fc.constantFrom(0, 2 * MEBIBYTE),
    isMarked: fc.boolean(),
  });

  it('come to the same verdict, so that no item is in on one side and out on the other', () => {
    fc.assert(
      fc.property(configs, lists, items, (config, list, { segments, kind, sizeBytes, isMarked }) => {
        const filter = createFilter(settings(config.join('\n')), list.join('\n'));
        const seen = item(segments.join('/'), {
          kind,
          sizeBytes,
          ...(isMarked ? { marker: '.nosync' } : {}),
        });
        expect(filter({ ...seen, side: 'remote' }).included).toBe(filter(seen).included);
      }),
      { numRuns: 1_000 },
    );
  });

  it('give a filter no memory: it answers as a new one would, whatever it was asked before', () => {
    fc.assert(
      fc.property(configs, lists, fc.array(items, { minLength: 2 }), (config, list, asked) => {
        const create = (): Filter => createFilter(settings(config.join('\n')), list.join('\n'));
        const used = create();
        for (const { segments, kind } of asked) {
          const tried = item(segments.join('/'), { kind });
          expect(used(tried)).toEqual(create()(tried));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never include an item below a folder that cannot contain one', () => {
    fc.assert(
      fc.property(configs, lists, items, (config, list, { segments, kind }) => {
        const filter = createFilter(settings(config.join('\n')), list.join('\n'));
        if (!filter(item(segments.join('/'), { kind })).included) return;
        for (let depth = 1; depth < segments.length; depth += 1) {
          const above = filter(item(segments.slice(0, depth).join('/'), { kind: 'folder' }));
          expect(above.included || above.mayContainIncluded).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
