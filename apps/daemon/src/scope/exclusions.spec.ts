import type { FilterPolicy } from '@tidemark/contracts';
import { plainPolicy } from '@tidemark/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskedItem, AskedRules, Cause } from './exclusions.ts';
import { exclusionsOf } from './exclusions.ts';
import type { SettingsTexts } from './exclusions-in-words.ts';
import { exclusionInWords, placeText } from './exclusions-in-words.ts';
import { settingsFilter } from './settings-filter.ts';

const plain: FilterPolicy = { ...plainPolicy.filter, skipFile: '', skipDir: '', syncList: null };

const file = (path: string, more: Partial<AskedItem> = {}): AskedItem => ({
  ...{ path, kind: 'file', sizeBytes: 1, side: 'local', known: false, only: null },
  ...{ nosyncIn: null, link: null },
  ...more,
});

const rules = (filter: Partial<AskedRules['filter']>, more: Partial<AskedRules> = {}): AskedRules => ({
  ...{ filter: { ...plain, ...filter }, direction: 'both', plugins: null },
  ...more,
});

const texts = (config: string | null, syncList: string | null = null): SettingsTexts => ({
  config: { file: '/c/config', text: config },
  syncList: { file: '/c/sync_list', text: syncList },
  tidemarkConfig: { file: '/c/tidemark.conf', text: '# mine\nplugins = "./drafts.mjs"\n' },
});

/** As `why-excluded` says it: what, where it is written, and what would let the path in. */
function told(item: AskedItem, asked: AskedRules, written: SettingsTexts): string[] {
  return exclusionsOf(item, asked).map((cause) => {
    const exclusion = exclusionInWords(cause, written);
    return `${exclusion.sentence}${placeText(exclusion)} -> ${exclusion.remedy}`;
  });
}

describe('what keeps a path out', () => {
  it('is named with the line that says it, and with what would let the path in', () => {
    expect(
      told(
        file('a/b.secret'),
        rules({ skipFile: '*.secret' }),
        texts('# filters\nskip_file = "~*"\nskip_file = "*.secret|x"\n'),
      ),
    ).toEqual([
      'skip_file has the pattern "*.secret" (/c/config, line 3) -> take "*.secret" out of skip_file',
    ]);
    expect(
      told(
        file('big.iso', { sizeBytes: 9e6 }),
        rules({ skipSizeBytes: 1024 * 1024 }),
        texts('skip_size = "1"'),
      ),
    ).toEqual([
      'skip_size leaves out new files of 1 MB and more (/c/config, line 1) -> set skip_size to more megabytes than the file has, or to "0"',
    ]);
    expect(told(file('.git/config'), rules({ skipDotfiles: true }), texts('skip_dotfiles = "true"'))).toEqual(
      [
        'skip_dotfiles is "true", and the name of ".git" begins with a dot (/c/config, line 1) -> set skip_dotfiles = "false"',
      ],
    );
    expect(
      told(file('a/b', { nosyncIn: 'a' }), rules({ checkNosync: true }), texts('\n\ncheck_nosync = "true"')),
    ).toEqual([
      'check_nosync is "true", and there is "a/.nosync" (/c/config, line 3) -> remove that file, or set check_nosync = "false"',
    ]);
    expect(
      told(file('l/a', { link: 'l' }), rules({ skipSymlinks: true }), texts('skip_symlinks = "true"')),
    ).toEqual([
      'skip_symlinks is "true", and "l" is a symbolic link (/c/config, line 1) -> set skip_symlinks = "false"',
    ]);
  });

  it('is a line of sync_list, or that none includes it', () => {
    const excluding = '# mine\n!/Work/Old\n/Work\n';
    expect(told(file('Work/Old/a'), rules({ syncList: excluding }), texts(null, excluding))).toEqual([
      'sync_list has the line "!/Work/Old" (/c/sync_list, line 2) -> remove the line "!/Work/Old" from sync_list',
    ]);
    expect(told(file('Private/a'), rules({ syncList: '/Work' }), texts(null, '/Work'))).toEqual([
      'sync_list has no line that includes it (/c/sync_list) -> add the line "/Private/a" to /c/sync_list',
    ]);
  });

  it('is, of a folder that the last run has left where it was, that nothing in it is included', () => {
    const list = 'notes.txt\n';
    const folder = file('Films', { kind: 'folder', only: 'remote', isLeft: true });
    expect(told(folder, rules({ syncList: list }), texts(null, list))).toEqual([
      'sync_list has no line that includes it, nor anything in it (/c/sync_list) -> add the line "/Films" to /c/sync_list',
    ]);
    expect(told({ ...folder, isLeft: false }, rules({ syncList: list }), texts(null, list))).toEqual([]);
  });

  it('may be a default, or the command line of the run that left it out', () => {
    expect(told(file('a.tmp'), rules({ skipFile: '~*|.~*|*.tmp|*.swp|*.partial' }), texts(null))).toEqual([
      'skip_file has the pattern "*.tmp" (the default, since no file sets skip_file) -> set skip_file = "~*|.~*|*.swp|*.partial" in /c/config',
    ]);
    expect(
      told(file('node_modules/a'), rules({ skipDir: 'node_modules' }), texts('skip_dir = "other"')),
    ).toEqual([
      'skip_dir has the pattern "node_modules" (the command line of that run: --skip-dir; or the file has been changed since) -> take "node_modules" out of skip_dir',
    ]);
    expect(told(file('b'), rules({ singleDirectory: 'Work' }), texts(null))).toEqual([
      'the run was restricted to the directory "Work" (its command line: --single-directory) -> sync without --single-directory',
    ]);
  });

  it('may be its name, a plugin, the name of a folder above it, or the direction of the sync', () => {
    expect(told(file('a:b.txt'), rules({}), texts(null))).toEqual([
      `the drive does not take the name of "a:b.txt": contains ':' -> give it another name`,
    ]);
    expect(told(file('CON/a'), rules({}), texts(null))).toEqual([
      `the drive does not take the name of "CON": reserved name 'CON' -> give it another name`,
    ]);
    const plugins = {
      ignore: ({ name }: { name: string }) =>
        name.startsWith('draft') ? { plugin: 'drafts', detail: 'a draft' } : null,
    };
    expect(told(file('draft-1/a'), rules({}, { plugins }), texts(null))).toEqual([
      'the plugin "drafts" says of "draft-1": a draft (/c/tidemark.conf, line 2) -> change the plugin "drafts" or its settings, or take it out of plugins',
    ]);
    expect(
      told(
        file('a', { only: 'local' }),
        rules({}, { direction: 'download' }),
        texts('download_only = "true"'),
      ),
    ).toEqual([
      'download_only is "true", and it is on disk only (/c/config, line 1) -> set download_only = "false"',
    ]);
  });

  it('is everything that does, and nothing else: without all of it the path is in', () => {
    const name = fc.constantFrom('a', '.b', 'c.tmp', 'node_modules', 'Work', 'x y');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
    const line = fc
      .tuple(fc.constantFrom('/', '!/', '', '!'), path, fc.constantFrom('', '/*', '/'))
      .map((all) => all.join(''));
    const filter = fc.record({
      skipFile: fc.subarray(['*.tmp', 'a', '/Work/a', '*']).map((all) => all.join('|')),
      skipDir: fc.subarray(['node_modules', 'Work', 'Work/a', '.*b']).map((all) => all.join('|')),
      skipDotfiles: fc.boolean(),
      checkNosync: fc.boolean(),
      skipSizeBytes: fc.constantFrom(0, 1024 * 1024),
      syncRootFiles: fc.boolean(),
      syncList: fc.option(fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n'))),
    });
    const item = fc.record({
      ...{ path, kind: fc.constantFrom('file' as const, 'folder' as const) },
      ...{ sizeBytes: fc.constantFrom(0, 9e6), nosyncIn: fc.constantFrom(null, '') },
      side: fc.constantFrom('local' as const, 'remote' as const),
    });
    fc.assert(
      fc.property(filter, item, (given, some) => {
        const asked = file(some.path, some);
        const [whole, one] = [{ ...plain, ...given }, itemOf(asked)];
        const causes = exclusionsOf(asked, rules(whole));
        expect(causes.length > 0).toBe(settingsFilter(whole)(one) !== null);
        const followed = causes.reduce(following, whole);
        expect(settingsFilter(followed)(one)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});

function itemOf({ path, nosyncIn, ...rest }: AskedItem) {
  return {
    ...rest,
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    markers: nosyncIn === null ? [] : ['.nosync'],
  };
}

/** The settings as somebody leaves them who does what the remedy says. */
function following(filter: FilterPolicy, { rule, detail, path }: Cause) {
  const less = (patterns: string): string =>
    patterns
      .split('|')
      .filter((one) => one !== detail)
      .join('|');
  const lines = (filter.syncList ?? '').split('\n');
  const changed: Partial<Record<Cause['rule'], object>> = {
    skip_file: { skipFile: less(filter.skipFile) },
    skip_dir: { skipDir: less(filter.skipDir) },
    skip_dotfiles: { skipDotfiles: false },
    skip_size: { skipSizeBytes: 0 },
    check_nosync: { checkNosync: false },
    sync_list: {
      syncList: (/^[!-]/.test(detail)
        ? lines.filter((one) => one.trim() !== detail)
        : [...lines, `/${path}`]
      ).join('\n'),
    },
  };
  return { ...filter, ...changed[rule] };
}
