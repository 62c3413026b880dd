import type { OptionTable } from '../option.ts';

/** What stays out of the sync. */
export const filteringOptions = {
  skip_file: {
    type: 'list',
    default: ['~*', '.~*', '*.tmp', '*.swp', '*.partial'],
    cli: 'skip-file',
    resync: 'onChange',
    summary: 'Patterns of files that are never synced',
  },
  skip_dir: {
    type: 'list',
    default: [],
    cli: 'skip-dir',
    resync: 'onChange',
    summary: 'Patterns of directories that are never synced',
  },
  skip_dir_strict_match: {
    type: 'boolean',
    default: false,
    cli: 'skip-dir-strict-match',
    summary: 'Match skip_dir against whole paths only',
  },
  skip_dotfiles: {
    type: 'boolean',
    default: false,
    cli: 'skip-dot-files',
    resync: 'onChange',
    summary: 'Skip files and directories whose name starts with a dot',
  },
  skip_symlinks: {
    type: 'boolean',
    default: false,
    cli: 'skip-symlinks',
    resync: 'onChange',
    summary: 'Skip symbolic links; without it each is followed, once per target',
  },
  skip_size: {
    type: 'integer',
    default: 0,
    unit: 'megabytes',
    minimum: 0,
    cli: 'skip-size',
    resync: 'whenAdded',
    summary: 'Skip new files of this size or larger; 0 means off',
  },
  sync_root_files: {
    type: 'boolean',
    default: false,
    cli: 'sync-root-files',
    summary: 'Sync the files directly in sync_dir although sync_list does not name them',
  },
  sync_business_shared_items: {
    type: 'boolean',
    default: false,
    resync: 'onChange',
    summary:
      'Sync shared folders that were added as shortcuts to a business account; those of a personal account always are',
  },
} as const satisfies OptionTable;
