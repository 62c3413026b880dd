/**
 * The text of --display-config and --display-running-config. Front ends parse it, so order and columns are fixed:
 * `=` stands in column 46 for the first lines and in column 47 for all others.
 */
import type { OptionValue } from '../option.ts';
import type { ConfigKey, Settings } from '../options.ts';

/** What the text says besides the settings. */
export interface ConfigurationFacts {
  /** As `v1.2.3`. */
  readonly version: string;
  /** In place of the peer's compiler, for example `Node.js v26.10.0`. */
  readonly runtime: string;
  /** In place of the peer's curl, for example `undici 8.1.0`. */
  readonly httpStack: string;
  readonly userConfigPath: string;
  readonly systemConfigPath: string;
  readonly configLocation: string;
  readonly configFile: 'found' | 'missing';
  readonly syncListLocation: string;
  readonly databaseLocation: string;
  /** Whether the variables are set. */
  readonly environment: {
    readonly XDG_RUNTIME_DIR: 'set' | 'missing';
    readonly DBUS_SESSION_BUS_ADDRESS: 'set' | 'missing';
  };
  /** Whether this build can send desktop notifications. */
  readonly notifications: 'available' | 'missing';
  /** Content of `sync_list`, if it exists. */
  readonly syncListText?: string;
}

/** @param form `running` adds the heading and the developer options. */
export function renderConfiguration(
  settings: Settings,
  facts: ConfigurationFacts,
  form: 'config' | 'running',
): readonly string[] {
  return [
    ...(form === 'running' ? ['--------------- Application Runtime Configuration ---------------'] : []),
    ...locations(facts),
    ...BEFORE_ENVIRONMENT.map((key) => optionLine(settings, key)),
    ...environmentLines(settings, facts),
    ...(['use_recycle_bin', 'recycle_bin_path'] as const).map((key) => optionLine(settings, key)),
    ...syncListLines(settings, facts.syncListText),
    ...sharedItemLines(settings),
    ...webhookLines(settings),
    ...(form === 'running' ? developerLines(settings) : []),
  ];
}

/** Line breaks could forge lines of the report; the file format cannot make any, but the command line can. */
function line(label: string, value: string, width: 45 | 46 = 46): string {
  return `${label.padEnd(width)}= ${value.replaceAll(/[\r\n]/g, ' ')}`;
}

const optionLine = (settings: Settings, key: ConfigKey): string =>
  line(`Config option '${key}'`, shown(settings[key]));

const shown = (value: OptionValue): string => (Array.isArray(value) ? value.join('|') : String(value));

function locations(facts: ConfigurationFacts): readonly string[] {
  const found =
    facts.configFile === 'found'
      ? "true - using 'config' file values to override application defaults"
      : 'false - using application defaults';
  return [
    line('Application version', facts.version, 45),
    line('Compiled with', facts.runtime, 45),
    line('Curl version', facts.httpStack, 45),
    line('User Application Config path', facts.userConfigPath, 45),
    line('System Application Config path', facts.systemConfigPath, 45),
    line("Applicable Application 'config' location", facts.configLocation, 45),
    line('Configuration file found in config location', found),
    line("Applicable 'sync_list' location", facts.syncListLocation, 45),
    line("Applicable 'items.sqlite3' location", facts.databaseLocation, 45),
  ];
}

const BEFORE_ENVIRONMENT = [
  'drive_id',
  'sync_dir',
  'use_intune_sso',
  'use_device_auth',
  'enable_logging',
  'log_dir',
  'disable_notifications',
  'skip_dir',
  'skip_dir_strict_match',
  'skip_file',
  'skip_dotfiles',
  'skip_symlinks',
  'skip_size',
  'monitor_interval',
  'monitor_log_frequency',
  'monitor_fullscan_frequency',
  'monitor_authoritative_sync',
  'disable_websocket_support',
  'read_only_auth_scope',
  'dry_run',
  'upload_only',
  'download_only',
  'local_first',
  'mirror_local_state',
  'check_nosync',
  'check_nomount',
  'resync',
  'resync_auth',
  'cleanup_local_files',
  'disable_permission_set',
  'transfer_order',
  'delay_inotify_processing',
  'inotify_delay',
  'display_transfer_metrics',
  'force_session_upload',
  'file_fragment_size',
  'classify_as_big_delete',
  'disable_upload_hash_streaming',
  'disable_upload_validation',
  'disable_download_validation',
  'bypass_data_preservation',
  'no_remote_delete',
  'remove_source_files',
  'remove_source_folders',
  'sync_dir_permissions',
  'sync_file_permissions',
  'space_reservation',
  'permanent_delete',
  'write_xattr_data',
  'create_new_file_version',
  'application_id',
  'azure_ad_endpoint',
  'azure_tenant_id',
  'user_agent',
  'force_http_11',
  'debug_https',
  'rate_limit',
  'operation_timeout',
  'dns_timeout',
  'connect_timeout',
  'data_timeout',
  'ip_protocol_version',
  'threads',
  'max_curl_idle',
] as const satisfies readonly ConfigKey[];

function environmentLines(settings: Settings, facts: ConfigurationFacts): readonly string[] {
  return [
    ...(['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'] as const).map((name) =>
      line(`Environment var '${name}'`, String(facts.environment[name] === 'set')),
    ),
    facts.notifications === 'available'
      ? optionLine(settings, 'notify_file_actions')
      : line('Compile time option --enable-notifications', 'false'),
  ];
}

function syncListLines(settings: Settings, text: string | undefined): readonly string[] {
  const isEmpty = text !== undefined && text.trim() === '';
  const state = text === undefined ? 'false' : isEmpty ? 'file exists but contains zero data' : 'true';
  const heading = ['', line("Selective sync 'sync_list' configured", state)];
  if (text === undefined || isEmpty) return heading;
  return [
    ...heading,
    line("sync_list config option 'sync_root_files'", String(settings.sync_root_files)),
    'sync_list contents:',
    "------------------------------'sync_list'------------------------------",
    ...text.replace(/\n$/, '').split('\n'),
    '-'.repeat(71),
  ];
}

function sharedItemLines(settings: Settings): readonly string[] {
  const isOn = settings.sync_business_shared_items;
  const directory = `${settings.sync_dir.replace(/\/+$/, '')}/Files Shared With Me`;
  return [
    '',
    optionLine(settings, 'sync_business_shared_items'),
    ...(isOn ? [line("Config option 'Shared Files Directory'", directory)] : []),
  ];
}

function webhookLines(settings: Settings): readonly string[] {
  const details = [
    'webhook_public_url',
    'webhook_listening_host',
    'webhook_listening_port',
    'webhook_expiration_interval',
    'webhook_renewal_interval',
    'webhook_retry_interval',
  ] as const;
  return [
    '',
    optionLine(settings, 'webhook_enabled'),
    ...(settings.webhook_enabled ? details.map((key) => optionLine(settings, key)) : []),
  ];
}

function developerLines(settings: Settings): readonly string[] {
  const keys = [
    'force_children_scan',
    'monitor_max_loop',
    'display_memory',
    'display_sync_options',
    'display_processing_time',
    'force_xfer_abort',
  ] as const;
  return [
    '',
    '--------------------DEVELOPER_OPTIONS----------------------------',
    ...keys.map((key) => optionLine(settings, key)),
    '-'.repeat(65),
    '',
  ];
}
