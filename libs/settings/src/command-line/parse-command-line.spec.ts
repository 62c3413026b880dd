import { describe, expect, it } from 'vitest';
import type { Action, CommandLine } from './command-line.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { subcommands } from './subcommands.ts';
import { switches } from './switches.ts';

const parsed = (...args: readonly string[]): CommandLine => {
  const result = parseCommandLine(args, 'onedrive');
  if (result.type !== 'parsed') throw new Error(result.lines.join('\n'));
  return result.commandLine;
};
const action = (...args: readonly string[]): Action => parsed(...args).action;
const refused = (...args: readonly string[]): unknown => parseCommandLine(args, 'onedrive');
const hint = "Try 'onedrive -h' for more information";

describe('the drop-in face', () => {
  it.each<readonly [readonly string[], Action]>([
    [[], { type: 'none' }],
    [['--sync'], { type: 'sync', output: 'text' }],
    [['-s'], { type: 'sync', output: 'text' }],
    [['--monitor'], { type: 'monitor', output: 'text' }],
    [['-m'], { type: 'monitor', output: 'text' }],
    [['-h'], { type: 'help' }],
    [['--sync', '--help'], { type: 'help' }],
    [['--version'], { type: 'version' }],
    [['--display-config', '--sync'], { type: 'displayConfig' }],
    [['--logout', '--monitor'], { type: 'auth', step: 'logout', output: 'text' }],
    [['--display-sync-status'], { type: 'displaySyncStatus' }],
    [['--display-quota'], { type: 'displayQuota' }],
    [['--display-admin-consent-url'], { type: 'displayAdminConsentUrl' }],
    [['--print-access-token'], { type: 'printAccessToken' }],
    [['--list-shared-items'], { type: 'listSharedItems' }],
    [['--get-sharepoint-drive-id', '*'], { type: 'getSharepointDriveId', siteName: '*' }],
    [['--create-directory', 'a/b'], { type: 'createDirectory', path: 'a/b' }],
    [['--remove-directory=a/b'], { type: 'removeDirectory', path: 'a/b' }],
    [
      ['--source-directory', 'a', '--destination-directory', 'b'],
      { type: 'moveDirectory', source: 'a', destination: 'b' },
    ],
    [['--create-share-link', 'f'], { type: 'createShareLink', path: 'f', access: 'read' }],
    [
      ['--create-share-link', 'f', '--with-editing-perms', '--share-password', 'p w'],
      { type: 'createShareLink', path: 'f', access: 'write', password: 'p w' },
    ],
    [['--get-file-link', 'f'], { type: 'getFileLink', path: 'f' }],
    [['--modified-by', 'f'], { type: 'modifiedBy', path: 'f' }],
    [['--download-file', 'f'], { type: 'downloadFile', path: 'f' }],
  ])('%j asks for %j', (args, expected) => {
    expect(parsed(...args)).toMatchObject({ face: 'dropIn', action: expected });
  });

  it('counts --verbose, in any form', () => {
    expect(parsed('--sync').verbosity).toBe(0);
    expect(parsed('--sync', '--verbose').verbosity).toBe(1);
    expect(parsed('--sync', '-v', '--verbose').verbosity).toBe(2);
    expect(parsed('-svv').verbosity).toBe(2);
    expect(action('-vs')).toEqual({ type: 'sync', output: 'text' });
  });

  it('takes values after a blank and after an equals sign, and keeps further equals signs', () => {
    expect(parsed('--sync', '--syncdir', 'a').overrides.get('sync_dir')).toBe('a');
    expect(parsed('--sync', '--syncdir=a=b').overrides.get('sync_dir')).toBe('a=b');
    expect(parsed('--sync', '--skip-file', '-x').overrides.get('skip_file')).toBe('-x');
  });

  it('knows every switch of the table', () => {
    for (const { long, argument, key } of switches) {
      if (['help', 'version', 'auth-files', 'source-directory', 'destination-directory'].includes(long))
        continue;
      const needsLink = long === 'with-editing-perms' || long === 'share-password';
      const extra = needsLink ? ['--create-share-link=f'] : [];
      const commandLine = parsed(argument === undefined ? `--${long}` : `--${long}=1`, ...extra);
      expect(commandLine.given.has(long)).toBe(true);
      expect(commandLine.overrides.has(key ?? 'sync_dir')).toBe(key !== undefined);
    }
  });

  it('lets a flag be taken back', () => {
    expect(parsed('--sync', '--dry-run=false').overrides.get('dry_run')).toBe('false');
    expect(action('--sync', '--monitor=false')).toEqual({ type: 'sync', output: 'text' });
    expect(parsed('--sync', '--monitor=false').given.has('monitor')).toBe(false);
  });

  it('reads how to sign in', () => {
    expect(parsed('--sync').login).toEqual({ type: 'interactive' });
    expect(parsed('--auth-files', '/a:/b').login).toEqual({
      type: 'files',
      urlFile: '/a',
      responseFile: '/b',
    });
    expect(parsed('--auth-response', 'https://x?a=b').login).toEqual({
      type: 'response',
      url: 'https://x?a=b',
    });
  });

  it('strips quotes around --confdir and ignores empty operands', () => {
    expect(parsed('--sync', '--confdir', '"~/c d"').confdir).toBe('~/c d');
    expect(parsed('--monitor', '').face).toBe('dropIn');
  });

  it.each([
    [['--synchronize'], ['Unrecognized option --synchronize', hint]],
    [
      ['--get-O365-drive-id', 'x'],
      ['Unrecognized option --get-O365-drive-id', hint],
    ],
    [['--Sync'], ['Unrecognized option --Sync', hint]],
    [
      ['--sync', '-x'],
      ['Unrecognized option -x', hint],
    ],
    [['-svx'], ['Unrecognized option -x', hint]],
    [
      ['--sync', '--confdir'],
      ['Missing value for argument --confdir.', hint],
    ],
    [
      ['--sync', '--threads', 'many'],
      ["Invalid value 'many' for option --threads", hint],
    ],
    [
      ['--sync', '--threads', '-1'],
      ["Invalid value '-1' for option --threads", hint],
    ],
    [
      ['--sync=maybe'],
      ["Invalid value 'maybe' for option --sync: only 'true' or 'false' are accepted", hint],
    ],
    [['--syncdir', '--verbose'], ['ERROR: --syncdir missing a valid entry']],
    [
      ['--source-directory', 'a'],
      ['ERROR: --source-directory and --destination-directory can only be used together'],
    ],
    [['--with-editing-perms'], ['ERROR: --with-editing-perms can only be used with --create-share-link']],
    [['--auth-files', 'a'], ['ERROR: --auth-files needs two paths with a colon between them']],
  ])('refuses %j with code 1', (args, lines) => {
    expect(refused(...args)).toEqual({ type: 'refused', lines, exitCode: 1 });
  });
});

describe('the subcommand face', () => {
  it.each<readonly [readonly string[], Action]>([
    [['sync'], { type: 'sync', output: 'text' }],
    [['monitor', '--json'], { type: 'monitor', output: 'json' }],
    [['status', '--json'], { type: 'status', output: 'json', check: 'no' }],
    [['plan', '--item', 'a/b'], { type: 'plan', output: 'text', item: 'a/b' }],
    [['apply', 'abc'], { type: 'apply', output: 'text', hash: 'abc' }],
    [['apply', '--force'], { type: 'apply', output: 'text' }],
    [['log'], { type: 'log', output: 'text', types: [], follow: 'no' }],
    [
      [
        'log',
        '--since=2h',
        '--type',
        'A',
        '--type',
        'B',
        '--item',
        'x',
        '--plugin',
        'delta',
        '--follow',
        '--json',
      ],
      {
        type: 'log',
        output: 'json',
        types: ['A', 'B'],
        follow: 'yes',
        since: '2h',
        item: 'x',
        plugin: 'delta',
      },
    ],
    [['explain', 'a b'], { type: 'explain', path: 'a b', output: 'text' }],
    [['explain', '--at', '12', '--', '-odd'], { type: 'explain', path: '-odd', output: 'text', atSeq: 12 }],
    [['replay'], { type: 'replay', output: 'text', check: 'no', show: 'report' }],
    [
      ['replay', 'x.log', '--to', '9', '--check'],
      { type: 'replay', output: 'text', check: 'yes', show: 'report', log: 'x.log', toSeq: 9 },
    ],
    [
      ['replay', '--tree', '--diff', '3..12'],
      { type: 'replay', output: 'text', check: 'no', show: 'tree', diff: { from: 3, to: 12 } },
    ],
    [
      ['replay', '--step', '--from', '7'],
      { type: 'replay', output: 'text', check: 'no', show: 'step', fromSeq: 7 },
    ],
    [
      ['replay', '--until', 'path:a/**', '--tree'],
      { type: 'replay', output: 'text', check: 'no', show: 'tree', until: 'path:a/**' },
    ],
    [
      ['bisect', 'x.gz', '--absent', 'a b', '--on', 'disk', '--between', '3..12'],
      {
        ...{ type: 'bisect', output: 'text', log: 'x.gz', asks: { type: 'absent', path: 'a b' } },
        ...{ on: 'disk', between: { from: 3, to: 12 } },
      },
    ],
    [
      ['bisect', '--hash', 'a=b.txt=abc=', '--json'],
      {
        ...{ type: 'bisect', output: 'json', on: 'both' },
        asks: { type: 'hash', path: 'a=b.txt', hash: 'abc=' },
      },
    ],
    [
      [
        'what-if',
        '--policy',
        'skip_file=*.a=b',
        '--without',
        '7',
        '--without',
        'path:a/**',
        '--delay',
        '8:3',
        '--plugin',
        'x.js',
      ],
      {
        ...{ type: 'whatIf', output: 'text', policy: [{ option: 'skip_file', value: '*.a=b' }] },
        ...{ without: ['7', 'path:a/**'], delayed: [{ seq: 8, by: 3 }], repeated: [], plugin: 'x.js' },
      },
    ],
    [
      ['incident', 'create', '--around', 'a/b', '--keep-names', '--output', 'x.gz'],
      { type: 'incident', step: 'create', output: 'text', keepNames: 'yes', around: 'a/b', file: 'x.gz' },
    ],
    [
      ['explain', '--run', 'last'],
      { type: 'explainSpan', target: { by: 'run', run: 'last' }, output: 'text' },
    ],
    [
      ['explain', 'x.gz', '--run', '12', '--json'],
      { type: 'explainSpan', target: { by: 'run', run: 12 }, log: 'x.gz', output: 'json' },
    ],
    [
      ['explain', '--since', '2h'],
      { type: 'explainSpan', target: { by: 'since', since: '2h' }, output: 'text' },
    ],
    [['why-excluded', 'a', '--json'], { type: 'whyExcluded', path: 'a', output: 'json' }],
    [['explain', 'a', 'x.gz'], { type: 'explain', path: 'a', log: 'x.gz', output: 'text' }],
    [['auth'], { type: 'auth', step: 'login', output: 'text' }],
    [['auth', 'status', '--json'], { type: 'auth', step: 'status', output: 'json' }],
    [['auth', 'logout'], { type: 'auth', step: 'logout', output: 'text' }],
    [['inspect'], { type: 'inspect' }],
    [['inspect', 'x.log'], { type: 'inspect', log: 'x.log' }],
    [['inspect', '--port', '8021'], { type: 'inspect', port: 8021 }],
    [['undo'], { type: 'undo', output: 'text', consent: 'ask', partial: 'no' }],
    [['migrate'], { type: 'migrate', direction: 'here', consent: 'ask', output: 'text' }],
    [
      ['migrate', '--yes', '--json'],
      { type: 'migrate', direction: 'here', consent: 'given', output: 'json' },
    ],
    [
      ['migrate', 'back', '--dry-run'],
      { type: 'migrate', direction: 'back', consent: 'dryRun', output: 'text' },
    ],
    [
      ['undo', 'a b', '--yes', '--json'],
      {
        ...{ type: 'undo', output: 'json', consent: 'given', partial: 'no' },
        target: { by: 'path', path: 'a b' },
      },
    ],
    [
      ['undo', '--run', 'last', '--dry-run', '--partial'],
      {
        ...{ type: 'undo', output: 'text', consent: 'dryRun', partial: 'yes' },
        target: { by: 'run', run: 'last' },
      },
    ],
    [
      ['undo', '--run=12'],
      { type: 'undo', output: 'text', consent: 'ask', partial: 'no', target: { by: 'run', run: 12 } },
    ],
    [
      ['undo', '--seq=17'],
      { type: 'undo', output: 'text', consent: 'ask', partial: 'no', target: { by: 'seq', seq: 17 } },
    ],
    [
      ['undo', 'x', '--since', '14:00'],
      {
        ...{ type: 'undo', output: 'text', consent: 'ask', partial: 'no' },
        target: { by: 'since', since: '14:00', path: 'x' },
      },
    ],
    [['conflicts'], { type: 'conflicts', step: 'list', output: 'text' }],
    [['conflicts', 'show', 'x'], { type: 'conflicts', step: 'show', path: 'x', output: 'text' }],
    [
      ['conflicts', 'keep', 'newest', '--all'],
      { type: 'conflicts', step: 'keep', keep: 'newest', output: 'text' },
    ],
    [
      ['conflicts', 'keep', 'local', 'x', '--json'],
      { type: 'conflicts', step: 'keep', keep: 'local', path: 'x', output: 'json' },
    ],
    [['doctor'], { type: 'doctor', output: 'text', nginx: 'no', live: 'no' }],
    [
      ['doctor', 'webhook', '--nginx', '--hardened'],
      { type: 'doctor', topic: 'webhook', output: 'text', nginx: 'hardened', live: 'no' },
    ],
    [
      ['doctor', 'webhook', '--live', '--json'],
      { type: 'doctor', topic: 'webhook', output: 'json', nginx: 'no', live: 'yes' },
    ],
    [
      ['doctor', 'webhook', '--nginx', '--allow-list', 'senders.txt'],
      {
        ...{ type: 'doctor', topic: 'webhook', output: 'text', nginx: 'plain', live: 'no' },
        allowList: 'senders.txt',
      },
    ],
    [['plugin', 'list', '--json'], { type: 'plugin', step: 'list', output: 'json' }],
    [
      ['plugin', 'check', './x.ts', '--json'],
      { type: 'plugin', step: 'check', reference: './x.ts', output: 'json' },
    ],
    [['plugin', 'why', 'webhook'], { type: 'plugin', step: 'why', reference: 'webhook', output: 'text' }],
    [
      ['plugin', 'new', 'mine', '--in', '/srv'],
      { type: 'plugin', step: 'new', name: 'mine', folder: '/srv' },
    ],
    [
      ['plugin', 'dev', './x.ts', '--settings', './x.json'],
      { type: 'plugin', step: 'dev', file: './x.ts', settingsFile: './x.json' },
    ],
    [
      ['plugin', 'run', './x.ts', '--bus', 'nats://h:4222', '--drive=b!1'],
      {
        ...{ type: 'plugin', step: 'run', reference: './x.ts', output: 'text' },
        ...{ bus: 'nats://h:4222', drive: 'b!1' },
      },
    ],
    [['relay'], { type: 'relay', step: 'run', output: 'text' }],
    [['relay', '--json'], { type: 'relay', step: 'run', output: 'json' }],
    [['relay', 'status', '--json'], { type: 'relay', step: 'status', output: 'json', check: 'no' }],
    [['relay', 'status', '--check'], { type: 'relay', step: 'status', output: 'text', check: 'yes' }],
    [['relay', 'user'], { type: 'relay', step: 'user' }],
    [['help'], { type: 'help' }],
    [['help', 'log'], { type: 'help', topic: 'log' }],
    [['log', '--help'], { type: 'help', topic: 'log' }],
    [['plugin', '--help'], { type: 'help', topic: 'plugin' }],
    [['plugin', 'new', '--help'], { type: 'help', topic: 'plugin', step: 'new' }],
    [['help', 'plugin', 'new'], { type: 'help', topic: 'plugin', step: 'new' }],
    [['help', 'conflicts', 'keep'], { type: 'help', topic: 'conflicts', step: 'keep' }],
    [['help', 'explain', 'new'], { type: 'help', topic: 'explain' }],
  ])('%j asks for %j', (args, expected) => {
    expect(parsed(...args)).toMatchObject({ face: 'subcommand', action: expected });
  });

  it('takes its switches before and after its name, and the options of the settings where it syncs', () => {
    const commandLine = parsed(
      '--confdir',
      'c',
      '-vv',
      'sync',
      '--dry-run',
      '--single-directory',
      'd',
      '--force',
    );
    expect(commandLine).toMatchObject({
      action: { type: 'sync' },
      confdir: 'c',
      verbosity: 2,
      singleDirectory: 'd',
      force: 'yes',
    });
    expect([...commandLine.overrides]).toEqual([['dry_run', 'true']]);
  });

  it('signs in with a code when asked to', () => {
    expect(parsed('auth', 'login', '--device').login).toEqual({ type: 'device' });
  });

  it.each([
    [['stauts'], ["Unknown command 'stauts'. Did you mean 'status'?", hint]],
    [['entirely-else'], ["Unknown command 'entirely-else'", hint]],
    [
      ['help', 'nothing'],
      ["Unknown command 'nothing'", hint],
    ],
    [
      ['log', '--frob'],
      ['Unrecognized option --frob', hint],
    ],
    [
      ['status', '--sync'],
      ['Unrecognized option --sync', hint],
    ],
    [
      ['explain', '--since', '2h', '--run', 'last'],
      ["'explain' takes one of --run and --since", hint],
    ],
    [['explain'], ["'explain' takes a PATH, or --run or --since", hint]],
    [
      ['undo', '--run', '1', '--seq', '2'],
      ["'undo' takes one of --run, --since and --seq", hint],
    ],
    [
      ['undo', 'x', '--seq', '2'],
      ["'undo PATH' can be used with --since only", hint],
    ],
    [
      ['undo', '--run', 'x'],
      ["--run takes the number of an event, not 'x'", hint],
    ],
    [
      ['conflicts', 'keep', 'local'],
      ["'conflicts keep' takes a PATH, or --all", hint],
    ],
    [
      ['conflicts', 'keep', 'mine', 'x'],
      ["'conflicts keep' takes local, remote, both or newest, and a PATH or --all", hint],
    ],
    [
      ['explain', 'a', 'b', 'c'],
      ["Unexpected argument 'c' for 'explain'", hint],
    ],
    [
      ['status', 'x'],
      ["Unexpected argument 'x' for 'status'", hint],
    ],
    [
      ['explain', 'a', '--at', 'x'],
      ["--at takes the number of an event, not 'x'", hint],
    ],
    ...['0', '65536', 'x', '-1'].map((port): [string[], string[]] => [
      ['inspect', `--port=${port}`],
      [`--port takes a number from 1 to 65535, not '${port}'`, hint],
    ]),
    [
      ['plugin', 'dance'],
      ["Unknown step 'dance': use list, check, why, new, dev, run, key", hint],
    ],
    [
      ['plugin', 'check'],
      ["Missing NAME|PATH: 'plugin check NAME|PATH'", hint],
    ],
    [
      ['plugin', 'new', 'a', '--bus', 'nats://h:1'],
      ["--bus cannot be used with 'plugin new'", hint],
    ],
    [
      ['auth', 'dance'],
      ["Unknown step 'dance': use login, logout or status", hint],
    ],
    [
      ['doctor', '--hardened'],
      ['--hardened can only be used with --nginx', hint],
    ],
    [
      ['sync', '--threads', 'x'],
      ["Invalid value 'x' for option --threads", hint],
    ],
  ])('refuses %j with code 2', (args, lines) => {
    expect(refused(...args)).toEqual({ type: 'refused', lines, exitCode: 2 });
  });

  it('uses the name it was called by', () => {
    expect(parseCommandLine(['--nope'], 'tidemark')).toMatchObject({
      lines: [expect.any(String), "Try 'tidemark -h' for more information"],
    });
  });

  it('has the commands of the product', () => {
    expect(subcommands.map(({ name }) => name).toSorted()).toEqual(
      'apply auth bisect conflicts doctor explain incident inspect log migrate monitor pause plan plugin relay replay resume status sync undo what-if why-excluded'.split(
        ' ',
      ),
    );
  });
});
