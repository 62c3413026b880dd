import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../command-line/parse-command-line.ts';
import { loadSettings } from '../load-settings.ts';
import type { Settings } from '../options.ts';
import { renderConfiguration, type ConfigurationFacts } from './configuration.ts';

function settings(config: string): Settings {
  const commandLine = parseCommandLine(['--display-config'], 'onedrive');
  if (commandLine.type !== 'parsed') throw new Error(commandLine.lines.join('\n'));
  const result = loadSettings({
    commandLine: commandLine.commandLine,
    files: { config: { path: '/c', origin: 'user', text: config } },
    environment: { home: '/h', version: 'v1.2.3' },
  });
  if (!result.ok) throw new Error(result.lines.join('\n'));
  return result.settings;
}

const facts: ConfigurationFacts = {
  version: 'v1.2.3',
  runtime: 'Node.js v26.10.0',
  httpStack: 'undici 8.1.0',
  userConfigPath: '/h/.config/onedrive',
  systemConfigPath: '/etc/onedrive',
  configLocation: '/h/.config/onedrive/config',
  configFile: 'found',
  syncListLocation: '/h/.config/onedrive/sync_list',
  databaseLocation: '/h/.config/onedrive/items.sqlite3',
  environment: { XDG_RUNTIME_DIR: 'set', DBUS_SESSION_BUS_ADDRESS: 'missing' },
  notifications: 'available',
};

/** Keeps the trailing blank where editors would remove it. */
const EMPTY = '';

const golden = `
--------------- Application Runtime Configuration ---------------
Application version                          = v1.2.3
Compiled with                                = Node.js v26.10.0
Curl version                                 = undici 8.1.0
User Application Config path                 = /h/.config/onedrive
System Application Config path               = /etc/onedrive
Applicable Application 'config' location     = /h/.config/onedrive/config
Configuration file found in config location   = true - using 'config' file values to override application defaults
Applicable 'sync_list' location              = /h/.config/onedrive/sync_list
Applicable 'items.sqlite3' location          = /h/.config/onedrive/items.sqlite3
Config option 'drive_id'                      = b!x
Config option 'sync_dir'                      = /h/OneDrive
Config option 'use_intune_sso'                = false
Config option 'use_device_auth'               = false
Config option 'enable_logging'                = false
Config option 'log_dir'                       = /var/log/onedrive
Config option 'disable_notifications'         = false
Config option 'skip_dir'                      = a|b c
Config option 'skip_dir_strict_match'         = false
Config option 'skip_file'                     = ~*|.~*|*.tmp|*.swp|*.partial
Config option 'skip_dotfiles'                 = false
Config option 'skip_symlinks'                 = false
Config option 'skip_size'                     = 0
Config option 'monitor_interval'              = 300
Config option 'monitor_log_frequency'         = 12
Config option 'monitor_fullscan_frequency'    = 12
Config option 'monitor_authoritative_sync'    = monitor_and_signal
Config option 'disable_websocket_support'     = false
Config option 'read_only_auth_scope'          = false
Config option 'dry_run'                       = false
Config option 'upload_only'                   = false
Config option 'download_only'                 = false
Config option 'local_first'                   = false
Config option 'mirror_local_state'            = false
Config option 'check_nosync'                  = false
Config option 'check_nomount'                 = false
Config option 'resync'                        = false
Config option 'resync_auth'                   = false
Config option 'cleanup_local_files'           = false
Config option 'disable_permission_set'        = false
Config option 'transfer_order'                = default
Config option 'delay_inotify_processing'      = false
Config option 'inotify_delay'                 = 5
Config option 'display_transfer_metrics'      = false
Config option 'force_session_upload'          = false
Config option 'file_fragment_size'            = 10
Config option 'classify_as_big_delete'        = 1000
Config option 'disable_upload_hash_streaming' = false
Config option 'disable_upload_validation'     = false
Config option 'disable_download_validation'   = false
Config option 'bypass_data_preservation'      = false
Config option 'no_remote_delete'              = false
Config option 'remove_source_files'           = false
Config option 'remove_source_folders'         = false
Config option 'sync_dir_permissions'          = 700
Config option 'sync_file_permissions'         = 600
Config option 'space_reservation'             = 52428800
Config option 'permanent_delete'              = false
Config option 'write_xattr_data'              = false
Config option 'create_new_file_version'       = false
Config option 'application_id'                = d50ca740-c83f-4d1b-b616-12c519384f0c
Config option 'azure_ad_endpoint'             = ${EMPTY}
Config option 'azure_tenant_id'               = ${EMPTY}
Config option 'user_agent'                    = ISV|Tidemark|Tidemark/v1.2.3
Config option 'force_http_11'                 = false
Config option 'debug_https'                   = false
Config option 'rate_limit'                    = 0
Config option 'operation_timeout'             = 0
Config option 'dns_timeout'                   = 60
Config option 'connect_timeout'               = 10
Config option 'data_timeout'                  = 60
Config option 'ip_protocol_version'           = 0
Config option 'threads'                       = 8
Config option 'max_curl_idle'                 = 120
Environment var 'XDG_RUNTIME_DIR'             = true
Environment var 'DBUS_SESSION_BUS_ADDRESS'    = false
Config option 'notify_file_actions'           = false
Config option 'use_recycle_bin'               = false
Config option 'recycle_bin_path'              = /h/.local/share/Trash/

Selective sync 'sync_list' configured         = true
sync_list config option 'sync_root_files'     = false
sync_list contents:
------------------------------'sync_list'------------------------------
# mine
/Documents

-----------------------------------------------------------------------

Config option 'sync_business_shared_items'    = true
Config option 'Shared Files Directory'        = /h/OneDrive/Files Shared With Me

Config option 'webhook_enabled'               = true
Config option 'webhook_public_url'            = https://x.example/hook
Config option 'webhook_listening_host'        = ${EMPTY}
Config option 'webhook_listening_port'        = 8888
Config option 'webhook_expiration_interval'   = 600
Config option 'webhook_renewal_interval'      = 300
Config option 'webhook_retry_interval'        = 60

--------------------DEVELOPER_OPTIONS----------------------------
Config option 'force_children_scan'           = false
Config option 'monitor_max_loop'              = 0
Config option 'display_memory'                = false
Config option 'display_sync_options'          = false
Config option 'display_processing_time'       = false
Config option 'force_xfer_abort'              = false
-----------------------------------------------------------------

`.slice(1);

const full = settings(
  [
    'drive_id = "b!x"',
    'skip_dir = "a|b c"',
    'sync_business_shared_items = "true"',
    'webhook_enabled = "true"',
    'webhook_public_url = "https://x.example/hook"',
  ].join('\n'),
);

describe('the running configuration', () => {
  it('is the peer’s text, line for line', () => {
    const lines = renderConfiguration(full, { ...facts, syncListText: '# mine\n/Documents\n\n' }, 'running');
    expect(`${lines.join('\n')}\n`).toBe(golden);
  });
});

describe('the configuration', () => {
  const plain = (extra: Partial<ConfigurationFacts>): readonly string[] =>
    renderConfiguration(settings(''), { ...facts, ...extra }, 'config');

  it('has neither heading nor developer options, and details only of what is on', () => {
    const lines = plain({});
    expect(lines[0]).toBe('Application version                          = v1.2.3');
    expect(lines.slice(-6)).toEqual([
      '',
      "Selective sync 'sync_list' configured         = false",
      '',
      "Config option 'sync_business_shared_items'    = false",
      '',
      "Config option 'webhook_enabled'               = false",
    ]);
  });

  it('says when sync_list is empty, when there is no file, and when notifications are missing', () => {
    expect(plain({ syncListText: ' \n' })).toContain(
      "Selective sync 'sync_list' configured         = file exists but contains zero data",
    );
    expect(plain({ configFile: 'missing' })).toContain(
      'Configuration file found in config location   = false - using application defaults',
    );
    expect(plain({ notifications: 'missing' })).toContain(
      'Compile time option --enable-notifications    = false',
    );
  });

  it('keeps the equals sign in its column', () => {
    for (const [index, text] of plain({}).entries()) {
      if (text === '') continue;
      expect([text, text.indexOf('= ') + 1]).toEqual([text, index === 6 || index > 8 ? 47 : 46]);
    }
  });

  it('lets no value forge a line', () => {
    const lines = renderConfiguration(
      { ...settings(''), sync_dir: "/a\nConfig option 'threads' = 99" },
      facts,
      'config',
    );
    expect(lines.join('\n').match(/^Config option 'threads'/gm)).toHaveLength(1);
  });
});
