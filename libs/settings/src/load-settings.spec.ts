import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line/parse-command-line.ts';
import { loadSettings, type SettingsInput, type SettingsResult } from './load-settings.ts';
import type { Settings } from './options.ts';

interface World {
  readonly args?: string;
  readonly config?: string;
  readonly system?: string;
  readonly own?: string;
  readonly syncList?: string;
}

function load({ args = '--sync', config, system, own, syncList }: World): SettingsResult {
  const result = parseCommandLine(args.split(' '), 'onedrive');
  if (result.type !== 'parsed') throw new Error(result.lines.join('\n'));
  const files: SettingsInput['files'] = {
    ...(config === undefined ? {} : { config: { path: '/u/config', origin: 'user', text: config } }),
    ...(system === undefined
      ? {}
      : { config: { path: '/etc/onedrive/config', origin: 'system', text: system } }),
    ...(own === undefined ? {} : { tidemarkConfig: { path: '/u/tidemark.conf', text: own } }),
    ...(syncList === undefined ? {} : { syncList: { text: syncList } }),
  };
  return loadSettings({
    commandLine: result.commandLine,
    files,
    environment: { home: '/h', version: 'v1.2.3' },
  });
}

function settings(world: World): Settings {
  const result = load(world);
  if (!result.ok) throw new Error(result.lines.join('\n'));
  return result.settings;
}

const notices = (world: World): readonly string[] => {
  const result = load(world);
  return result.ok ? result.notices : result.lines;
};

describe('an option without effect', () => {
  it('is named when somebody set it, with what happens instead', () => {
    expect(notices({ config: 'disable_upload_hash_streaming = "true"' })).toEqual([
      'Reading configuration file: /u/config',
      'Configuration file successfully loaded',
      "WARNING: 'disable_upload_hash_streaming' has no effect in this version: reading a file twice changes nothing of what is uploaded",
    ]);
  });

  it('is not spoken of while it has its default', () => {
    expect(
      notices({ config: 'disable_upload_hash_streaming = "false"\nnotify_file_actions = "false"' }),
    ).toHaveLength(2);
  });
});

describe('precedence', () => {
  it('is default, then config, then command line, and the source of each value is known', () => {
    const result = load({ args: '--sync --threads 4', config: 'threads = "3"\nrate_limit = "200000"' });
    expect(result).toMatchObject({
      ok: true,
      settings: { threads: 4, rate_limit: 200_000, monitor_interval: 300 },
      sources: { threads: 'commandLine', rate_limit: 'config' },
    });
  });

  it('takes quotes for none of the name of --syncdir', () => {
    for (const typed of ['~/Drive', '"~/Drive"'])
      expect(settings({ args: `--sync --syncdir ${typed}` }).sync_dir).toBe('/h/Drive');
  });

  it('expands the home directory in defaults and puts our version into the user agent', () => {
    expect(settings({})).toMatchObject({
      sync_dir: '/h/OneDrive',
      recycle_bin_path: '/h/.local/share/Trash/',
      user_agent: 'ISV|Tidemark|Tidemark/v1.2.3',
    });
    expect(settings({ config: 'user_agent = "mine/1"' }).user_agent).toBe('mine/1');
  });

  it('replaces lists from the command line instead of adding to them', () => {
    expect(settings({ args: '--sync --skip-dir c', config: 'skip_dir = "a|b"' }).skip_dir).toEqual(['c']);
  });

  it('takes megabytes on the command line as in the file', () => {
    expect(settings({ args: '--sync --space-reservation 2' }).space_reservation).toBe(2 * 1_048_576);
  });

  it('moves numbers from the command line into their range and says so', () => {
    expect(settings({ args: '--sync --threads 99' }).threads).toBe(16);
    expect(notices({ args: '--sync --threads 99' })).toEqual([
      'WARNING: --threads 99 is out of range - using 16',
    ]);
  });

  it('turns a boolean of the file off from the command line', () => {
    expect(settings({ args: '--sync --dry-run=false', config: 'dry_run = "true"' }).dry_run).toBe(false);
  });
});

describe('start-up lines', () => {
  it('name the file that was read', () => {
    expect(notices({ config: '' })).toEqual([
      'Reading configuration file: /u/config',
      'Configuration file successfully loaded',
    ]);
    expect(notices({ system: '' })).toEqual([
      'Reading configuration file: /etc/onedrive/config',
      'System configuration file successfully loaded',
    ]);
  });

  it('without a file, say so only when asked for detail', () => {
    expect(notices({})).toEqual([]);
    expect(notices({ args: '--sync -v' })).toEqual([
      'No user or system config file found, using application defaults',
    ]);
  });

  it('warn when the default entries of skip_file are gone', () => {
    expect(notices({ config: 'skip_file = "*.o|~*|.~*|*.tmp"' }).at(-1)).toBe(
      "WARNING: Your 'skip_file' configuration is missing important default entries. Please add: *.swp|*.partial",
    );
  });
});

describe('a file with errors', () => {
  it('ends with the line that names which file it was', () => {
    expect(load({ config: 'nope_nope = "1"' })).toEqual({
      ok: false,
      lines: [
        'Reading configuration file: /u/config',
        'Unknown key in config file: nope_nope',
        '',
        'Configuration file has errors - please check your configuration',
      ],
      exitCode: 1,
    });
    expect(load({ system: 'threads = "x"' })).toMatchObject({
      lines: [
        'Reading configuration file: /etc/onedrive/config',
        'Invalid value for key in config file: threads',
        '',
        'System configuration file has errors - please check your configuration',
      ],
    });
  });

  it('has code 3 with a subcommand, and 2 when the switches are at fault', () => {
    expect(load({ args: 'status', config: 'nope_nope = "1"' })).toMatchObject({ ok: false, exitCode: 3 });
    expect(load({ args: 'sync --upload-only --download-only' })).toMatchObject({ ok: false, exitCode: 2 });
  });
});

describe('refused combinations', () => {
  it.each<readonly [World, string]>([
    [
      { args: '--sync --upload-only --download-only' },
      '--upload-only and --download-only cannot be used together. Use one, not both at the same time',
    ],
    [
      { args: '--sync', config: 'upload_only = "true"\ndownload_only = "true"' },
      '--upload-only and --download-only cannot be used together. Use one, not both at the same time',
    ],
    [
      { args: '--sync --monitor' },
      '--sync and --monitor cannot be used together. Only use one of these options, not both at the same time',
    ],
    [{ args: '--sync --no-remote-delete' }, '--no-remote-delete can only be used with --upload-only'],
    [{ args: '--sync --remove-source-files' }, '--remove-source-files can only be used with --upload-only'],
    [
      { args: '--sync --upload-only --remove-source-folders' },
      '--remove-source-folders can only be used with --remove-source-files',
    ],
    [{ args: '--sync --cleanup-local-files' }, '--cleanup-local-files can only be used with --download-only'],
    [{ args: '--sync --download-only --local-first' }, '--download-only cannot be used with --local-first'],
    [{ args: '--sync --mirror-local-state' }, '--mirror-local-state can only be used with --local-first'],
    [
      { args: '--sync --mirror-local-state --local-first --upload-only' },
      '--mirror-local-state cannot be used with --upload-only',
    ],
    ...[
      'list-shared-items',
      'display-sync-status',
      'modified-by=f',
      'get-file-link=f',
      'create-share-link=f',
      'get-sharepoint-drive-id=s',
    ].flatMap((command): readonly (readonly [World, string])[] =>
      ['--resync', '--resync-auth'].map((resync) => [
        { args: `--${command} ${resync}` },
        `--${command.split('=')[0]} cannot be used with --resync or --resync-auth`,
      ]),
    ),
    [{ args: '--list-shared-items --sync' }, '--list-shared-items cannot be used with --sync or --monitor'],
    [
      { args: '--list-shared-items --monitor' },
      '--list-shared-items cannot be used with --sync or --monitor',
    ],
    [
      { args: '--sync --sync-shared-files' },
      "The --sync-shared-files option can only be utilised if the 'sync_business_shared_items' configuration setting is enabled.",
    ],
    ...['display-sync-status', 'display-quota', 'create-directory=d', 'remove-directory=d'].flatMap(
      (command): readonly (readonly [World, string])[] =>
        ['monitor', 'sync'].map((mode) => [
          { args: `--${mode} --${command}` },
          `--${mode} and --${command.split('=')[0]} cannot be used together`,
        ]),
    ),
    [
      { args: '--monitor --source-directory a --destination-directory b' },
      '--monitor and --source-directory cannot be used together',
    ],
    [
      { args: '--sync --source-directory a --destination-directory b' },
      '--sync and --source-directory cannot be used together',
    ],
    [{ args: '--sync --force-sync' }, '--force-sync can only be used with --sync --single-directory'],
    [
      { args: '--monitor --force-sync --single-directory d' },
      '--force-sync can only be used with --sync --single-directory',
    ],
    [
      { args: '--sync --force --resync' },
      '--force and --resync cannot be used together as there is zero way to determine that a big delete has occurred',
    ],
    [
      { args: '--sync --enable-logging', config: 'log_dir = ""' },
      "config option 'log_dir' cannot be empty when 'enable_logging' is configured",
    ],
    [
      { config: 'azure_ad_endpoint = "DE"' },
      "config option 'azure_tenant_id' cannot be empty when 'azure_ad_endpoint' is configured",
    ],
    [
      { config: 'use_intune_sso = "true"\nuse_device_auth = "true"' },
      "'use_intune_sso' and 'use_device_auth' cannot be used together",
    ],
    [
      { config: 'sync_dir_permissions = "708"' },
      "Invalid 'User|Group|Other' permissions set for 'sync_dir_permissions' within your config file. Please check your configuration",
    ],
    [
      { config: 'sync_file_permissions = "690"' },
      "Invalid 'User|Group|Other' permissions set for 'sync_file_permissions' within your config file. Please check your configuration",
    ],
    [{ args: '--sync --syncdir=' }, '--syncdir value cannot be empty'],
    [{ args: '--sync --syncdir ""' }, '--syncdir value cannot be empty'],
    [
      { config: 'use_recycle_bin = "true"\nsync_dir = "~/"' },
      "The configured 'recycle_bin_path' (/h/.local/share/Trash/) is located within the configured 'sync_dir' (/h/).",
    ],
  ])('%j: %s', (world, line) => {
    const result = load(world);
    expect(result).toMatchObject({ ok: false, exitCode: 1 });
    expect(result.ok ? [] : result.lines.at(-1)).toBe(`ERROR: ${line}`);
  });

  it.each<World>([
    { args: '--sync --upload-only --no-remote-delete --remove-source-files --remove-source-folders' },
    { args: '--sync --download-only --cleanup-local-files' },
    { args: '--sync --local-first --mirror-local-state' },
    { args: '--sync --force-sync --single-directory d' },
    { args: '--sync --force' },
    { args: '--sync --resync --resync-auth' },
    { args: '--monitor --sync-shared-files', config: 'sync_business_shared_items = "true"' },
    { args: '--display-sync-status --single-directory d' },
    { args: '--create-share-link f' },
    { config: 'use_recycle_bin = "true"' },
    { config: 'sync_dir = "~/"' },
    { config: 'use_recycle_bin = "true"\nsync_dir = "~/.local/share/Tra"' },
    { config: 'azure_ad_endpoint = "DE"\nazure_tenant_id = "t"' },
  ])('%j is accepted', (world) => {
    expect(load(world)).toMatchObject({ ok: true });
  });
});

describe('switches with an effect on the whole', () => {
  it('--force-sync puts skip_dir and skip_file back to their defaults', () => {
    const world = {
      args: '--sync --single-directory d --force-sync',
      config: 'skip_dir = "a"\nskip_file = "b"',
    };
    expect(settings(world)).toMatchObject({
      skip_dir: [],
      skip_file: ['~*', '.~*', '*.tmp', '*.swp', '*.partial'],
    });
  });

  it('debugging prints the running configuration', () => {
    expect(settings({ args: '--sync -v' }).display_running_config).toBe(false);
    expect(settings({ args: '--sync -vv' }).display_running_config).toBe(true);
  });
});

describe('tidemark.conf', () => {
  it('has its own keys in the same format', () => {
    const own = [
      'graph_endpoint = "https://127.0.0.1:4443/v1.0"',
      'login_endpoint = "https://localhost:4443"',
      'ca_file = "~/ca.pem"',
      'bus = "nats://127.0.0.1:4222"',
      'nats_without_key = "true"',
      'relay_server = "tls://relay.example:4222"',
      'relay_drive = "home_nas-1"',
      'relay_nkey_file = "~/relay.nkey"',
      'compat_log_dialect = "legacy"',
      'compat_strict_resync = "true"',
      'log_retention_days = "7"',
      'log_max_size = "200"',
      'commands_in_flight = "64"',
      'trash_days = "3"',
      'mass_delete_fraction = "10"',
      'plugins = "one|two"',
      'remote_plugins = "three|four:HashFile"',
      'bus_nkey_file = "~/engine.nkey"',
      'plugin_process = "webhook, uploader"',
    ].join('\n');
    expect(load({ own })).toMatchObject({
      ok: true,
      settings: {
        graph_endpoint: 'https://127.0.0.1:4443/v1.0',
        login_endpoint: 'https://localhost:4443',
        ca_file: '/h/ca.pem',
        bus: 'nats://127.0.0.1:4222',
        nats_without_key: true,
        relay_server: 'tls://relay.example:4222',
        relay_drive: 'home_nas-1',
        relay_nkey_file: '/h/relay.nkey',
        compat_log_dialect: 'legacy',
        compat_strict_resync: true,
        log_retention_days: 7,
        log_max_size: 200 * 1_048_576,
        commands_in_flight: 64,
        trash_days: 3,
        mass_delete_fraction: 10,
        plugins: ['one', 'two'],
        remote_plugins: ['three', 'four:HashFile'],
        plugin_process: ['webhook', 'uploader'],
      },
      sources: { bus: 'tidemark.conf' },
    });
  });

  it.each([
    ['plugin_process = "uploader"', /'plugin_process' needs 'bus' to be the address/],
    [
      'bus = "nats://127.0.0.1:4222"\nnats_without_key = "true"\nplugin_process = "uploader"',
      /and 'bus_nkey_file': without keys every program could delete files/,
    ],
    [
      'bus = "nats://127.0.0.1:4222"\nbus_nkey_file = "/k"\nplugin_process = "mailer"',
      /'plugin_process' can name delta, .*, not 'mailer'/,
    ],
  ])('lets our plugins speak from other processes only with keys: %j', (own, line) => {
    expect(load({ own })).toMatchObject({ ok: false, lines: [expect.stringMatching(line)] });
  });

  it('asks for a server when plugins run in another process', () => {
    expect(load({ own: 'remote_plugins = "three"' })).toMatchObject({
      ok: false,
      lines: [
        expect.stringMatching(/^ERROR: 'remote_plugins' needs 'bus' to be the address of a NATS server/),
      ],
    });
  });

  it('names itself when it has errors, and says where a key of the peer belongs', () => {
    expect(load({ own: 'sync_dir = "x"' })).toMatchObject({
      ok: false,
      lines: [
        'Unknown key in config file: sync_dir',
        "'sync_dir' belongs in config",
        '',
        '/u/tidemark.conf has errors - please check it',
      ],
    });
  });

  it.each(['0', '257'])('commands_in_flight %s becomes the default', (text) => {
    expect(settings({ own: `commands_in_flight = "${text}"` }).commands_in_flight).toBe(64);
  });

  it.each([
    'http://127.0.0.1:4443',
    'https://graph.microsoft.com',
    'https://127.0.0.1.example.com',
    'https://localhost.example.com',
    'https://localhost@example.com',
    'https://user@localhost',
    'https://127.0.0.999',
    'https://128.0.0.1',
    'https://[::2]',
    'https://localhost:99999',
    'https://localhost?x',
    'https://localhost#@example.com',
    'https://localhost\\@example.com',
    'localhost:4443',
  ])('a developer endpoint at %s is refused', (address) => {
    for (const key of ['graph_endpoint', 'login_endpoint']) {
      expect(load({ own: `${key} = "${address}"` })).toMatchObject({
        ok: false,
        lines: [`ERROR: '${key}' must be an https address on a loopback host, not '${address}'`],
      });
    }
  });

  it.each(['https://localhost', 'https://127.8.9.10:1', 'https://[::1]:4443/x'])(
    'a developer endpoint at %s is accepted',
    (address) => {
      expect(settings({ own: `graph_endpoint = "${address}"` }).graph_endpoint).toBe(address);
    },
  );

  it('ca_file alone is refused: it would widen trust for the real service', () => {
    expect(load({ own: 'ca_file = "/x.pem"' })).toMatchObject({ ok: false });
  });

  it.each(['nats://host', 'nats://:4222', 'nats://u:p@host:1', 'redis://host:1', 'nats://host:0'])(
    'the bus address %s is refused',
    (address) => {
      expect(load({ own: `bus = "${address}"` })).toMatchObject({ ok: false });
    },
  );

  it.each([
    ['relay_server = "nats://relay.example:4222"', 'must be "tls://relay.example:4222"'],
    ['relay_server = "tls://relay.example:4222"', "needs 'relay_nkey_file'"],
    ['relay_server = "tls://127.0.0.1.example:4222"', "needs 'relay_nkey_file'"],
    ['relay_server = "relay.example"', '"nats://host:port" or "tls://host:port"'],
    ['bus = "nats://queue.example:4222"', 'must be "tls://queue.example:4222"'],
    ['bus = "tls://queue.example:4222"', "needs 'bus_nkey_file'"],
    ['relay_drive = "a.b"', "'relay_drive' must be"],
    ['relay_drive = ">"', "'relay_drive' must be"],
  ])('beyond this machine a server is encrypted and knows us: %s is refused', (own, why) => {
    const result = load({ own });
    expect(result.ok ? '' : result.lines.at(-1)).toContain(why);
  });
});

describe('a server of NATS on this machine', () => {
  const servers = [
    ['bus = "nats://127.0.0.1:4222"', 'bus_nkey_file'],
    ['bus = "tls://localhost:4222"', 'bus_nkey_file'],
    ['relay_server = "nats://[::1]:4222"', 'relay_nkey_file'],
  ] as const;

  it.each(servers)('that does not know who we are is refused: %s', (own, key) => {
    const result = load({ own });
    expect(result.ok ? '' : result.lines.at(-1)).toContain(`needs '${key}'`);
  });

  it.each(servers)('is taken with a key, or where a setting wants none: %s', (own, key) => {
    expect(load({ own: `${own}\n${key} = "/x.nkey"` }).ok).toBe(true);
    expect(load({ own: `${own}\nnats_without_key = "true"` }).ok).toBe(true);
  });
});

describe('filters that cannot work', () => {
  it.each(['skip_dir', 'skip_file'])('%s may not hide everything', (key) => {
    expect(load({ config: `${key} = "a|.*"` })).toMatchObject({ ok: false, exitCode: 1 });
    expect(notices({ config: `${key} = "a|.*"` }).at(-1)).toBe(`ERROR: Invalid ${key} entry '.*' detected.`);
  });

  it.each<readonly [string, World, string]>([
    ['skip_dir', { config: 'skip_dir = "Documents"', syncList: '/Documents/Work' }, '/Documents/Work'],
    ['skip_dir', { config: 'skip_dir = "build"', syncList: '/Code/build/' }, '/Code/build/'],
    ['skip_dir', { config: 'skip_dir = "Code"', syncList: '!x\n/Code/**/y' }, '/Code/**/y'],
    ['skip_file', { syncList: '/Documents/draft.tmp' }, '/Documents/draft.tmp'],
  ])('%s that hides what sync_list includes is fatal', (by, world, rule) => {
    expect(notices(world).slice(-3)).toEqual([
      'ERROR: Invalid Client Side Filtering configuration detected.',
      `       One or more 'sync_list' inclusion rules are shadowed by '${by}' and will never be viable.`,
      `       Shadowed 'sync_list' rule: ${rule}`,
    ]);
    expect(load(world)).toMatchObject({ ok: false, exitCode: 1 });
  });

  it.each<World>([
    { config: 'skip_dir = "build"', syncList: '!/Code/build/*\n/Code' },
    { config: 'skip_dir = "build"\nskip_dir_strict_match = "true"', syncList: '/Code/build' },
    { syncList: '/Documents/folder.tmp/' },
    { syncList: '/Documents/*.tmp' },
  ])('%j is accepted', (world) => {
    expect(load(world)).toMatchObject({ ok: true });
  });

  it('rules of sync_list that cannot be used are reported and left out', () => {
    expect(notices({ syncList: '!/*\n/*\n./x\n/ok' })).toEqual([
      "ERROR: Invalid sync_list rule '!/*' detected. Please read the 'sync_list' documentation.",
      expect.stringMatching(
        /^ERROR: Invalid sync_list rule '\/\*' detected\. Please use 'sync_root_files = "true"' or --sync-root-files option to sync files in the root path\./,
      ),
      "ERROR: Invalid sync_list rule './x' detected. Rule should not start with './' - please fix your 'sync_list' rule.",
    ]);
  });
});
