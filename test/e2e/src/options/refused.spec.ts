/** Combinations that are refused with exit code 1, before anything is contacted: the peer's words, through the built command. */
import { expect, it } from 'vitest';
import { openProfile } from '../profile.ts';

const exclusive = (mode: string, name: string): string => `--${mode} and --${name} cannot be used together`;

const cases: readonly (readonly [args: string, config: Readonly<Record<string, string>>, line: string])[] = [
  [
    '--sync --upload-only --download-only',
    {},
    '--upload-only and --download-only cannot be used together. Use one, not both at the same time',
  ],
  [
    '--sync',
    { upload_only: 'true', download_only: 'true' },
    '--upload-only and --download-only cannot be used together. Use one, not both at the same time',
  ],
  [
    '--sync --monitor',
    {},
    '--sync and --monitor cannot be used together. Only use one of these options, not both at the same time',
  ],
  ['--sync --no-remote-delete', {}, '--no-remote-delete can only be used with --upload-only'],
  ['--sync --remove-source-files', {}, '--remove-source-files can only be used with --upload-only'],
  [
    '--sync --upload-only --remove-source-folders',
    {},
    '--remove-source-folders can only be used with --remove-source-files',
  ],
  ['--sync --cleanup-local-files', {}, '--cleanup-local-files can only be used with --download-only'],
  ['--sync --download-only --local-first', {}, '--download-only cannot be used with --local-first'],
  ['--sync --mirror-local-state', {}, '--mirror-local-state can only be used with --local-first'],
  [
    '--sync --upload-only --local-first --mirror-local-state',
    {},
    '--mirror-local-state cannot be used with --upload-only',
  ],
  ['--list-shared-items --resync', {}, '--list-shared-items cannot be used with --resync or --resync-auth'],
  ['--list-shared-items --sync', {}, '--list-shared-items cannot be used with --sync or --monitor'],
  [
    '--sync --sync-shared-files',
    {},
    "The --sync-shared-files option can only be utilised if the 'sync_business_shared_items' configuration setting is enabled.",
  ],
  ...[
    '--display-sync-status',
    '--modified-by a',
    '--get-file-link a',
    '--create-share-link a',
    '--get-sharepoint-drive-id a',
  ].map(
    (query) =>
      [
        `${query} --resync`,
        {},
        `${query.split(' ')[0]} cannot be used with --resync or --resync-auth`,
      ] as const,
  ),
  ...['display-sync-status', 'display-quota', 'create-directory', 'remove-directory'].flatMap((name) =>
    ['monitor', 'sync'].map((mode) => {
      const value = name.endsWith('directory') ? ' a' : '';
      return [`--${mode} --${name}${value}`, {}, exclusive(mode, name)] as const;
    }),
  ),
  ['--sync --source-directory a --destination-directory b', {}, exclusive('sync', 'source-directory')],
  ['--monitor --source-directory a --destination-directory b', {}, exclusive('monitor', 'source-directory')],
  ['--list-shared-items --monitor', {}, '--list-shared-items cannot be used with --sync or --monitor'],
  ['--sync --syncdir=', {}, '--syncdir value cannot be empty'],
  ['--source-directory a', {}, '--source-directory and --destination-directory can only be used together'],
  ['--sync --with-editing-perms', {}, '--with-editing-perms can only be used with --create-share-link'],
  ['--sync --force-sync', {}, '--force-sync can only be used with --sync --single-directory'],
  [
    '--sync --force --resync',
    {},
    '--force and --resync cannot be used together as there is zero way to determine that a big delete has occurred',
  ],
  [
    '--sync --enable-logging',
    { log_dir: '' },
    "config option 'log_dir' cannot be empty when 'enable_logging' is configured",
  ],
  ['--sync --single-directory --dry-run', {}, '--single-directory missing a valid entry'],
  [
    '--sync',
    { sync_dir_permissions: '708' },
    "Invalid 'User|Group|Other' permissions set for 'sync_dir_permissions' within your config file. Please check your configuration",
  ],
  [
    '--sync',
    { sync_file_permissions: '708' },
    "Invalid 'User|Group|Other' permissions set for 'sync_file_permissions' within your config file. Please check your configuration",
  ],
  [
    '--sync',
    { use_intune_sso: 'true', use_device_auth: 'true' },
    "'use_intune_sso' and 'use_device_auth' cannot be used together",
  ],
  [
    '--sync',
    { azure_ad_endpoint: 'DE' },
    "config option 'azure_tenant_id' cannot be empty when 'azure_ad_endpoint' is configured",
  ],
];

it('each is refused with its line and exit code 1, and nothing is contacted', async () => {
  const profile = await openProfile();
  for (const [args, config, line] of cases) {
    await profile.setConfig(config);
    const { exitCode, text, requests } = await profile.onedrive(args.split(' '));
    expect(text, args).toContain(`ERROR: ${line}\n`);
    expect(exitCode, args).toBe(1);
    expect(requests, args).toEqual([]);
  }
});

it('neither a mode nor a command is exit code 1', async () => {
  const profile = await openProfile();
  const { exitCode, text } = await profile.onedrive(['--verbose']);
  expect(exitCode).toBe(1);
  expect(text).toContain("Your command line input is missing either the '--sync' or '--monitor' switches.");
});
