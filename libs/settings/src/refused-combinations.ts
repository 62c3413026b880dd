/** Options that contradict each other or lack what they need, as a table; the wording is the peer's where it has one. */
import type { CommandLine } from './command-line/command-line.ts';
import type { Settings } from './options.ts';

interface Facts {
  readonly settings: Settings;
  readonly commandLine: CommandLine;
}

/** The first combination that is refused, without the prefix `ERROR: `, or undefined. */
export function refusedCombination(settings: Settings, commandLine: CommandLine): string | undefined {
  const facts: Facts = { settings, commandLine };
  return combinations.find(({ isRefused }) => isRefused(facts))?.line(facts);
}

interface Combination {
  readonly isRefused: (facts: Facts) => boolean;
  readonly line: (facts: Facts) => string;
}

const combinations: readonly Combination[] = [
  setting(
    ({ upload_only, download_only }) => upload_only && download_only,
    '--upload-only and --download-only cannot be used together. Use one, not both at the same time',
  ),
  given(
    ['sync', 'monitor'],
    '--sync and --monitor cannot be used together. Only use one of these options, not both at the same time',
  ),
  setting(
    ({ no_remote_delete, upload_only }) => no_remote_delete && !upload_only,
    '--no-remote-delete can only be used with --upload-only',
  ),
  setting(
    ({ remove_source_files, upload_only }) => remove_source_files && !upload_only,
    '--remove-source-files can only be used with --upload-only',
  ),
  setting(
    ({ remove_source_folders, remove_source_files }) => remove_source_folders && !remove_source_files,
    '--remove-source-folders can only be used with --remove-source-files',
  ),
  setting(
    ({ cleanup_local_files, download_only }) => cleanup_local_files && !download_only,
    '--cleanup-local-files can only be used with --download-only',
  ),
  setting(
    ({ download_only, local_first }) => download_only && local_first,
    '--download-only cannot be used with --local-first',
  ),
  setting(
    ({ mirror_local_state, local_first }) => mirror_local_state && !local_first,
    '--mirror-local-state can only be used with --local-first',
  ),
  setting(
    ({ mirror_local_state, upload_only }) => mirror_local_state && upload_only,
    '--mirror-local-state cannot be used with --upload-only',
  ),
  notWithResync('list-shared-items'),
  ...['sync', 'monitor'].map((mode) =>
    given(['list-shared-items', mode], '--list-shared-items cannot be used with --sync or --monitor'),
  ),
  {
    isRefused: ({ settings, commandLine }) =>
      commandLine.sharedFiles === 'yes' && !settings.sync_business_shared_items,
    line: () =>
      "The --sync-shared-files option can only be utilised if the 'sync_business_shared_items' configuration setting is enabled.",
  },
  ...[
    'display-sync-status',
    'modified-by',
    'get-file-link',
    'create-share-link',
    'get-sharepoint-drive-id',
  ].map(notWithResync),
  ...[
    'display-sync-status',
    'display-quota',
    'create-directory',
    'remove-directory',
    'source-directory',
    'destination-directory',
  ].flatMap(notWithMode),
  {
    isRefused: ({ commandLine: { forceSync, given: switches } }) =>
      forceSync === 'yes' && !(switches.has('sync') && switches.has('single-directory')),
    line: () => '--force-sync can only be used with --sync --single-directory',
  },
  {
    isRefused: ({ settings, commandLine }) => commandLine.force === 'yes' && settings.resync,
    line: () =>
      '--force and --resync cannot be used together as there is zero way to determine that a big delete has occurred',
  },
  setting(
    ({ enable_logging, log_dir }) => enable_logging && log_dir.trim() === '',
    "config option 'log_dir' cannot be empty when 'enable_logging' is configured",
  ),
  {
    isRefused: ({ settings, commandLine: { action } }) =>
      action.type === 'monitor' &&
      settings.relay_server !== '' &&
      (!settings.webhook_enabled || settings.webhook_public_url === '' || settings.relay_drive === ''),
    line: () =>
      "'relay_server' needs 'relay_drive' in tidemark.conf, and 'webhook_enabled' and 'webhook_public_url' (the address of the relay) in the config file",
  },
  setting(
    ({ azure_ad_endpoint, azure_tenant_id }) => azure_ad_endpoint !== '' && azure_tenant_id.trim() === '',
    "config option 'azure_tenant_id' cannot be empty when 'azure_ad_endpoint' is configured",
  ),
  setting(
    ({ use_intune_sso, use_device_auth }) => use_intune_sso && use_device_auth,
    "'use_intune_sso' and 'use_device_auth' cannot be used together",
  ),
  permissions('sync_dir_permissions'),
  permissions('sync_file_permissions'),
  setting(({ sync_dir }) => sync_dir.trim() === '', '--syncdir value cannot be empty'),
  {
    isRefused: ({ settings }) =>
      settings.use_recycle_bin && isWithin(settings.recycle_bin_path, settings.sync_dir),
    line: ({ settings }) =>
      `The configured 'recycle_bin_path' (${settings.recycle_bin_path}) is located within the configured 'sync_dir' (${settings.sync_dir}).`,
  },
];

function setting(isRefused: (settings: Settings) => boolean, line: string): Combination {
  return { isRefused: ({ settings }) => isRefused(settings), line: () => line };
}

function given(switches: readonly string[], line: string): Combination {
  return {
    isRefused: ({ commandLine }) => switches.every((name) => commandLine.given.has(name)),
    line: () => line,
  };
}

function notWithResync(name: string): Combination {
  return {
    isRefused: ({ settings, commandLine }) =>
      commandLine.given.has(name) && (settings.resync || settings.resync_auth),
    line: () => `--${name} cannot be used with --resync or --resync-auth`,
  };
}

function notWithMode(name: string): readonly Combination[] {
  return ['monitor', 'sync'].map((mode) =>
    given([mode, name], `--${mode} and --${name} cannot be used together`),
  );
}

/** Numbers up to 777 were let through by the range; 8 and 9 are no octal digits. */
function permissions(key: 'sync_dir_permissions' | 'sync_file_permissions'): Combination {
  return setting(
    (settings) => !/^[0-7]+$/.test(String(settings[key])),
    `Invalid 'User|Group|Other' permissions set for '${key}' within your config file. Please check your configuration`,
  );
}

/** By text only: both are absolute after tilde expansion, and links are the disk's business. */
function isWithin(path: string, directory: string): boolean {
  const parent = segmentsOf(directory);
  const child = segmentsOf(path);
  return parent.length <= child.length && parent.every((segment, index) => child[index] === segment);
}

const segmentsOf = (path: string): readonly string[] =>
  path.split('/').filter((segment) => segment !== '' && segment !== '.');
