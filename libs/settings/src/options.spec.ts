import { describe, expect, it } from 'vitest';
import { switches } from './command-line/switches.ts';
import type { Option } from './option.ts';
import { configOptions, tidemarkOptions } from './options.ts';

/** Key, default as the settings hold it, switch, and whether a change needs --resync: written down independently. */
const contract: readonly (readonly [string, unknown, (string | undefined)?, ('onChange' | 'whenAdded')?])[] =
  [
    ['application_id', 'd50ca740-c83f-4d1b-b616-12c519384f0c'],
    ['azure_ad_endpoint', ''],
    ['azure_tenant_id', ''],
    ['drive_id', '', undefined, 'onChange'],
    ['use_device_auth', false],
    ['use_intune_sso', false],
    ['read_only_auth_scope', false],
    ['user_agent', 'ISV|Tidemark|Tidemark/VERSION'],
    ['sync_dir', '~/OneDrive', 'syncdir', 'onChange'],
    ['sync_dir_permissions', 700],
    ['sync_file_permissions', 600],
    ['disable_permission_set', false],
    ['space_reservation', 52_428_800, 'space-reservation'],
    ['check_nomount', false, 'check-for-nomount'],
    ['check_nosync', false, 'check-for-nosync', 'whenAdded'],
    ['write_xattr_data', false],
    ['display_manager_integration', false],
    ['download_only', false, 'download-only'],
    ['upload_only', false, 'upload-only'],
    ['cleanup_local_files', false, 'cleanup-local-files'],
    ['no_remote_delete', false, 'no-remote-delete'],
    ['remove_source_files', false, 'remove-source-files'],
    ['remove_source_folders', false, 'remove-source-folders'],
    ['local_first', false, 'local-first'],
    ['mirror_local_state', false, 'mirror-local-state'],
    ['permanent_delete', false],
    ['use_recycle_bin', false],
    ['recycle_bin_path', '~/.local/share/Trash/'],
    ['classify_as_big_delete', 1000, 'classify-as-big-delete'],
    ['bypass_data_preservation', false],
    ['skip_file', ['~*', '.~*', '*.tmp', '*.swp', '*.partial'], 'skip-file', 'onChange'],
    ['skip_dir', [], 'skip-dir', 'onChange'],
    ['skip_dir_strict_match', false, 'skip-dir-strict-match'],
    ['skip_dotfiles', false, 'skip-dot-files', 'onChange'],
    ['skip_symlinks', false, 'skip-symlinks', 'onChange'],
    ['skip_size', 0, 'skip-size', 'whenAdded'],
    ['sync_root_files', false, 'sync-root-files'],
    ['sync_business_shared_items', false, undefined, 'onChange'],
    ['threads', 8, 'threads'],
    ['transfer_order', 'default'],
    ['file_fragment_size', 10, 'file-fragment-size'],
    ['force_session_upload', false],
    ['disable_upload_hash_streaming', false],
    ['disable_upload_validation', false, 'disable-upload-validation'],
    ['disable_download_validation', false, 'disable-download-validation'],
    ['create_new_file_version', false],
    ['rate_limit', 0],
    ['display_transfer_metrics', false],
    ['connect_timeout', 10],
    ['data_timeout', 60],
    ['dns_timeout', 60],
    ['operation_timeout', 0],
    ['ip_protocol_version', 0],
    ['max_curl_idle', 120],
    ['force_http_11', false, 'force-http-11'],
    ['debug_https', false, 'debug-https'],
    ['disable_version_check', false],
    ['monitor_interval', 300, 'monitor-interval'],
    ['monitor_fullscan_frequency', 12, 'monitor-fullscan-frequency'],
    ['monitor_log_frequency', 12, 'monitor-log-frequency'],
    ['monitor_authoritative_sync', 'monitor_and_signal'],
    ['inotify_delay', 5],
    ['delay_inotify_processing', false],
    ['disable_notifications', false, 'disable-notifications'],
    ['notify_file_actions', false],
    ['enable_logging', false, 'enable-logging'],
    ['log_dir', '/var/log/onedrive', 'log-dir'],
    ['display_running_config', false, 'display-running-config'],
    ['dry_run', false, 'dry-run'],
    ['resync', false, 'resync'],
    ['resync_auth', false, 'resync-auth'],
    ['webhook_enabled', false],
    ['webhook_public_url', ''],
    ['webhook_listening_host', ''],
    ['webhook_listening_port', 8888],
    ['webhook_expiration_interval', 600],
    ['webhook_renewal_interval', 300],
    ['webhook_retry_interval', 60],
    ['disable_websocket_support', false],
    ['display_memory', false],
    ['monitor_max_loop', 0],
    ['display_sync_options', false],
    ['force_children_scan', false],
    ['display_processing_time', false],
    ['force_xfer_abort', false],
  ];

describe('the table of options', () => {
  it('has the 85 keys of config with their defaults, switches and resync rules, and no other', () => {
    const table: readonly (readonly [string, Option])[] = Object.entries(configOptions);
    expect(table.map(([key, option]) => [key, option.default, option.cli, option.resync])).toEqual(
      contract.map(([key, value, cli, resync]) => [key, value, cli, resync]),
    );
    expect(table).toHaveLength(85);
  });

  it('shares no key with tidemark.conf, so that a key belongs to one file only', () => {
    expect(Object.keys(tidemarkOptions).filter((key) => Object.hasOwn(configOptions, key))).toEqual([]);
  });

  it('documents every option in one line without a full stop', () => {
    const all: readonly Option[] = [...Object.values(configOptions), ...Object.values(tidemarkOptions)];
    expect(all.filter(({ summary }) => !/^[^\n]{10,110}[^.\s]$/.test(summary))).toEqual([]);
  });
});

describe('the table of switches', () => {
  it('has 67 different switches in alphabetical order', () => {
    const names = switches.map(({ long }) => long);
    expect(new Set(names).size).toBe(67);
    expect(names).toEqual(names.toSorted());
  });
});
