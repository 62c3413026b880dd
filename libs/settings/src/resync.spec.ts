import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line/parse-command-line.ts';
import { detectResync, type ResyncAnswer } from './resync.ts';

interface World {
  readonly before?: string | undefined;
  readonly now?: string | undefined;
  readonly args?: string;
  readonly listBefore?: string | undefined;
  readonly listNow?: string | undefined;
}

function ask({ before, now, args = '--sync', listBefore, listNow }: World): ResyncAnswer {
  const result = parseCommandLine(args.split(' '), 'onedrive');
  if (result.type !== 'parsed') throw new Error(result.lines.join('\n'));
  const snapshot = (configText?: string, syncListHash?: string): object => ({
    ...(configText === undefined ? {} : { configText }),
    ...(syncListHash === undefined ? {} : { syncListHash }),
  });
  return detectResync({
    previous: snapshot(before, listBefore),
    current: snapshot(now, listNow),
    commandLine: result.commandLine,
    home: '/h',
  });
}

const changed = (world: World): readonly string[] => ask(world).changed;

/** Key, a value, another value, its switch, and whether a change counts as well as an addition. */
const watched: readonly (readonly [string, string, string, string | undefined, boolean])[] = [
  ['drive_id', 'a', 'b', undefined, true],
  ['sync_dir', '/a', '/b', '--syncdir=/b', true],
  ['skip_file', 'a', 'b', '--skip-file=b', true],
  ['skip_dir', 'a', 'b', '--skip-dir=b', true],
  ['skip_dotfiles', 'false', 'true', '--skip-dot-files', true],
  ['skip_symlinks', 'false', 'true', '--skip-symlinks', true],
  ['sync_business_shared_items', 'false', 'true', undefined, true],
  ['check_nosync', 'false', 'true', '--check-for-nosync', false],
  ['skip_size', '5', '6', '--skip-size=6', false],
];

describe.each(watched)('%s', (key, one, other, _argument, changeCounts) => {
  const line = (value: string): string => `${key} = "${value}"\n`;

  it('unchanged needs no resync, whatever else the file says', () => {
    expect(changed({ before: line(one), now: `# new\n${line(one)}threads = "3"` })).toEqual([]);
  });

  it('changed in the file', () => {
    expect(changed({ before: line(one), now: line(other) })).toEqual(changeCounts ? [key] : []);
  });

  it('added to the file with a value that is not the default', () => {
    expect(changed({ before: '', now: line(other) })).toEqual([key]);
  });

  it('removed from the file', () => {
    expect(changed({ before: line(other), now: '# empty' })).toEqual(changeCounts ? [key] : []);
  });
});

describe.each(watched.filter(([, , , argument]) => argument !== undefined))(
  '%s',
  (key, one, other, argument) => {
    it('different on the command line, if there is a file to differ from', () => {
      const line = (value: string): string => `${key} = "${value}"\n`;
      const args = `--sync ${argument}`;
      expect(changed({ before: line(one), now: line(one), args })).toEqual([key]);
      expect(changed({ before: line(other), now: line(other), args })).toEqual([]);
      expect(changed({ args })).toEqual([]);
    });
  },
);

describe('resync detection', () => {
  it.each(['threads', 'monitor_interval', 'webhook_listening_port'])('does not care about %s', (key) => {
    expect(changed({ before: `${key} = "300"`, now: `${key} = "301"` })).toEqual([]);
  });

  it('takes an added key that says the default for no change', () => {
    const now =
      'skip_dotfiles = "false"\nskip_file = "~*|.~*|*.tmp|*.swp|*.partial"\nsync_dir = "~/OneDrive"';
    expect(changed({ before: '', now })).toEqual([]);
  });

  it('sees sync_list appear, change and go', () => {
    expect(changed({ listNow: 'h1' })).toEqual(['sync_list']);
    expect(changed({ listBefore: 'initial-hash', listNow: 'h1' })).toEqual(['sync_list']);
    expect(changed({ listBefore: 'h1', listNow: 'h2' })).toEqual(['sync_list']);
    expect(changed({ listBefore: 'h1' })).toEqual(['sync_list']);
    expect(changed({ listBefore: 'h1\n', listNow: 'h1' })).toEqual([]);
    expect(changed({ listBefore: 'initial-hash' })).toEqual([]);
  });

  it('says that the file was updated, and when there is nothing to compare it with', () => {
    const updated = 'Application configuration file has been updated, checking if --resync needed';
    expect(ask({ before: 'threads = "1"', now: 'threads = "2"' }).notices).toEqual([updated]);
    expect(ask({ before: 'threads = "1"', now: 'threads = "1"' }).notices).toEqual([]);
    expect(ask({ now: 'sync_dir = "/x"' })).toEqual({
      changed: [],
      notices: [updated, 'WARNING: no backup config file was found, unable to validate if any changes made'],
    });
  });
});
